import type { AccountEvent } from '#ledger/contracts/account/definition.ts';
import { type AgreementEvent, agreementCodes } from '#ledger/contracts/agreement/definition.ts';
import { channelDefinition, type ChannelEvent } from '#ledger/contracts/channel/definition.ts';
import type { Voucher } from '#ledger/contracts/shared/voucher.ts';
import { definitions, isReadable, methodOf } from '#ledger/contracts/definitions.ts';
import type { KindName } from '#ledger/contracts/kinds/kinds.ts';
import { encodeRuns } from '#ledger/contracts/shared/runs.ts';
import type { Quantity as LedgerQuantity, Term } from '#ledger/contracts/shared/terms.ts';
import { demandDefinition, type DemandEvent } from '#ledger/contracts/demand/definition.ts';
import { planCodes, planDefinition, type PlanEvent } from '#ledger/contracts/plan/definition.ts';
import {
  nodeDefinition,
  type NodeEvent,
  type RegisteredClass,
  type RegisteredStatus,
} from '#ledger/contracts/node/definition.ts';
import { proseDefinition, type ProseEvent } from '#ledger/contracts/prose/definition.ts';
import { securityDefinition, type SecurityEvent } from '#ledger/contracts/security/definition.ts';
import type { ResourceEvent } from '#ledger/contracts/resource/definition.ts';
import type { SettlementEvent } from '#ledger/contracts/settlement/definition.ts';
import { fromHex, toHex } from '#ledger/core/bytes.ts';
import type { CborValue } from '#ledger/core/codec.ts';
import type { Method } from '#ledger/core/transaction.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import type { ResourceTest } from '#ledger/contracts/resource/test-report.ts';
import { runsOf } from './interval-runs.ts';
import type { Interval } from './intervals.ts';
import { done, failed, type Outcome } from './outcome.ts';
import { quantitiesOf } from './voucher-signer/offer.ts';
import type {
  Amounts,
  AssignedRange,
  LedgerKind,
  OrderTerms,
  PublishedResource,
  Quantity,
  RangeProgress,
} from './resources/kind.ts';

export type EventPayload = { readonly [field: string]: CborValue };
export type SuspendReason = 'metadata-mismatch' | 'source-unavailable';

export interface LedgerCommand {
  readonly method: Method;
  readonly args: Args;
}

/** What an event of the ledger says, in the agent's own words: no kind of resource, and no field of a contract's format, shows here. */
export type LedgerFact =
  | { readonly fact: 'key-authorized'; readonly account: number; readonly key: number; readonly address: Uint8Array }
  | { readonly fact: 'key-revoked'; readonly account: number; readonly key: number }
  | {
      readonly fact: 'published';
      readonly owner: number;
      readonly agentKey: number;
      readonly published: PublishedResource;
    }
  | { readonly fact: 'status'; readonly resource: number; readonly status: 'published' | 'suspended' | 'retired' }
  | {
      readonly fact: 'reserved';
      readonly provider: number;
      readonly agentKey: number;
      /** The agreement whose stored things it takes over; 0 for none. */
      readonly continues: number;
      /** As of an order that continues none. */
      readonly terms: OrderTerms;
    }
  | {
      readonly fact: 'prepared';
      readonly agreement: number;
      readonly issue: number;
      readonly startsAtMs: number;
      readonly endsAtMs: number;
    }
  | {
      readonly fact: 'reissue-requested';
      readonly agreement: number;
      readonly issue: number;
      readonly encryptionKey: string;
    }
  | { readonly fact: 'reissued'; readonly agreement: number; readonly issue: number }
  | {
      readonly fact: 'ended';
      readonly agreement: number;
      readonly endedAtMs: number;
      /** What it stored stays until then; 0: it stored nothing. */
      readonly graceUntilMs: number;
      readonly settleAtMs: number;
      readonly reason: string;
    }
  | { readonly fact: 'claimed'; readonly agreement: number; readonly untilMs: number; readonly used: Amounts }
  | { readonly fact: 'channel-opened'; readonly agreement: number; readonly voucherKey: string }
  | {
      readonly fact: 'voucher-shown';
      readonly agreement: number;
      readonly interval: number;
      readonly isOwn: boolean;
      readonly settleAtMs: number;
    }
  | { readonly fact: 'settled'; readonly agreement: number }
  | { readonly fact: 'erased'; readonly agreement: number }
  | { readonly fact: 'range-assigned'; readonly agreement: number; readonly assigned: AssignedRange }
  | {
      readonly fact: 'range-moved';
      readonly agreement: number;
      readonly range: number;
      readonly to: 'started' | 'finished' | 'failed' | 'dropped';
    }
  /** No agent runs it any more; SHA-256 in hex. */
  | { readonly fact: 'algorithm-refused'; readonly algorithm: string }
  | { readonly fact: 'pool'; readonly resource: number; readonly isIn: boolean }
  /** `by` 0: not any more. */
  | { readonly fact: 'continued'; readonly agreement: number; readonly by: number }
  | {
      readonly fact: 'node-registered';
      readonly node: number;
      readonly operator: number;
      readonly key: number;
      readonly software: string;
      readonly endpoint: string;
    }
  | { readonly fact: 'node-updated'; readonly node: number; readonly software: string; readonly endpoint: string }
  | { readonly fact: 'node-status'; readonly node: number; readonly status: RegisteredStatus }
  | { readonly fact: 'node-heard'; readonly node: number }
  | {
      readonly fact: 'node-shares';
      readonly node: number;
      readonly shares: { readonly consensusMillicores: number; readonly serviceMillicores: number };
    }
  | {
      readonly fact: 'repair-commanded';
      readonly node: number;
      readonly incident: number;
      readonly step: number;
      readonly command: string;
      readonly expiresAtMs: number;
    }
  | {
      readonly fact: 'validator-admitted';
      readonly node: number;
      readonly operator: number;
      readonly publicKey: string;
    }
  | { readonly fact: 'repair-answered'; readonly incident: number; readonly step: number }
  /** What this agent cannot hold, and needs not: no link opens by it, and none that stands open has to be shut. */
  | { readonly fact: 'set-aside'; readonly sentence: string };

type KnownEvent =
  | AccountEvent
  | AgreementEvent
  | ChannelEvent
  | DemandEvent
  | NodeEvent
  | PlanEvent
  | ProseEvent
  | ResourceEvent
  | SecurityEvent
  | SettlementEvent;
type EventOf<Type extends KnownEvent['type']> = Extract<KnownEvent, { type: Type }>;

/** The newest version of each contract's events that this agent reads, and the earlier ones with it; events of other contracts say nothing to it. */
const VERSIONS: Readonly<Record<KnownEvent['contract'], bigint>> = {
  account: definitions.account.version,
  agreement: definitions.agreement.version,
  channel: channelDefinition.version,
  demand: demandDefinition.version,
  node: nodeDefinition.version,
  plan: planDefinition.version,
  prose: proseDefinition.version,
  resource: definitions.resource.version,
  security: securityDefinition.version,
  settlement: definitions.settlement.version,
};

/** A number that JavaScript cannot hold: another one in its place would be another thing. No contract writes one. */
class UnreadableNumber extends Error {
  override readonly name = 'UnreadableNumber';
}

/**
 * What one proved event says; null when it says nothing to an agent. A sentence when it cannot be read: of a version that this agent
 * does not know, or one that shuts a link with a number beyond 2^53. Nothing after such an event may be believed.
 */
export function readEvent(payload: EventPayload): Outcome<LedgerFact | null> {
  const { contract, version, type } = payload;
  if (typeof contract !== 'string' || !Object.hasOwn(VERSIONS, contract)) return done(null);
  if (!isReadable(VERSIONS[contract as KnownEvent['contract']], version)) {
    return failed(
      `The ledger has an event of version ${String(version)} of the contract “${contract}”, which this agent does not know: update the agent. Until then it reads no further, and serves open orders for at most 10 minutes.`,
    );
  }
  try {
    return done(factOf(payload as unknown as KnownEvent));
  } catch (error) {
    if (!(error instanceof UnreadableNumber)) throw error;
    const what = `The event ${String(type)} of the contract “${contract}” holds ${error.message}, which this agent cannot hold`;
    if (SHUTTING.includes(String(type))) return failed(`${what}; it reads no further.`);
    return done({ fact: 'set-aside', sentence: `${what}: it is set aside.` });
  }
}

/** After these a link must not open: what is not understood of them is not passed over. */
const SHUTTING: readonly string[] = ['AgreementEnded', 'DescriptorReissued'] satisfies KnownEvent['type'][];

/** What concerns the agent's own place in the register of nodes. */
function nodeFactOf(event: NodeEvent): LedgerFact | null {
  switch (event.type) {
    case 'NodeRegistered': {
      const { node, operator, key, software, endpoint } = event;
      const ids = { node: numberOf(node), operator: numberOf(operator), key: numberOf(key) };
      return { fact: 'node-registered', ...ids, software, endpoint };
    }
    case 'NodeAdmitted': {
      const { node, operator, publicKey } = event;
      const ids = { node: numberOf(node), operator: numberOf(operator) };
      return { fact: 'validator-admitted', ...ids, publicKey: toHex(publicKey) };
    }
    case 'NodeUpdated':
      return { fact: 'node-updated', node: numberOf(event.node), software: event.software, endpoint: event.endpoint };
    case 'NodeStatusChanged':
      return { fact: 'node-status', node: numberOf(event.node), status: event.to };
    case 'NodeHeard':
      return { fact: 'node-heard', node: numberOf(event.node) };
    case 'SharesDeclared':
    case 'SharesShifted': {
      const { node, consensusMillicores, serviceMillicores } = event;
      const shares = {
        consensusMillicores: numberOf(consensusMillicores),
        serviceMillicores: numberOf(serviceMillicores),
      };
      return { fact: 'node-shares', node: numberOf(node), shares };
    }
    default:
      return null;
  }
}

/** What maintainers order this node to do, and that the ledger has its answer. */
function repairFactOf(event: SecurityEvent): LedgerFact | null {
  if (event.type !== 'RepairCommanded' && event.type !== 'RepairAnswered') return null;
  const ids = { incident: numberOf(event.incident), step: numberOf(event.step) };
  if (event.type === 'RepairAnswered') return { fact: 'repair-answered', ...ids };
  const { node, command, expiresAtMs } = event;
  return { fact: 'repair-commanded', ...ids, node: numberOf(node), command, expiresAtMs: numberOf(expiresAtMs) };
}

/** That a channel opened, and which voucher stands on the ledger; that it was closed says nothing more than the bill does. */
function channelFactOf(event: ChannelEvent): LedgerFact | null {
  switch (event.type) {
    case 'ChannelOpened':
      return { fact: 'channel-opened', agreement: numberOf(event.agreement), voucherKey: toHex(event.voucherKey) };
    case 'VoucherShown': {
      const { agreement, interval, by, provider, settleAtMs } = event;
      const numbers = { agreement: numberOf(agreement), interval: numberOf(interval) };
      return { fact: 'voucher-shown', ...numbers, isOwn: by === provider, settleAtMs: numberOf(settleAtMs) };
    }
    case 'ChannelClosed':
      return null;
  }
}

/** Whether a relay is in the proximity pool: what began there is measured for the record. */
function poolFactOf(event: ProseEvent): LedgerFact | null {
  if (event.type !== 'PoolJoined' && event.type !== 'PoolLeft') return null;
  return { fact: 'pool', resource: numberOf(event.resource), isIn: event.type === 'PoolJoined' };
}

function factOf(event: KnownEvent): LedgerFact | null {
  if (event.contract === 'node') return nodeFactOf(event);
  if (event.contract === 'security') return repairFactOf(event);
  if (event.contract === 'channel') return channelFactOf(event);
  if (event.contract === 'prose') return poolFactOf(event);
  switch (event.type) {
    case 'KeyAuthorized': {
      const { account, key, address } = event;
      return { fact: 'key-authorized', account: numberOf(account), key: numberOf(key), address };
    }
    case 'KeyRevoked':
      return { fact: 'key-revoked', account: numberOf(event.account), key: numberOf(event.key) };
    case 'ResourcePublished':
      return publishedOf(event);
    case 'ResourceStatusChanged':
      return { fact: 'status', resource: numberOf(event.resource), status: event.to };
    case 'AgreementReserved':
      return reservedOf(event);
    case 'AgreementPrepared': {
      const { agreement, issue, startsAtMs, endsAtMs } = event;
      const times = { startsAtMs: numberOf(startsAtMs), endsAtMs: numberOf(endsAtMs) };
      return { fact: 'prepared', agreement: numberOf(agreement), issue: numberOf(issue), ...times };
    }
    case 'ReissueRequested': {
      const { agreement, issue, encryptionKey } = event;
      const ids = { agreement: numberOf(agreement), issue: numberOf(issue) };
      return { fact: 'reissue-requested', ...ids, encryptionKey: toHex(encryptionKey) };
    }
    case 'DescriptorReissued':
      return { fact: 'reissued', agreement: numberOf(event.agreement), issue: numberOf(event.issue) };
    case 'AgreementEnded': {
      const { agreement, endedAtMs, settleAtMs, graceUntilMs, reason } = event;
      const times = {
        endedAtMs: numberOf(endedAtMs),
        settleAtMs: numberOf(settleAtMs),
        graceUntilMs: numberOf(graceUntilMs),
      };
      return { fact: 'ended', agreement: numberOf(agreement), ...times, reason };
    }
    case 'UsageClaimed': {
      const { agreement, used, untilMs } = event;
      return { fact: 'claimed', agreement: numberOf(agreement), untilMs: numberOf(untilMs), used: amountsOf(used) };
    }
    case 'AgreementSettled':
      return { fact: 'settled', agreement: numberOf(event.agreement) };
    case 'AgreementContinued':
      return { fact: 'continued', agreement: numberOf(event.agreement), by: numberOf(event.continuation) };
    case 'ContinuationDropped':
      return { fact: 'continued', agreement: numberOf(event.agreement), by: 0 };
    case 'RangeAssigned':
      return assignedOf(event);
    case 'RangeStarted':
      return movedOf(event, 'started');
    case 'RangeFinished':
      return movedOf(event, 'finished');
    case 'RangeFailed':
      return movedOf(event, 'failed');
    case 'RangeDropped':
      return movedOf(event, 'dropped');
    case 'AlgorithmRefused':
      return { fact: 'algorithm-refused', algorithm: toHex(event.algorithm) };
    case 'ErasureReported':
      return { fact: 'erased', agreement: numberOf(event.agreement) };
    default:
      return null;
  }
}

function assignedOf(event: EventOf<'RangeAssigned'>): LedgerFact | null {
  const { demand, range, agreement, first, count, attempt, key, lateAtMs } = event;
  const [work] = event.work;
  if (work === undefined) return null;
  const assigned: AssignedRange = {
    demand: numberOf(demand),
    range: numberOf(range),
    first: numberOf(first),
    count: numberOf(count),
    attempt: numberOf(attempt),
    work: {
      algorithm: toHex(work.algorithm),
      payload: toHex(work.payload),
      payloadBytes: numberOf(work.payloadBytes),
      subtasks: numberOf(work.subtasks),
      split: work.split,
      cpuMs: numberOf(work.cpuMs),
      memoryMiB: numberOf(work.memoryMiB),
      inputBytes: numberOf(work.inputBytes),
      outputBytes: numberOf(work.outputBytes),
    },
    key: toHex(key),
    lateAtMs: numberOf(lateAtMs),
  };
  return { fact: 'range-assigned', agreement: numberOf(agreement), assigned };
}

function movedOf(
  { agreement, range }: { readonly agreement: bigint; readonly range: bigint },
  to: Extract<LedgerFact, { fact: 'range-moved' }>['to'],
): LedgerFact {
  return { fact: 'range-moved', agreement: numberOf(agreement), range: numberOf(range), to };
}

function publishedOf(event: EventOf<'ResourcePublished'>): LedgerFact {
  const { resource, owner, agentKey, kind, sourceId, attributes } = event;
  const published = { resource: numberOf(resource), kind, sourceId, attributes };
  return { fact: 'published', owner: numberOf(owner), agentKey: numberOf(agentKey), published };
}

function reservedOf(event: EventOf<'AgreementReserved'>): LedgerFact {
  const { kind, sourceId, choices, ways } = event;
  const terms: OrderTerms = {
    agreement: numberOf(event.agreement),
    order: numberOf(event.order),
    part: numberOf(event.part),
    first: numberOf(event.agreement),
    customer: numberOf(event.customer),
    resource: numberOf(event.resource),
    kind,
    sourceId,
    choices,
    ways,
    amounts: amountsOf(event.amounts),
    promise: event.promise.map(({ meter, amount }): Quantity => ({ meter, amount: numberOf(amount) })),
    degradedPerMille: numberOf(event.degradedPerMille),
    intervalMs: numberOf(event.intervalMs),
    encryptionKey: toHex(event.encryptionKey),
    prepareByMs: numberOf(event.prepareByMs),
    billing: {
      prices: event.prices.map(({ meter, per, perMs, amountMicro }) => ({
        meter,
        per: String(per),
        perMs: String(perMs),
        amountMicro: String(amountMicro),
      })),
      durationMs: numberOf(event.durationMs),
      holdMicro: String(event.holdMicro),
    },
  };
  const continues = numberOf(event.continues);
  return { fact: 'reserved', provider: numberOf(event.provider), agentKey: numberOf(event.agentKey), continues, terms };
}

function numberOf(value: bigint): number {
  if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER)) throw new UnreadableNumber(`the number ${value}`);
  return Number(value);
}

function amountsOf(quantities: readonly LedgerQuantity[]): Amounts {
  return Object.fromEntries(quantities.map(({ meter, amount }) => [meter, numberOf(amount)]));
}

/** What the agent signs after a test, and sends to be published. */
export function testReportOf(
  attributes: readonly Term[],
  of: {
    readonly network: Uint8Array;
    readonly owner: number;
    readonly sourceId: string;
    readonly kind: KindName;
    readonly testedAtMs: number;
  },
): ResourceTest {
  const { network, owner, sourceId, kind, testedAtMs } = of;
  return { network, owner: BigInt(owner), sourceId, kind, attributes, testedAtMs: BigInt(testedAtMs) };
}

export function prepareCommand(of: { agreement: number; startsAtMs: number; descriptor: Uint8Array }): LedgerCommand {
  const { agreement, startsAtMs, descriptor } = of;
  return {
    method: methodOf('Prepare'),
    args: { agreement: BigInt(agreement), startsAtMs: BigInt(startsAtMs), descriptor },
  };
}

export function reissueCommand(of: { agreement: number; issue: number; descriptor: Uint8Array }): LedgerCommand {
  const { agreement, issue, descriptor } = of;
  return { method: methodOf('Reissue'), args: { agreement: BigInt(agreement), issue: BigInt(issue), descriptor } };
}

export function usedUpCommand(agreement: number): LedgerCommand {
  return { method: methodOf('EndAgreement'), args: { agreement: BigInt(agreement), reason: 'used-up' } };
}

export function erasureCommand(agreement: number): LedgerCommand {
  return { method: methodOf('ReportErasure'), args: { agreement: BigInt(agreement) } };
}

/** An agent is a service node. */
export function registerNodeCommand(of: {
  class: RegisteredClass;
  name: string;
  software: string;
  endpoint: string;
}): LedgerCommand {
  return { method: methodOf('RegisterNode'), args: of };
}

export function updateNodeCommand(of: { software: string; endpoint: string }): LedgerCommand {
  return { method: methodOf('UpdateNode'), args: of };
}

/** What the node says came of a command. */
export function answerRepairCommand(of: {
  readonly incident: number;
  readonly step: number;
  readonly outcome?: string | undefined;
  readonly text?: string | undefined;
}): LedgerCommand {
  const { incident, step, outcome = 'failed', text = '' } = of;
  return { method: methodOf('AnswerRepair'), args: { incident: BigInt(incident), step: BigInt(step), outcome, text } };
}

export function suspendCommand(resource: number, reason: SuspendReason): LedgerCommand {
  return { method: methodOf('SuspendResource'), args: { resource: BigInt(resource), reason } };
}

/** What the agent says of a range that the ledger gave to an agreement; null while there is nothing new to say. */
export function rangeCommand(
  { agreement, assigned }: { readonly agreement: number; readonly assigned: Pick<AssignedRange, 'demand' | 'range'> },
  progress: RangeProgress,
): LedgerCommand | null {
  const ids = { agreement: BigInt(agreement), demand: BigInt(assigned.demand), range: BigInt(assigned.range) };
  switch (progress.state) {
    case 'waiting':
      return null;
    case 'running':
      return { method: methodOf('StartRange'), args: ids };
    case 'failed':
      return { method: methodOf('FailRange'), args: { ...ids, fault: progress.fault } };
    case 'finished': {
      const { failed: faults, cpuMs, inputRoot, resultRoot } = progress;
      const roots = { inputRoot: bytesOf(inputRoot), resultRoot: bytesOf(resultRoot) };
      const counts = { failed: BigInt(faults), cpuMs: BigInt(cpuMs) };
      return { method: methodOf('FinishRange'), args: { ...ids, ...counts, ...roots } };
    }
  }
}

function bytesOf(root: string): Uint8Array {
  return fromHex(root) ?? new Uint8Array();
}

const RANGE_OVER_CODES: readonly number[] = [
  planCodes.RANGE_OVER,
  planCodes.RANGE_UNKNOWN,
  planCodes.TASK_OVER,
  planCodes.TASK_UNKNOWN,
];

/** True when a range is not the agreement's any more: there is nothing more to say of it. */
export function isRangeOver(code: number): boolean {
  return RANGE_OVER_CODES.includes(code);
}

/** What is claimed: cumulative use by meter, and how the intervals from the last claim to `untilMs` were served. */
export interface UsageClaim {
  readonly terms: OrderTerms;
  /** What may be promised of the order's kind. */
  readonly promises: LedgerKind['promises'];
  readonly used: Amounts;
  readonly untilMs: number;
  readonly intervals: Iterable<Interval>;
}

export function claimCommand({ terms, promises, used, untilMs, intervals }: UsageClaim): LedgerCommand {
  const { agreement, promise, degradedPerMille } = terms;
  const runs = encodeRuns(runsOf(intervals, { promise, degradedPerMille, promises }));
  const args = { agreement: BigInt(agreement), used: quantitiesOf(used), runs, untilMs: BigInt(untilMs) };
  return { method: methodOf('ClaimUsage'), args };
}

/** The last voucher of an ended order, with the customer's signature. */
export function closeChannelCommand(voucher: Voucher, signature: Uint8Array): LedgerCommand {
  return { method: methodOf('CloseChannel'), args: { ...voucher, used: [...voucher.used], signature } };
}

/** True when a delivery was refused because its start was too far from block time. */
export function isStartRefused(code: number): boolean {
  return code === agreementCodes.WINDOW_START_INVALID;
}
