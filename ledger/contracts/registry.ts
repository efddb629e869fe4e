import { assert } from '#ledger/core/assert.ts';
import type { CommandContext, Decision, DueContext, StateReader, StateWriter } from '#ledger/core/decision.ts';
import { ok, type Result } from '#ledger/core/result.ts';
import type { Transaction } from '#ledger/core/transaction.ts';
import * as account from './account/contract.ts';
import * as agreement from './agreement/contract.ts';
import { readAgreement } from './agreement/record.ts';
import * as channel from './channel/contract.ts';
import * as credit from './credit/contract.ts';
import { accountPermissions } from './credit/permissions.ts';
import * as demand from './demand/contract.ts';
import { definitions, findMethod, type ContractEvent, type ContractName } from './definitions.ts';
import * as governance from './governance/contract.ts';
import type { Proposed } from './governance/contract.ts';
import type { VersionedName } from './governance/versions.ts';
import * as needs from './needs.ts';
import { permissionNeeds } from './permission-needs.ts';
import * as incentive from './incentive/contract.ts';
import * as identity from './identity/contract.ts';
import * as node from './node/contract.ts';
import { readNode } from './node/record.ts';
import * as register from './node/register.ts';
import * as plan from './plan/contract.ts';
import { followed } from './plan/following.ts';
import type { OffersView } from './plan/offers.ts';
import * as prose from './prose/contract.ts';
import { due as payTariff } from './prose/payment.ts';
import { followed as withPool, type Happened } from './prose/session.ts';
import * as resource from './resource/contract.ts';
import * as security from './security/contract.ts';
import * as settlement from './settlement/contract.ts';
import type { CommandOf, ContractDefinition, EventOf } from './shared/definition.ts';
import { DraftState } from './shared/draft-state.ts';
import { Steps } from './shared/steps.ts';
import { FOUNDING_VERSION } from './shared/version-digest.ts';
import * as strategy from './strategy/contract.ts';
import * as token from './token/contract.ts';

type Definitions = typeof definitions;
type Decided = Result<Decision<ContractEvent>>;
type Item = { readonly contract: number; readonly kind: string; readonly subject: bigint };
type Evolve = (state: StateWriter, event: ContractEvent) => void;

/** What a contract's rules see beside the state: the offers of that state, and how the versions in force write what events say. */
interface Around {
  readonly offers: OffersView;
  readonly evolve: Evolve;
}

/** A contract in one version, with what it needs of the others wired in. */
export interface Contract<Name extends ContractName> {
  readonly decide?: (
    state: StateReader,
    command: CommandOf<Definitions[Name]>,
    ctx: CommandContext,
    around: Around,
  ) => Decided;
  readonly due?: (state: StateReader, item: Item, ctx: DueContext, around: Around) => Decision<ContractEvent>;
  readonly evolve: (state: StateWriter, event: EventOf<Definitions[Name]>) => void;
}

/** A version of a contract: its own definition, which its digest is made of, and the code that decides in it. */
export type Implementation<Name extends ContractName> = Contract<Name> & { readonly definition: ContractDefinition };

/** Versions that a program can execute: the founding one first, each followed by the next. */
export type Implementations = { readonly [Name in VersionedName]: readonly Implementation<Name>[] };

const founding: { readonly [Name in VersionedName]: Contract<Name> } = {
  account: {
    decide: (state, command, ctx) => account.decide(state, command, ctx, needs.accountNeeds(state)),
    evolve: account.evolve,
  },
  token: {
    decide: (state, command, ctx) => token.decide(state, command, ctx, needs.tokenNeeds(state)),
    evolve: (state, event) => {
      token.evolve(state, event);
      if (event.type === 'TokensTransferred' && event.reason === 'transfer') incentive.evolveTransferred(state, event);
    },
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
    decide: (state, command, ctx, around) => {
      const decided = agreement.decide(state, command, ctx, needs.agreementNeeds(state, around.evolve));
      return decided.ok ? ok(withTasks(state, decided.value, ctx, around)) : decided;
    },
    due: (state, item, ctx, around) =>
      withTasks(state, agreement.due(state, item, ctx, needs.agreementNeeds(state, around.evolve)), ctx, around),
    evolve: (state, event) => {
      agreement.evolve(state, event);
      if (event.type === 'AgreementReserved') prose.evolveReserved(state, event);
    },
  },
  settlement: {
    decide: (state, command, ctx) => settlement.decide(state, command, ctx, needs.settlementNeeds(state)),
    evolve: (state, event) => {
      settlement.evolve(state, event);
      if (event.type === 'AgreementSettled') agreement.evolveSettled(state, event);
    },
  },
  channel: {
    decide: (state, command, ctx) => channel.decide(state, command.args, ctx, needs.channelNeeds(state)),
    evolve: (state, event) => {
      channel.evolve(state, event);
      if (event.type === 'VoucherShown') agreement.evolveShown(state, event);
    },
  },
  governance: {
    decide: (state, command, ctx) => {
      assert(command.method === 'Vote', 'every other method of this contract opens a proposal');
      return governance.vote(state, command.args, ctx, needs.governanceNeeds(state, ctx));
    },
    due: (state, item) => governance.due(state, item, { nodeProviders: () => account.countRole(state, 'NRNSP') }),
    evolve: (state, event) => {
      governance.evolve(state, event);
      if (event.type === 'VoteCast') incentive.evolveVoted(state, event);
      if (event.type === 'ProposalDecided') incentive.evolveDecided(state, event.proposal);
    },
  },
  node: {
    decide: (state, command, ctx, { evolve }) => {
      assert(command.method !== 'ProposeAccessRules', 'a method that a vote decides opens a proposal');
      return register.decide(state, command, ctx, needs.registerNeeds(state, evolve));
    },
    due: (state, item, ctx, around) => {
      const asked = { ...needs.standingNeeds(state), ...needs.registerNeeds(state, around.evolve) };
      return withTasks(state, node.due(state, item, ctx, asked), ctx, around);
    },
    evolve: node.evolve,
  },
  identity: {
    decide: (state, command, ctx, around) => {
      const decided = identity.decide(state, command, ctx, needs.identityNeeds(state, around.evolve));
      return decided.ok ? ok(withTasks(state, decided.value, ctx, around)) : decided;
    },
    due: (state, item, ctx, around) =>
      withTasks(state, identity.due(state, item, ctx.nowMs, needs.identityNeeds(state, around.evolve)), ctx, around),
    evolve: identity.evolve,
  },
  credit: {
    decide: (state, command, ctx, { evolve }) =>
      credit.decide(state, command.args, ctx, needs.creditNeeds(state, evolve)),
    due: (state, item, { nowMs }, { evolve }) => credit.due(state, item, nowMs, needs.creditNeeds(state, evolve)),
    evolve: credit.evolve,
  },
  demand: {
    decide: (state, command, ctx, { evolve, offers }) => {
      assert(command.method !== 'ProposeAlgorithmRefusal', 'a method that a vote decides opens a proposal');
      return demand.decide(state, command, ctx, needs.demandNeeds(state, evolve, offers));
    },
    due: (state, item, ctx, { evolve, offers }) =>
      demand.due(state, item.subject, ctx.nowMs, needs.demandNeeds(state, evolve, offers)),
    evolve: (state, event) => {
      demand.evolve(state, event);
      if (event.type === 'DemandClosed') plan.evolveClosed(state, event.demand);
    },
  },
  plan: {
    decide: (state, command, ctx, { evolve, offers }) =>
      plan.decide(state, command, ctx, needs.planNeeds(state, evolve, offers)),
    due: (state, item, ctx, { evolve, offers }) =>
      plan.due(state, item, ctx.nowMs, needs.planNeeds(state, evolve, offers)),
    evolve: plan.evolve,
  },
  prose: {
    decide: (state, command, ctx) => prose.decide(state, command, ctx, needs.proseNeeds(state)),
    due: (state, item, { nowMs }) => payTariff(state, item, nowMs, needs.paymentNeeds(state)),
    evolve: prose.evolve,
  },
  security: {
    decide: (state, command, ctx) => security.decide(state, command, ctx, needs.securityNeeds(state)),
    evolve: security.evolve,
  },
  incentive: {
    due: (state, { subject }, { nowMs }, { evolve }) =>
      incentive.due(state, subject, nowMs, needs.incentiveNeeds(state, evolve)),
    evolve: incentive.evolve,
  },
};

/** What agreements decide, and what tasks make of agreements that end by it. */
function withTasks(
  state: StateReader,
  decision: Decision<ContractEvent>,
  { nowMs }: DueContext,
  { evolve, offers }: Around,
): Decision<ContractEvent> {
  return followed(state, decision, nowMs, () => needs.planNeeds(state, evolve, offers));
}

/** Every version of every contract that this program can execute. A version is added at the end of its row, with a definition of its own. */
export const implementations: Implementations = {
  account: [{ definition: definitions.account, ...founding.account }],
  token: [{ definition: definitions.token, ...founding.token }],
  resource: [{ definition: definitions.resource, ...founding.resource }],
  strategy: [{ definition: definitions.strategy, ...founding.strategy }],
  agreement: [{ definition: definitions.agreement, ...founding.agreement }],
  settlement: [{ definition: definitions.settlement, ...founding.settlement }],
  governance: [{ definition: definitions.governance, ...founding.governance }],
  node: [{ definition: definitions.node, ...founding.node }],
  identity: [{ definition: definitions.identity, ...founding.identity }],
  credit: [{ definition: definitions.credit, ...founding.credit }],
  demand: [{ definition: definitions.demand, ...founding.demand }],
  plan: [{ definition: definitions.plan, ...founding.plan }],
  channel: [{ definition: definitions.channel, ...founding.channel }],
  prose: [{ definition: definitions.prose, ...founding.prose }],
  security: [{ definition: definitions.security, ...founding.security }],
  incentive: [{ definition: definitions.incentive, ...founding.incentive }],
};

/** All contracts, each in the version that is in force. */
export interface Rules {
  /**
   * Runs the owning contract's decide; the transaction is admitted and well formed, so its args have the method's types. `offers` are those
   * of `state`.
   */
  decide(state: StateReader, transaction: Transaction, ctx: CommandContext, offers: OffersView): Decided;
  /** Runs the owning contract's work that has come due; `offers` are those of `state`. */
  due(state: StateReader, item: Item, ctx: DueContext, offers: OffersView): Decision<ContractEvent>;
  /** Writes what an event says, by its owning contract. */
  evolve: Evolve;
  /** The event as the version in force of its contract records it, whichever code made it. */
  inForce(event: ContractEvent): ContractEvent;
  /** False for a method that the version in force of its contract does not have. */
  hasMethod(name: string): boolean;
}

/** Contracts whose version is not the founding one. */
export type VersionsInForce = ReadonlyMap<VersionedName, bigint>;

/** The implementation of a version; undefined where this program has none. */
export function implementationOf(
  known: Implementations,
  name: VersionedName,
  version: bigint,
): Implementation<ContractName> | undefined {
  const versions = known[name] as readonly Implementation<ContractName>[];
  return versions.find(({ definition }) => definition.version === version);
}

/** The rules of these versions; the caller has seen that `known` has each of them. */
export function contractsAt(versions: VersionsInForce, known: Implementations = implementations): Rules {
  const inForce = (Object.keys(known) as VersionedName[]).map((name) => {
    const found = implementationOf(known, name, versions.get(name) ?? FOUNDING_VERSION);
    assert(found !== undefined, 'this program has every version that is in force');
    return found;
  });
  const byName = new Map(inForce.map((contract) => [contract.definition.name, contract]));
  const byId = new Map(inForce.map((contract) => [contract.definition.id, contract]));
  // What reaches a contract was made for it: a method by its definition, an event by its own maker.
  const evolve: Evolve = (state, event) => byName.get(event.contract)!.evolve(state, event as never);
  return {
    decide: (state, transaction, ctx, offers) => {
      const { method, args } = transaction;
      const found = findMethod(method);
      assert(found !== undefined, 'an admitted transaction names a known method');
      if (found.definition.byVote !== undefined) return proposed(state, transaction, ctx);
      const run = byId.get(found.contract)?.decide;
      assert(run !== undefined, 'a contract with methods decides them');
      const decided = run(state, { method, args } as never, ctx, { offers, evolve });
      if (!decided.ok) return decided;
      const signed = withSign(state, decided.value, ctx);
      return ok(withConsequences(state, signed, ctx.nowMs, evolve));
    },
    due: (state, item, ctx, offers) => {
      const run = byId.get(item.contract)?.due;
      assert(run !== undefined, 'due work belongs to a contract that queues some');
      return withConsequences(state, run(state, item, ctx, { offers, evolve }), ctx.nowMs, evolve);
    },
    evolve,
    inForce: (event) => {
      const version = byName.get(event.contract)!.definition.version;
      return version === event.version ? event : ({ ...event, version } as unknown as ContractEvent);
    },
    hasMethod: (name) => {
      const owner = byId.get(findMethod(name)?.contract ?? -1);
      return owner !== undefined && Object.hasOwn(owner.definition.methods, name);
    },
  };
}

/** The rules of genesis: every contract in its founding version. */
export const foundingRules: Rules = contractsAt(new Map());
export const { decide, due, evolve } = foundingRules;

/** A method that a vote decides opens a proposal, whichever contract owns it. */
function proposed(state: StateReader, { method, args }: Transaction, ctx: CommandContext): Decided {
  const asked = { method, args: args as Proposed['args'] };
  return governance.propose(state, asked, ctx, needs.governanceNeeds(state, ctx));
}

/** What was decided, and that a node which was reported has signed it, where that is the first sign of it. */
function withSign(state: StateReader, decision: Decision<ContractEvent>, ctx: CommandContext): Decision<ContractEvent> {
  if (ctx.key === 0n) return decision;
  const { events, cancel = [] } = register.heard(state, { operator: ctx.account, key: ctx.key, nowMs: ctx.nowMs });
  if (events.length === 0) return decision;
  return { ...decision, events: [...decision.events, ...events], cancel: [...(decision.cancel ?? []), ...cancel] };
}

/** What was decided, and what follows from it for contracts that nobody called: in this order, because later ones read what earlier ones brought about. */
function withConsequences(
  state: StateReader,
  decision: Decision<ContractEvent>,
  nowMs: bigint,
  evolve: Evolve,
): Decision<ContractEvent> {
  const after = drafting(state, evolve);
  const sessions = withSessions(state, decision, nowMs, evolve);
  return withRewardFacts(state, withPermissions(state, sessions, nowMs, after), { nowMs, evolve, after });
}

/** What would stand after a decision. */
type After = (decision: Decision<ContractEvent>) => DraftState;

/** One draft for a decision that grows: what it wrote there is not written again. Most decisions concern nobody else, and have none. */
function drafting(state: StateReader, evolve: Evolve): After {
  let draft: DraftState | undefined;
  let written = 0;
  return ({ events }) => {
    draft ??= new DraftState(state);
    for (const event of events.slice(written)) evolve(draft, event);
    written = events.length;
    return draft;
  };
}

/** What was decided, and what follows for the pool of service nodes: sessions that are over, and members that leave it. */
function withSessions(
  state: StateReader,
  decision: Decision<ContractEvent>,
  nowMs: bigint,
  evolve: Evolve,
): Decision<ContractEvent> {
  const happened = decision.events.flatMap(happenedBy);
  return withPool(state, { decision, happened, nowMs }, () => needs.sessionNeeds(state, evolve));
}

function happenedBy(event: ContractEvent): Happened[] {
  switch (event.type) {
    case 'AgreementSettled':
      return [{ what: 'settled', order: event }];
    case 'IdentityEnded':
      return [{ what: 'identity', account: event.account, reason: event.reason }];
    case 'ResourceStatusChanged':
      return event.to === 'published' ? [] : [{ what: 'listing', resource: event.resource, to: event.to }];
    default:
      return [];
  }
}

/** What was decided, and what the credit of the accounts that it is about permits now and did not, or did and does not [8.5.1-d]. */
function withPermissions(
  state: StateReader,
  decision: Decision<ContractEvent>,
  nowMs: bigint,
  after: After,
): Decision<ContractEvent> {
  const causes = new Map(decision.events.flatMap((event) => creditBehind(state, event)));
  if (causes.size === 0) return decision;
  const draft = after(decision);
  const asked = permissionNeeds(draft);
  const changed = [...causes].flatMap(([account, cause]) =>
    accountPermissions(draft, { account, cause, nowMs }, asked),
  );
  return changed.length === 0 ? decision : { ...decision, events: [...decision.events, ...changed] };
}

/** What was decided, and what of it counts for rewards: bills and votes [8.2.3-a]. */
function withRewardFacts(
  state: StateReader,
  decision: Decision<ContractEvent>,
  { nowMs, evolve, after }: { readonly nowMs: bigint; readonly evolve: Evolve; readonly after: After },
): Decision<ContractEvent> {
  const isCounted = (event: ContractEvent): boolean =>
    event.type === 'AgreementSettled' || (event.type === 'ProposalDecided' && event.outcome !== 'expired');
  const counting = decision.events.filter(isCounted);
  if (counting.length === 0) return decision;
  const steps = new Steps<ContractEvent>(after(decision), evolve);
  for (const event of counting) {
    const asked = needs.incentiveNeeds(steps.state, evolve);
    if (event.type === 'AgreementSettled') steps.take(incentive.countService(steps.state, event, nowMs, asked));
    if (event.type !== 'ProposalDecided') continue;
    const { proposal } = event;
    const last = decision.events.flatMap((other) => (other.type === 'VoteCast' ? other.by : []));
    const voters = [...incentive.readVoters(state, proposal), ...last];
    steps.take(incentive.countVotes(steps.state, { proposal, voters }, nowMs, asked));
  }
  const { events, due = [] } = steps.decision();
  if (events.length === 0) return decision;
  return { ...decision, events: [...decision.events, ...events], due: [...(decision.due ?? []), ...due] };
}

/** Accounts whose credit an event may change, beside those that the evaluation itself asks. */
function creditBehind(state: StateReader, event: ContractEvent): [account: bigint, cause: 'order' | 'node'][] {
  switch (event.type) {
    case 'AgreementEnded':
    case 'AgreementJudged':
      return [
        [event.customer, 'order'],
        [event.provider, 'order'],
      ];
    case 'AgreementSettled':
      return [[event.provider, 'order']];
    case 'VoucherShown':
      return event.outdone === 0n ? [] : [[event.outdone, 'order']];
    case 'NodeStatusChanged':
      return [[event.operator, 'node']];
    case 'ValidatorSetChanged':
    case 'NodeRemovalDecided':
      return [[readNode(state, event.node)?.operator ?? 0n, 'node']];
    default:
      return [];
  }
}

/** What evidence of two conflicting votes brings about, and the node it is about; undefined when it says nothing new about any node. */
export function misbehavior(
  state: StateReader,
  evidence: { readonly validator: Uint8Array; readonly height: bigint; readonly timeMs: bigint },
): { node: bigint; decision: Decision<ContractEvent> } | undefined {
  return node.recordEquivocation(state, evidence);
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
