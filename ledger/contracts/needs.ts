import { assert } from '#ledger/core/assert.ts';
import type { CommandContext, StateReader, StateWriter } from '#ledger/core/decision.ts';
import { fail, ok } from '#ledger/core/result.ts';
import * as account from './account/contract.ts';
import { isEncryptionKey } from './account/key-rules.ts';
import type * as agreement from './agreement/contract.ts';
import { failOrders } from './agreement/failing.ts';
import { askedByOrder, offered, placeOrder } from './agreement/order.ts';
import { drawBackup, end, endUnidentified, judgeEnded } from './agreement/ending.ts';
import { END_REASONS, agreementCodes } from './agreement/definition.ts';
import { readAgreement, readFaults, readHistory, type AgreementRecord } from './agreement/record.ts';
import { dueItem, waiting } from './agreement/due-items.ts';
import { failedFor, identityBehind, isIdentifiedFor } from './admission-needs.ts';
import { ballots, type BallotName } from './ballots.ts';
import * as channel from './channel/contract.ts';
import { NO_VOUCHER_KEY } from './shared/voucher-fields.ts';
import { readChannel } from './channel/record.ts';
import { findMethod, type ContractEvent } from './definitions.ts';
import type { CreditNeeds } from './credit/contract.ts';
import { accountCredit } from './credit/permissions.ts';
import { isPermitted, mayValidate, readCredit } from './credit/record.ts';
import * as demand from './demand/contract.ts';
import { readBatch, readDemand } from './demand/record.ts';
import type * as governance from './governance/contract.ts';
import { proposalOf, readParameter } from './governance/record.ts';
import type { IdentityNeeds } from './identity/contract.ts';
import { identifiedBy, readAttestation } from './identity/record.ts';
import type { Kind } from './kinds/kind.ts';
import { findKind } from './kinds/kinds.ts';
import * as incentive from './incentive/contract.ts';
import { ratesFrom } from './incentive/reward.ts';
import { permissionNeeds } from './permission-needs.ts';
import { liveNodes, readNode } from './node/record.ts';
import { standings, type StandingNeeds } from './node/standing.ts';
import { keyRevoked, type RegisterNeeds } from './node/register.ts';
import { isOff, nodeOfKey, readRegistered } from './node/register-record.ts';
import { analyse, type AnalysisNeeds } from './plan/analysis.ts';
import { qualityOf } from './plan/aims.ts';
import { awaitMatch } from './plan/batch.ts';
import { plansWaiting } from './plan/due-items.ts';
import { needFault } from './plan/exact.ts';
import type { PlanNeeds } from './plan/needs.ts';
import type { OffersView } from './plan/offers.ts';
import { makePlans } from './plan/planning.ts';
import { hasUndecidedCopy } from './plan/record.ts';
import { checkProposal } from './plan/proposal.ts';
import type { ProseNeeds } from './prose/contract.ts';
import type { PaymentNeeds } from './prose/payment.ts';
import type { SessionNeeds } from './prose/session.ts';
import * as resource from './resource/contract.ts';
import type { SecurityNeeds } from './security/contract.ts';
import * as settlement from './settlement/contract.ts';
import { readClaim } from './settlement/record.ts';
import * as strategy from './strategy/contract.ts';
import type { StrategyArgs } from './strategy/definition.ts';
import * as token from './token/contract.ts';

/** What each contract asks of the others: declared by the contract, answered here. */

export function accountNeeds(state: StateReader): account.AccountNeeds<ContractEvent> {
  return {
    isDelegable: (name) => findMethod(name)?.definition.delegation.to === 'any-key',
    resourceOwner: (id) => resource.readResource(state, id)?.owner,
    keyRevoked: (of) => keyRevoked(state, of),
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
    mayPublish: (id) => isPermitted(state, id, 'publish'),
    agentAddress: (owner, id) => {
      const key = account.readKey(state, owner, id);
      const mayServe =
        key !== undefined && !key.revoked && key.expiresAtMs > ctx.nowMs && key.methods.includes('Prepare');
      // A key limited to some resources cannot serve one that does not exist yet.
      return mayServe && key.resources.length === 0 ? key.address : undefined;
    },
    isNodeOff: (owner, id) => {
      const found = nodeOfKey(state, owner, id);
      return found !== undefined && isOff(found.record);
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

type Evolve = (state: StateWriter, event: ContractEvent) => void;

export function agreementNeeds(state: StateReader, evolve: Evolve): agreement.AgreementNeeds<ContractEvent> {
  return {
    offer: (id) => offer(state, id),
    isEncryptionKey,
    isCustomer: (id) => account.hasRole(state, id, 'NRC'),
    failedConditions: (wanted, applicant, nowMs) => failedFor(state, wanted, applicant, nowMs),
    identityBehind: (wanted, applicant, nowMs) => identityBehind(state, wanted, applicant, nowMs),
    isIdentifiedFor: (record, nowMs) => isIdentifiedFor(state, record, nowMs),
    reserve: (id, of) => resource.reserve(state, id, of),
    release: (id, of) => resource.release(state, id, of),
    hold: (of) => token.hold(state, of),
    splitHold: (of) => token.splitHold(state, of),
    openChannel: channel.opened,
    voucherKey: (id) => readChannel(state, id)?.voucherKey ?? NO_VOUCHER_KEY,
    unsettled: (id) => token.readBalance(state, id).holds,
    mayOrderSeveral: (id) => isPermitted(state, id, 'orders'),
    spend: (by) => account.spend(state, by),
    pricesOf: (record) => termsOf(state, record).strategy.prices,
    used: (id) => readClaim(state, id).used,
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
    awaitsVerdict: (id) => hasUndecidedCopy(state, id),
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
  const listing = resource.readListing(state, id);
  const [isPublished, isReachable] = [listing?.status === 'published', listing?.offSinceMs === 0n];
  const described = { owner, kind, kindName, isPublished, isReachable };
  return { ...described, agentKey, sourceId, strategyVersion, strategy: current.strategy };
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

export function registerNeeds(state: StateReader, evolve: Evolve): RegisterNeeds<ContractEvent> {
  return {
    hasRole: (id, role) => account.hasRole(state, id, role),
    roles: (id) => account.readAccount(state, id)?.roles ?? [],
    credit: (id) => accountCredit(state, id, permissionNeeds(state)),
    probationMs: () => readParameter(state, 'probationMs'),
    silenceMs: () => readParameter(state, 'silenceMs'),
    automaticShiftMilli: () => readParameter(state, 'automaticShiftMilli'),
    setReachability: (of) => resource.setReachability(state, of),
    failOrders: ({ operator: provider, key: agentKey }, nowMs) =>
      failOrders<ContractEvent>(state, { provider, agentKey }, nowMs, agreementNeeds(state, evolve)),
  };
}

/** What decides whether a validator stays in the set by its credit. */
export function standingNeeds(state: StateReader): StandingNeeds {
  return {
    epochMs: () => readParameter(state, 'epochMs'),
    probationMs: () => readParameter(state, 'probationMs'),
    consensus: (node) => ({ credit: readCredit(state, node), isPermitted: mayValidate(state, node) }),
  };
}

export function creditNeeds(state: StateReader, evolve: Evolve): CreditNeeds<ContractEvent> {
  return {
    ...permissionNeeds(state),
    isMaintainer: (id) => account.hasRole(state, id, 'NRNSM'),
    validators: () => liveNodes(state).map(([node, { operator }]) => ({ node, operator })),
    accountsAfter: (id, countMax) => {
      const accounts = Array.from({ length: countMax }, (_, index) => id + BigInt(index + 1));
      return accounts.filter((other) => account.readAccount(state, other) !== undefined);
    },
    timeCounted: (of, nowMs) => incentive.countNodeTime(state, of, nowMs, incentiveNeeds(state, evolve)),
    standings: (nowMs) => standings(state, nowMs, { ...standingNeeds(state), evolve }),
    at: (other) => creditNeeds(other, evolve),
    evolve,
    node: (id) => {
      const registered = readRegistered(state, id);
      const record = registered ?? readNode(state, id);
      if (record === undefined || record.status === 'retired') return undefined;
      const { operator } = record;
      const equivocations = 'equivocations' in record ? record.equivocations : 0n;
      const history = { ...readHistory(state, operator), ...readFaults(state, operator) };
      return { operator, ...history, suspensions: registered?.suspensions ?? 0n, equivocations };
    },
  };
}

/** Service nodes count while they are admitted, validators while they are in the set. */
const ADMITTED: readonly string[] = ['probation', 'active'];
const IN_THE_SET: readonly string[] = ['validating', 'leaving', 'standing-down'];

export function incentiveNeeds(
  state: StateReader,
  evolve: Evolve,
): incentive.IncentiveNeeds<ContractEvent> & { at(state: StateReader): incentive.IncentiveNeeds<ContractEvent> } {
  const isKeyOf = (owner: bigint, other: bigint): boolean => {
    const address = account.readAccount(state, owner)?.address;
    return address !== undefined && account.isAuthorised(state, address, other);
  };
  return {
    rates: () => ratesFrom((name) => readParameter(state, name)),
    epochMs: () => readParameter(state, 'creditEpochMs'),
    isIdentified: (id, nowMs) => (readAttestation(state, id)?.endsAtMs ?? 0n) > nowMs,
    hasOneOwner: (one, other) => isKeyOf(one, other) || isKeyOf(other, one),
    proposer: (id) => proposalOf(state, id).by,
    node: (id) => {
      const registered = readRegistered(state, id);
      if (registered !== undefined) {
        const { operator, class: kind, status } = registered;
        return kind === 'service' && ADMITTED.includes(status) ? { operator, class: 'service' } : undefined;
      }
      const validator = readNode(state, id);
      const isIn = validator !== undefined && validator.operator !== 0n && IN_THE_SET.includes(validator.status);
      return isIn ? { operator: validator.operator, class: 'consensus' } : undefined;
    },
    treasuryMicro: () => token.readBalance(state, token.TREASURY).balanceMicro,
    reward: token.reward,
    at: (other) => incentiveNeeds(other, evolve),
    evolve,
  };
}

export function identityNeeds(state: StateReader, evolve: Evolve): IdentityNeeds<ContractEvent> {
  return {
    isOperator: (id) => account.hasRole(state, id, 'NO'),
    isEncryptionKey,
    endUnidentified: (customer, nowMs) =>
      endUnidentified<ContractEvent>(state, { customer }, nowMs, agreementNeeds(state, evolve)),
    at: (other) => identityNeeds(other, evolve),
    evolve,
  };
}

export function securityNeeds(state: StateReader): SecurityNeeds {
  return {
    isMaintainer: (id) => account.hasRole(state, id, 'NRNSM'),
    node: (id) => {
      const registered = readRegistered(state, id);
      if (registered !== undefined) return registered;
      const validator = readNode(state, id);
      return validator && { ...validator, key: 0n };
    },
  };
}

export function proseNeeds(state: StateReader): ProseNeeds {
  return {
    isOperator: (id) => account.hasRole(state, id, 'NO'),
    resource: (id) => {
      const record = resource.readResource(state, id);
      if (record === undefined) return undefined;
      const { owner, kind, attributes } = record;
      return { owner, kind, attributes, isPublished: resource.readListing(state, id)?.status === 'published' };
    },
    identifiedBy: (id) => identifiedBy(state, id),
    agreement: (id) => orderOfPool(state, id),
  };
}

function orderOfPool(state: StateReader, agreement: bigint): AgreementRecord {
  const record = readAgreement(state, agreement);
  assert(record !== undefined, 'a session is of an agreement that is there');
  return record;
}

export function sessionNeeds(state: StateReader, evolve: Evolve): SessionNeeds<ContractEvent> {
  return {
    agreement: (id) => orderOfPool(state, id),
    identifiedBy: (id) => identifiedBy(state, id),
    epochMs: () => readParameter(state, 'epochMs'),
    at: (other) => sessionNeeds(other, evolve),
    evolve,
  };
}

export function paymentNeeds(state: StateReader): PaymentNeeds<ContractEvent> {
  return {
    balanceMicro: (id) => token.readBalance(state, id).balanceMicro,
    pay: (of) => {
      const paid = token.pay(state, { ...of, reason: 'tariff' });
      assert(paid.ok, 'no more is paid than the payer has');
      return paid.value;
    },
  };
}

export function settlementNeeds(state: StateReader): settlement.SettlementNeeds<ContractEvent> {
  return {
    agreement: (id) => {
      const record = readAgreement(state, id);
      return record === undefined ? undefined : factsOf(state, record);
    },
    settleHold: (of) => token.settleHold(state, of),
    channel: (id) => readChannel(state, id),
    closeChannel: (of) => channel.closed(state, of),
  };
}

export function channelNeeds(state: StateReader): channel.ChannelNeeds {
  return {
    agreement: settlementNeeds(state).agreement,
    agentAddress: ({ provider, agentKey }) => account.readKey(state, provider, agentKey)?.address,
    contestMs: () => readParameter(state, 'contestMs'),
    settleAt: (id, atMs) => ({ cancel: waiting(id, 'settle'), due: dueItem(id, 'settle', atMs) }),
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

export function demandNeeds(state: StateReader, evolve: Evolve, offers: OffersView): demand.DemandNeeds<ContractEvent> {
  const plans = planNeeds(state, evolve, offers);
  return {
    isCustomer: (id) => account.hasRole(state, id, 'NRC'),
    hasRole: (id, role) => account.hasRole(state, id, role),
    offeredKind: (id, owner) => {
      const record = resource.readResource(state, id);
      return record?.owner === owner ? record.kind : undefined;
    },
    openDemandsMax: () => readParameter(state, 'openDemandsMax'),
    needFault,
    plan: (id, record, nowMs) => makePlans(state, { demand: id, record, nowMs }, plans),
    awaitMatch: (nowMs) => awaitMatch(nowMs, plans),
    isEncryptionKey,
    unplan: (id) => [plansWaiting(id)],
  };
}

/** What an analysis reads of the market. */
export function analysisNeeds(state: StateReader, nowMs: bigint, offers: OffersView): AnalysisNeeds {
  return {
    offers: (kind) => offers.of(kind),
    failedConditions: (wanted, applicant) => failedFor(state, wanted, applicant, nowMs),
    quality: (provider) => qualityOf(readHistory(state, provider)),
  };
}

/** `offers` are those of the state that the block began with, and of what it changed so far; a draft's own changes are not among them. */
export function planNeeds(state: StateReader, evolve: Evolve, offers: OffersView): PlanNeeds<ContractEvent> {
  const agreements = agreementNeeds(state, evolve);
  return {
    demand: (id) => readDemand(state, id),
    decideDemand: (id, record, nowMs) => {
      const { event, cancel } = demand.decided(id, record, nowMs);
      return { events: [event], cancel: [cancel] };
    },
    analyse: (record, nowMs) => analyse(record, nowMs, analysisNeeds(state, nowMs, offers)),
    maySearch: () => offers.maySearch(),
    checkProposal: (record, proposed, nowMs) =>
      checkProposal(record, proposed, {
        offered: (wanted, applicant) => offered(wanted, applicant, agreements),
        attributes: (id) => resource.readResource(state, id)?.attributes ?? [],
        failedConditions: (wanted, applicant) => agreements.failedConditions(wanted, applicant, nowMs),
      }),
    placeOrder: ({ record, parts, encryptionKey, voucherKey }, buyer) => {
      const { purpose, fieldOfBusiness } = record;
      const holdMicro = parts.reduce((sum, part) => sum + part.holdMicro, 0n);
      const asked = askedByOrder({ purpose, fieldOfBusiness, parts: [...parts], holdMicro });
      if (asked === undefined) return fail(agreementCodes.PARTS_INVALID);
      return placeOrder<ContractEvent>(state, { asked, encryptionKey, voucherKey }, buyer, agreements);
    },
    payFee: ({ customer, key, broker, feeMicro }) => {
      if (feeMicro === 0n) return { events: [] };
      const spent = account.spend(state, { account: customer, key, amountMicro: feeMicro });
      if (spent === undefined) return { short: 'SPENDING_CAP_EXCEEDED' };
      const paid = token.pay(state, { from: customer, to: broker, amountMicro: feeMicro, reason: 'fee' });
      return paid.ok ? { events: [...spent, ...paid.value] } : { short: 'FEE_BALANCE_TOO_LOW' };
    },
    isBroker: (id) => account.hasRole(state, id, 'NRB'),
    isKeyLive: (id, key, nowMs) => {
      if (key === 0n) return true;
      const record = account.readKey(state, id, key);
      return record !== undefined && !record.revoked && record.expiresAtMs > nowMs;
    },
    waitingDemands: () => readBatch(state),
    offers: (kind) => offers.of(kind),
    failedConditions: agreements.failedConditions,
    agreement: (id) => readAgreement(state, id),
    endAgreement: (id, { reason, by, nowMs }) => {
      const record = readAgreement(state, id);
      if (record === undefined || record.endedAtMs !== 0n) return { events: [] };
      return end<ContractEvent>(state, { agreement: id, record, by, reason }, nowMs, agreements);
    },
    drawBackup: (id, { handover, nowMs }) => {
      const record = readAgreement(state, id);
      if (record === undefined || record.endedAtMs !== 0n) return undefined;
      return drawBackup<ContractEvent>(state, { agreement: id, record, handover }, nowMs, agreements);
    },
    judge: (id, { isWrong, nowMs }) => {
      const record = readAgreement(state, id);
      if (record === undefined) return { events: [] };
      return judgeEnded<ContractEvent>({ agreement: id, record, isWrong }, nowMs, agreements);
    },
    parameter: (name) => readParameter(state, name),
    at: (other) => planNeeds(other, evolve, offers),
    evolve,
  };
}
