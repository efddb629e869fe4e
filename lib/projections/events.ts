import type { LedgerEvent } from '#ledger/core/committed.ts';
import { findEvent, type ContractEvent } from '#ledger/contracts/definitions.ts';
import type { EventDefinition } from '#ledger/contracts/shared/definition.ts';
import { projectAccount } from './account.ts';
import { projectAgreement } from './agreement.ts';
import { projectChannel } from './channel.ts';
import type { EventContext } from './context.ts';
import { projectCredit } from './credit.ts';
import { projectDemand } from './demand.ts';
import { projectGovernance } from './governance.ts';
import { projectIdentity } from './identity.ts';
import { projectIncentive } from './incentive.ts';
import { projectNode } from './node.ts';
import { projectPlan } from './plan.ts';
import { projectProse } from './prose.ts';
import { projectResource } from './resource.ts';
import { projectSecurity } from './security.ts';
import { projectSettlement } from './settlement.ts';
import { projectStrategy } from './strategy.ts';
import type { RowChange } from './row-change.ts';
import { projectToken } from './token.ts';

/** The event and its definition when this version knows its contract, version and type; undefined otherwise: the projector then stops instead of guessing. */
export function recogniseEvent(
  payload: LedgerEvent['payload'],
): { event: ContractEvent; definition: EventDefinition } | undefined {
  const { contract, version, type } = payload;
  const definition = findEvent({ contract, version, type });
  // The ledger's own contracts made it and four validators agreed on its bytes: its fields need no second check here.
  return definition === undefined ? undefined : { event: payload as unknown as ContractEvent, definition };
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
      return projectNode(event, context);
    case 'identity':
      return projectIdentity(event, context);
    case 'credit':
      return projectCredit(event, context);
    case 'demand':
      return projectDemand(event, context);
    case 'plan':
      return projectPlan(event, context);
    case 'channel':
      return projectChannel(event, context);
    case 'prose':
      return projectProse(event, context);
    case 'security':
      return projectSecurity(event, context);
    case 'incentive':
      return projectIncentive(event);
  }
}
