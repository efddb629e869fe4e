import type { AccountEvent } from '#ledger/contracts/account/contract.ts';
import type { AgreementEvent } from '#ledger/contracts/agreement/contract.ts';
import type { GovernanceEvent } from '#ledger/contracts/governance/contract.ts';
import type { NodeEvent } from '#ledger/contracts/node/contract.ts';
import type { ResourceEvent } from '#ledger/contracts/resource/contract.ts';
import type { SettlementEvent } from '#ledger/contracts/settlement/contract.ts';
import type { StrategyEvent } from '#ledger/contracts/strategy/contract.ts';
import type { TokenEvent } from '#ledger/contracts/token/contract.ts';
import type { LedgerEvent } from '#ledger/core/committed.ts';
import { accountEventTypes, accountSubjects, projectAccount } from './account.ts';
import { agreementEventTypes, agreementSubjects, projectAgreement } from './agreement.ts';
import type { EventContext, Subject } from './context.ts';
import { governanceEventTypes, governanceSubjects, projectGovernance } from './governance.ts';
import { nodeEventTypes, nodeSubjects, projectNode } from './node.ts';
import { projectResource, resourceEventTypes, resourceSubjects } from './resource.ts';
import { projectSettlement, settlementEventTypes, settlementSubjects } from './settlement.ts';
import { projectStrategy, strategyEventTypes, strategySubjects } from './strategy.ts';
import type { RowChange } from './row-change.ts';
import { projectToken, tokenEventTypes, tokenSubjects } from './token.ts';

/** Every event of every contract that this version projects. */
export type ContractEvent =
  | AccountEvent
  | AgreementEvent
  | GovernanceEvent
  | NodeEvent
  | ResourceEvent
  | SettlementEvent
  | StrategyEvent
  | TokenEvent;

/** Event types by contract, all of version 1. */
export const handledEvents = {
  account: accountEventTypes,
  token: tokenEventTypes,
  resource: resourceEventTypes,
  strategy: strategyEventTypes,
  agreement: agreementEventTypes,
  settlement: settlementEventTypes,
  governance: governanceEventTypes,
  node: nodeEventTypes,
} as const satisfies Record<ContractEvent['contract'], readonly string[]>;

/** The event when this version knows its contract, version and type; undefined otherwise: the projector then stops instead of guessing. */
export function recogniseEvent(payload: LedgerEvent['payload']): ContractEvent | undefined {
  const { contract, version, type } = payload;
  if (typeof contract !== 'string' || typeof type !== 'string' || version !== 1n) return undefined;
  const types: readonly string[] | undefined = Object.hasOwn(handledEvents, contract)
    ? handledEvents[contract as ContractEvent['contract']]
    : undefined;
  // The ledger's own contracts made it and four validators agreed on its bytes: its fields need no second check here.
  return types?.includes(type) ? (payload as unknown as ContractEvent) : undefined;
}

/** Row changes of one event, in order. */
export function projectEvent(event: ContractEvent, context: EventContext): RowChange[] {
  switch (event.contract) {
    case 'account':
      return projectAccount(event, context);
    case 'token':
      return projectToken(event, context);
    case 'resource':
      return projectResource(event);
    case 'strategy':
      return projectStrategy(event);
    case 'agreement':
      return projectAgreement(event, context);
    case 'settlement':
      return projectSettlement(event, context);
    case 'governance':
      return projectGovernance(event, context);
    case 'node':
      return projectNode(event);
  }
}

/** What an event is about. */
export function eventSubjects(event: ContractEvent): Subject[] {
  switch (event.contract) {
    case 'account':
      return accountSubjects(event);
    case 'token':
      return tokenSubjects(event);
    case 'resource':
      return resourceSubjects(event);
    case 'strategy':
      return strategySubjects(event);
    case 'agreement':
      return agreementSubjects(event);
    case 'settlement':
      return settlementSubjects(event);
    case 'governance':
      return governanceSubjects(event);
    case 'node':
      return nodeSubjects(event);
  }
}
