import { assert } from '#ledger/core/assert.ts';
import type { CommandContext, Decision, DueContext, StateReader, StateWriter } from '#ledger/core/decision.ts';
import type { Result } from '#ledger/core/result.ts';
import type { Transaction } from '#ledger/core/transaction.ts';
import * as account from './account/contract.ts';
import * as agreement from './agreement/contract.ts';
import { readAgreement } from './agreement/record.ts';
import { nodeNeeds } from './ballots.ts';
import { definitions, findMethod, type ContractEvent, type ContractName } from './definitions.ts';
import * as governance from './governance/contract.ts';
import type { Proposed } from './governance/contract.ts';
import * as needs from './needs.ts';
import * as node from './node/contract.ts';
import * as resource from './resource/contract.ts';
import * as settlement from './settlement/contract.ts';
import type { CommandOf, EventOf } from './shared/definition.ts';
import * as strategy from './strategy/contract.ts';
import * as token from './token/contract.ts';

type Definitions = typeof definitions;
type Decided = Result<Decision<ContractEvent>>;
type Item = { readonly contract: number; readonly kind: string; readonly subject: bigint };

/** A contract with what it needs of the others wired in. */
interface Contract<Name extends ContractName> {
  readonly decide?: (state: StateReader, command: CommandOf<Definitions[Name]>, ctx: CommandContext) => Decided;
  readonly due?: (state: StateReader, item: Item, ctx: DueContext) => Decision<ContractEvent>;
  readonly evolve: (state: StateWriter, event: EventOf<Definitions[Name]>) => void;
}

const contracts: { readonly [Name in Exclude<ContractName, 'machine'>]: Contract<Name> } = {
  account: {
    decide: (state, command, ctx) => account.decide(state, command, ctx, needs.accountNeeds(state)),
    evolve: account.evolve,
  },
  token: {
    decide: (state, command, ctx) => token.decide(state, command, ctx, needs.tokenNeeds(state)),
    evolve: token.evolve,
  },
  resource: {
    decide: (state, command, ctx) => resource.decide(state, command, ctx, needs.resourceNeeds(state, ctx)),
    evolve: resource.evolve,
  },
  strategy: {
    decide: (state, command, ctx) => strategy.decide(state, command, ctx, needs.strategyNeeds(state)),
    evolve: strategy.evolve,
  },
  agreement: {
    decide: (state, command, ctx) => agreement.decide(state, command, ctx, needs.agreementNeeds(state, evolve)),
    due: (state, item, ctx) => agreement.due(state, item, ctx, needs.agreementNeeds(state, evolve)),
    evolve: agreement.evolve,
  },
  settlement: {
    decide: (state, command, ctx) => settlement.decide(state, command, ctx, needs.settlementNeeds(state)),
    evolve: (state, event) => {
      settlement.evolve(state, event);
      if (event.type === 'AgreementSettled') agreement.evolveSettled(state, event.agreement);
    },
  },
  governance: {
    decide: (state, command, ctx) => {
      assert(command.method === 'Vote', 'every other method of this contract opens a proposal');
      return governance.vote(state, command.args, ctx, needs.governanceNeeds(state, ctx));
    },
    due: (state, item) => governance.due(state, item, { nodeProviders: () => account.countRole(state, 'NRNSP') }),
    evolve: governance.evolve,
  },
  node: {
    due: (state, item, ctx) => node.due(state, item, ctx, nodeNeeds(state)),
    evolve: node.evolve,
  },
};

/** The wired contracts by id. What reaches one was made for it: a method by its definition, an event by its own maker. */
const contractsById = new Map(
  Object.entries(contracts).map(([name, contract]) => [
    definitions[name as ContractName].id as number,
    contract as Contract<ContractName>,
  ]),
);

/** Runs the owning contract's decide; the transaction is admitted and well formed, so its args have the method's types. */
export function decide(state: StateReader, transaction: Transaction, ctx: CommandContext): Decided {
  const { method, args } = transaction;
  const found = findMethod(method);
  assert(found !== undefined, 'an admitted transaction names a known method');
  if (found.definition.byVote !== undefined)
    return governance.propose(
      state,
      { method, args: args as Proposed['args'] },
      ctx,
      needs.governanceNeeds(state, ctx),
    );
  const run = contractsById.get(found.contract)?.decide;
  assert(run !== undefined, 'a contract with methods decides them');
  return run(state, { method, args } as never, ctx);
}

/** Runs the owning contract's work that has come due. */
export function due(state: StateReader, item: Item, ctx: DueContext): Decision<ContractEvent> {
  const run = contractsById.get(item.contract)?.due;
  assert(run !== undefined, 'due work belongs to a contract that queues some');
  return run(state, item, ctx);
}

/** What evidence of two conflicting votes brings about, and the node it is about; undefined when it says nothing new about any node. */
export function misbehavior(
  state: StateReader,
  evidence: { readonly validator: Uint8Array; readonly height: bigint; readonly timeMs: bigint },
): { node: bigint; decision: Decision<ContractEvent> } | undefined {
  return node.recordEquivocation(state, evidence);
}

/** Writes what an event says, by its owning contract. */
export function evolve(state: StateWriter, event: ContractEvent): void {
  contracts[event.contract].evolve(state, event as never);
}

/** True when a key that is limited to `resources` may sign this: by the resource that the method's definition measures its scope on. */
export function isInScope(state: StateReader, transaction: Transaction, resources: readonly bigint[]): boolean {
  const delegation = findMethod(transaction.method)?.definition.delegation;
  if (delegation === undefined || delegation.to === 'owner-only' || delegation.measuredOn === 'account') return false;
  if (delegation.measuredOn === 'spending') return true;
  const id = transaction.args[delegation.field];
  if (typeof id !== 'bigint') return false;
  const resourceId = delegation.measuredOn === 'resource' ? id : readAgreement(state, id)?.resource;
  return resourceId !== undefined && resources.includes(resourceId);
}
