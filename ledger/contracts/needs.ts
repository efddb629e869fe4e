import { assert } from '#ledger/core/assert.ts';
import type { CommandContext, StateReader, StateWriter } from '#ledger/core/decision.ts';
import { ok } from '#ledger/core/result.ts';
import * as account from './account/contract.ts';
import { isEncryptionKey } from './account/key-rules.ts';
import type * as agreement from './agreement/contract.ts';
import { END_REASONS } from './agreement/definition.ts';
import { readAgreement, readHistory, type AgreementRecord } from './agreement/record.ts';
import { ballots, type BallotName } from './ballots.ts';
import { findMethod, type ContractEvent } from './definitions.ts';
import type * as governance from './governance/contract.ts';
import { readParameter } from './governance/record.ts';
import type { Kind } from './kinds/kind.ts';
import { findKind } from './kinds/kinds.ts';
import * as resource from './resource/contract.ts';
import * as settlement from './settlement/contract.ts';
import type { Application, IntendedUse } from './strategy/admission.ts';
import * as strategy from './strategy/contract.ts';
import type { FailedCondition, StrategyArgs } from './strategy/definition.ts';
import type { Judged } from './strategy/judgement.ts';
import * as token from './token/contract.ts';

/** What each contract asks of the others: declared by the contract, answered here. */

export function accountNeeds(state: StateReader): account.AccountNeeds<ContractEvent> {
  return {
    isDelegable: (name) => findMethod(name)?.definition.delegation.to === 'any-key',
    resourceOwner: (id) => resource.readResource(state, id)?.owner,
    welcomeGrant: (to) => {
      const amountMicro = readParameter(state, 'newAccountGrantMicro');
      const granted = amountMicro === 0n ? ok([]) : token.grant(state, to, amountMicro);
      return granted.ok ? granted.value : [];
    },
  };
}

export function tokenNeeds(state: StateReader): token.TokenNeeds<ContractEvent> {
  return {
    accountExists: (id) => account.readAccount(state, id) !== undefined,
    spend: (by) => account.spend(state, by),
  };
}

export function resourceNeeds(state: StateReader, ctx: CommandContext): resource.ResourceNeeds<ContractEvent> {
  return {
    isProvider: (id) => account.hasRole(state, id, 'NRP'),
    agentAddress: (owner, id) => {
      const key = account.readKey(state, owner, id);
      const mayServe =
        key !== undefined && !key.revoked && key.expiresAtMs > ctx.nowMs && key.methods.includes('Prepare');
      // A key limited to some resources cannot serve one that does not exist yet.
      return mayServe && key.resources.length === 0 ? key.address : undefined;
    },
    testAgeMsMax: () => readParameter(state, 'testAgeMsMax'),
    recordStrategy: (of) => strategy.record(state, { ...of, by: ctx.account, nowMs: ctx.nowMs }),
  };
}

export function strategyNeeds(state: StateReader): strategy.StrategyNeeds<ContractEvent> {
  return {
    resource: (id) => {
      const record = resource.readResource(state, id);
      if (record === undefined) return undefined;
      const { owner, kind, attributes } = record;
      return { owner, kind, attributes, isRetired: resource.readListing(state, id)?.status === 'retired' };
    },
    resize: (id, capacity) => resource.resize(state, id, capacity),
  };
}

interface Question {
  readonly account: bigint;
  readonly resource: bigint;
  readonly use: IntendedUse;
  readonly nowMs: bigint;
}

export function failedConditions(state: StateReader, of: Question): FailedCondition[] {
  return strategy.evaluate(state, of.resource, applicationOf(state, of));
}

export function judgedConditions(state: StateReader, of: Question): Judged[] {
  return strategy.judged(state, of.resource, applicationOf(state, of));
}

/** What the rules see of an account and of the use it intends. */
function applicationOf(state: StateReader, of: Question): Application {
  const { use, nowMs } = of;
  const applicant = account.readAccount(state, of.account);
  const offered = resource.readResource(state, of.resource);
  assert(applicant !== undefined && offered !== undefined, 'the applicant and the resource are known');
  const history = readHistory(state, of.account);
  return {
    applicant: {
      account: of.account,
      roles: applicant.roles,
      accountAgeMs: nowMs - applicant.createdAtMs,
      completedOrders: history.completed,
      brokenOrders: history.broken,
    },
    use,
    resource: { tags: offered.tags, kind: offered.kind },
    nowMs,
  };
}

type Evolve = (state: StateWriter, event: ContractEvent) => void;

export function agreementNeeds(state: StateReader, evolve: Evolve): agreement.AgreementNeeds<ContractEvent> {
  return {
    offer: (id) => offer(state, id),
    isEncryptionKey,
    isCustomer: (id) => account.hasRole(state, id, 'NRC'),
    failedConditions: (wanted, applicant, nowMs) => {
      const { purpose, fieldOfBusiness: field, durationMs, choices, amounts } = wanted;
      const use = { purpose, field, durationMs, choices, amounts };
      return failedConditions(state, { account: applicant, resource: wanted.resource, use, nowMs });
    },
    reserve: (id, of) => resource.reserve(state, id, of),
    release: (id, of) => resource.release(state, id, of),
    hold: (of) => token.hold(state, of),
    splitHold: (of) => token.splitHold(state, of),
    unsettled: (id) => token.readBalance(state, id).holds,
    spend: (by) => account.spend(state, by),
    pricesOf: (record) => termsOf(state, record).strategy.prices,
    graceMs: (record) => {
      const { kind, strategy: granted } = termsOf(state, record);
      return kind.graceMs?.(granted.ways);
    },
    settle: (order, record, nowMs) =>
      settlement.settle<ContractEvent>(
        state,
        { agreement: order, facts: factsOf(state, record), nowMs },
        settlementNeeds(state),
      ),
    contestMs: () => readParameter(state, 'contestMs'),
    parameters: () => ({
      intervalMs: readParameter(state, 'intervalMs'),
      deliveryMs: readParameter(state, 'deliveryMs'),
      openAgreementsMax: readParameter(state, 'openAgreementsMax'),
      feePerMille: readParameter(state, 'feePerMille'),
    }),
    at: (other) => agreementNeeds(other, evolve),
    evolve,
  };
}

function offer(state: StateReader, id: bigint): ReturnType<agreement.AgreementNeeds<ContractEvent>['offer']> {
  const record = resource.readResource(state, id);
  const kind = record === undefined ? undefined : findKind(record.kind);
  if (record === undefined || kind === undefined) return undefined;
  const strategyVersion = strategy.currentVersion(state, id);
  const current = strategy.readStrategy(state, id, strategyVersion);
  assert(current !== undefined, 'a published resource has a strategy');
  const { owner, agentKey, sourceId, kind: kindName } = record;
  const isPublished = resource.readListing(state, id)?.status === 'published';
  return { owner, kind, kindName, isPublished, agentKey, sourceId, strategyVersion, strategy: current.strategy };
}

/** The strategy and the kind under which an agreement was granted. */
function termsOf(state: StateReader, record: AgreementRecord): { kind: Kind; strategy: StrategyArgs } {
  const kind = findKind(resource.readResource(state, record.resource)?.kind ?? '');
  const granted = strategy.readStrategy(state, record.resource, record.strategyVersion);
  assert(kind !== undefined && granted !== undefined, 'what an agreement was granted under stays');
  return { kind, strategy: granted.strategy };
}

function factsOf(state: StateReader, record: AgreementRecord): settlement.AgreementFacts {
  const { kind, strategy: granted } = termsOf(state, record);
  const { prices, promise, degradedPerMille } = granted;
  const whole = record.endReason === '' ? 'agreed' : END_REASONS[record.endReason].whole;
  return { ...record, kind, prices, promise, degradedPerMille, whole };
}

export function settlementNeeds(state: StateReader): settlement.SettlementNeeds<ContractEvent> {
  return {
    agreement: (id) => {
      const record = readAgreement(state, id);
      return record === undefined ? undefined : factsOf(state, record);
    },
    settleHold: (of) => token.settleHold(state, of),
  };
}

export function governanceNeeds(state: StateReader, ctx: CommandContext): governance.GovernanceNeeds<ContractEvent> {
  return {
    isNodeProvider: (id) => account.hasRole(state, id, 'NRNSP'),
    nodeProviders: () => account.countRole(state, 'NRNSP'),
    ballot: ({ method, args }, by) => {
      const ballot = Object.hasOwn(ballots, method) ? ballots[method as BallotName] : undefined;
      assert(ballot !== undefined, 'a proposal carries a method that a vote decides');
      return ballot(state, args as never, { account: by, ctx });
    },
    byVote: (method) => {
      const byVote = findMethod(method)?.definition.byVote;
      assert(byVote !== undefined, 'a proposal carries a method that a vote decides');
      return byVote;
    },
  };
}
