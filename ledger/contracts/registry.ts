import { assert } from '#ledger/core/assert.ts';
import type { CommandContext, Decision, DueContext, StateReader, StateWriter } from '#ledger/core/decision.ts';
import { ok, type Result } from '#ledger/core/result.ts';
import type { Method, Transaction } from '#ledger/core/transaction.ts';
import * as account from './account/contract.ts';
import { isEncryptionKey } from './account/key-rules.ts';
import { ACCOUNT, accountMethods } from './account/methods.ts';
import * as agreement from './agreement/contract.ts';
import { readAgreement, readHistory } from './agreement/record.ts';
import { AGREEMENT, agreementMethods, type ApplyArgs } from './agreement/methods.ts';
import * as governance from './governance/contract.ts';
import { GOVERNANCE, governanceMethods } from './governance/methods.ts';
import { readParameter } from './governance/record.ts';
import * as node from './node/contract.ts';
import { NODE } from './node/methods.ts';
import * as resource from './resource/contract.ts';
import { RESOURCE, resourceMethods } from './resource/methods.ts';
import * as settlement from './settlement/contract.ts';
import { SETTLEMENT, settlementMethods } from './settlement/methods.ts';
import * as strategy from './strategy/contract.ts';
import { STRATEGY, strategyMethods } from './strategy/methods.ts';
import * as token from './token/contract.ts';
import { TOKEN, tokenMethods } from './token/methods.ts';

/** Every event of every contract; version 1 of each contract is the one in force. */
export type ContractEvent =
  | account.AccountEvent
  | token.TokenEvent
  | resource.ResourceEvent
  | strategy.StrategyEvent
  | agreement.AgreementEvent
  | settlement.SettlementEvent
  | governance.GovernanceEvent
  | node.NodeEvent;

export const methods: readonly Method[] = [
  ...accountMethods,
  ...tokenMethods,
  ...resourceMethods,
  ...strategyMethods,
  ...agreementMethods,
  ...settlementMethods,
  ...governanceMethods,
];

/** What an owner may let another key do. Everything else needs the owner key. */
const DELEGABLE = new Set([
  ...[
    'Transfer',
    'PublishResource',
    'SuspendResource',
    'ReviseStrategy',
    'Apply',
    'Prepare',
    'RequestReissue',
    'Reissue',
  ],
  ...['EndAgreement', 'ClaimUsage', 'ContestClaim'],
]);

const contractOf = new Map(methods.map((method) => [method.name, method.contract]));

/** Runs the owning contract's decide; the transaction is admitted and well formed, so its args have the method's types. */
export function decide(
  state: StateReader,
  transaction: Transaction,
  ctx: CommandContext,
): Result<Decision<ContractEvent>> {
  const command: unknown = { method: transaction.method, args: transaction.args };
  const contract = contractOf.get(transaction.method);
  switch (contract) {
    case ACCOUNT:
      return account.decide(state, command as account.AccountCommand, ctx, accountNeeds(state));
    case TOKEN:
      return token.decide(state, command as token.TokenCommand, ctx, tokenNeeds(state));
    case RESOURCE:
      return resource.decide(state, command as resource.ResourceCommand, ctx, resourceNeeds(state, ctx));
    case STRATEGY:
      return strategy.decide(state, command as strategy.StrategyCommand, ctx, strategyNeeds(state));
    case AGREEMENT:
      return agreement.decide(state, command as agreement.AgreementCommand, ctx, agreementNeeds(state));
    case SETTLEMENT:
      return settlement.decide(state, command as settlement.SettlementCommand, ctx, settlementNeeds(state));
    default:
      assert(contract === GOVERNANCE, 'an admitted transaction names a known method');
      return governance.decide(state, command as governance.GovernanceCommand, ctx, governanceNeeds(state, ctx));
  }
}

/** Runs the owning contract's work that has come due. */
export function due(
  state: StateReader,
  item: { contract: number; kind: string; subject: bigint },
  ctx: DueContext,
): Decision<ContractEvent> {
  if (item.contract === AGREEMENT) return agreement.due(state, item, ctx, agreementNeeds(state));
  if (item.contract === NODE) return node.due(state, item, ctx, nodeNeeds(state));
  assert(item.contract === GOVERNANCE, 'due work belongs to agreement, governance or node');
  return governance.due(state, item, { nodeProviders: () => account.countRole(state, 'NRNSP') });
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
  switch (event.contract) {
    case 'account':
      return account.evolve(state, event);
    case 'token':
      return token.evolve(state, event);
    case 'resource':
      return resource.evolve(state, event);
    case 'strategy':
      return strategy.evolve(state, event);
    case 'agreement':
      return agreement.evolve(state, event);
    case 'settlement':
      settlement.evolve(state, event);
      if (event.type === 'AgreementSettled') agreement.evolveSettled(state, event.agreement);
      return;
    case 'governance':
      return governance.evolve(state, event);
    case 'node':
      return node.evolve(state, event);
  }
}

/** The resource a transaction concerns, for the scope of an authorised key; undefined when it concerns none. */
export function resourceOf(state: StateReader, transaction: Transaction): bigint | undefined {
  const { resource: direct, agreement: order } = transaction.args;
  if (typeof direct === 'bigint') return direct;
  return typeof order === 'bigint' ? readAgreement(state, order)?.resource : undefined;
}

function accountNeeds(state: StateReader): account.AccountNeeds<ContractEvent> {
  return {
    isDelegable: (method) => DELEGABLE.has(method),
    resourceOwner: (id) => resource.readResource(state, id)?.owner,
    welcomeGrant: (to) => {
      const amountMicro = readParameter(state, 'newAccountGrantMicro');
      const granted = amountMicro === 0n ? ok([]) : token.grant(state, to, amountMicro);
      return granted.ok ? granted.value : [];
    },
  };
}

function tokenNeeds(state: StateReader): token.TokenNeeds<ContractEvent> {
  return {
    accountExists: (id) => account.readAccount(state, id) !== undefined,
    spend: (by) => account.spend(state, by),
  };
}

function resourceNeeds(state: StateReader, ctx: CommandContext): resource.ResourceNeeds<ContractEvent> {
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

function strategyNeeds(state: StateReader): strategy.StrategyNeeds<ContractEvent> {
  return {
    resource: (id) => {
      const record = resource.readResource(state, id);
      if (record === undefined) return undefined;
      const isRetired = resource.readListing(state, id)?.status === 'retired';
      return { owner: record.owner, isRetired, columns: resource.readColumns(state, id) };
    },
    resize: (id, simultaneousMax) => resource.resize(state, id, simultaneousMax),
  };
}

/** What the rules see of an account and of the use it intends. */
export function failedConditions(
  state: StateReader,
  of: { account: bigint; resource: bigint; use: strategy.IntendedUse; nowMs: bigint },
): strategy.FailedCondition[] {
  const { use, nowMs } = of;
  const applicant = account.readAccount(state, of.account);
  const offered = resource.readResource(state, of.resource);
  assert(applicant !== undefined && offered !== undefined, 'the applicant and the resource are known');
  const history = readHistory(state, of.account);
  return strategy.evaluate(state, of.resource, {
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
  });
}

function agreementNeeds(state: StateReader): agreement.AgreementNeeds<ContractEvent> {
  return {
    offer: (id) => offer(state, id),
    isPurpose: (purpose) => (strategy.PURPOSES as readonly string[]).includes(purpose),
    isFieldOfBusiness: (field) => (strategy.FIELDS_OF_BUSINESS as readonly string[]).includes(field),
    isEncryptionKey,
    isCustomer: (id) => account.hasRole(state, id, 'NRC'),
    failedConditions: (args: ApplyArgs, applicant, nowMs) =>
      failedConditions(state, { account: applicant, resource: args.resource, use: intendedUse(args), nowMs }),
    reserve: (id, order) => resource.reserve(state, id, order),
    release: (id, order) => resource.release(state, id, order),
    hold: (of) => token.hold(state, of),
    unsettled: (id) => token.readBalance(state, id).holds,
    spend: (by) => account.spend(state, by),
    settle: (order, facts, nowMs) =>
      settlement.settle<ContractEvent>(state, { agreement: order, facts, nowMs }, settlementNeeds(state)),
    contestMs: () => readParameter(state, 'contestMs'),
    parameters: () => ({
      intervalMs: readParameter(state, 'intervalMs'),
      deliveryMs: readParameter(state, 'deliveryMs'),
      openAgreementsMax: readParameter(state, 'openAgreementsMax'),
      feePerMille: readParameter(state, 'feePerMille'),
    }),
  };
}

function intendedUse(args: ApplyArgs): strategy.IntendedUse {
  const { purpose, fieldOfBusiness: field, durationMs, format, callsMax: calls, bytesMax: bytes } = args;
  return { purpose, field, durationMs, format, calls, bytes };
}

function offer(state: StateReader, id: bigint): ReturnType<agreement.AgreementNeeds<ContractEvent>['offer']> {
  const record = resource.readResource(state, id);
  if (record === undefined) return undefined;
  const strategyVersion = strategy.currentVersion(state, id);
  const current = strategy.readStrategy(state, id, strategyVersion);
  assert(current !== undefined, 'a published resource has a strategy');
  const { owner, agentKey, sourceId } = record;
  const isPublished = resource.readListing(state, id)?.status === 'published';
  return { owner, isPublished, agentKey, sourceId, strategyVersion, strategy: current.strategy };
}

function settlementNeeds(state: StateReader): settlement.SettlementNeeds<ContractEvent> {
  return {
    agreement: (id) => readAgreement(state, id),
    settleHold: (of) => token.settleHold(state, of),
  };
}

function nodeNeeds(state: StateReader): node.NodeNeeds {
  return {
    accountExists: (id) => account.readAccount(state, id) !== undefined,
    epochMs: () => readParameter(state, 'epochMs'),
  };
}

function governanceNeeds(state: StateReader, ctx: CommandContext): governance.GovernanceNeeds<ContractEvent> {
  return {
    role: (name) => {
      const role = account.ROLES.find((known) => known === name);
      if (role === undefined) return undefined;
      return {
        isHeldBy: (id) => account.hasRole(state, id, role),
        grant: (id, proposal) => [account.grantRole(id, role, proposal)],
      };
    },
    accountExists: (id) => account.readAccount(state, id) !== undefined,
    isNodeProvider: (id) => account.hasRole(state, id, 'NRNSP'),
    nodeProviders: () => account.countRole(state, 'NRNSP'),
    grant: (to, amountMicro) => token.grant(state, to, amountMicro),
    checkValidator: (candidate) => node.checkCandidate(state, candidate, ctx, nodeNeeds(state)),
    checkValidatorRemoval: (id) => node.checkRemoval(state, id),
    admitValidator: (candidate) => node.admit(state, candidate, ctx, nodeNeeds(state)),
    removeValidator: (of) => node.remove(state, of, ctx, nodeNeeds(state)),
  };
}
