import type { AccountEvent } from '#ledger/contracts/account/definition.ts';
import { type AgreementEvent, agreementCodes } from '#ledger/contracts/agreement/definition.ts';
import { definitions, methodOf } from '#ledger/contracts/definitions.ts';
import type { KindName } from '#ledger/contracts/kinds/kinds.ts';
import { encodeRuns } from '#ledger/contracts/shared/runs.ts';
import type { Quantity as LedgerQuantity, Term } from '#ledger/contracts/shared/terms.ts';
import type { ResourceEvent } from '#ledger/contracts/resource/definition.ts';
import type { SettlementEvent } from '#ledger/contracts/settlement/definition.ts';
import { toHex } from '#ledger/core/bytes.ts';
import type { CborValue } from '#ledger/core/codec.ts';
import type { Method } from '#ledger/core/transaction.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import type { ResourceTest } from '#ledger/contracts/resource/test-report.ts';
import { runsOf } from './interval-runs.ts';
import type { Interval } from './intervals.ts';
import { done, failed, type Outcome } from './outcome.ts';
import type { Amounts, LedgerKind, OrderTerms, PublishedResource, Quantity } from './resources/kind.ts';

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
  | { readonly fact: 'settled'; readonly agreement: number }
  | { readonly fact: 'erased'; readonly agreement: number }
  /** `by` 0: not any more. */
  | { readonly fact: 'continued'; readonly agreement: number; readonly by: number }
  /** What this agent cannot hold, and needs not: no link opens by it, and none that stands open has to be shut. */
  | { readonly fact: 'set-aside'; readonly sentence: string };

type KnownEvent = AccountEvent | AgreementEvent | ResourceEvent | SettlementEvent;
type EventOf<Type extends KnownEvent['type']> = Extract<KnownEvent, { type: Type }>;

/** The version of each contract's events that this agent reads; events of other contracts say nothing to it. */
const VERSIONS: Readonly<Record<KnownEvent['contract'], bigint>> = {
  account: definitions.account.version,
  agreement: definitions.agreement.version,
  resource: definitions.resource.version,
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
  if (version !== VERSIONS[contract as KnownEvent['contract']]) {
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

function factOf(event: KnownEvent): LedgerFact | null {
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
    case 'ErasureReported':
      return { fact: 'erased', agreement: numberOf(event.agreement) };
    default:
      return null;
  }
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

/** The ledger's list of amounts: ascending by meter, each above zero. */
function quantitiesOf(amounts: Amounts): LedgerQuantity[] {
  return Object.entries(amounts)
    .filter(([, amount]) => amount > 0)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([meter, amount]) => ({ meter, amount: BigInt(amount) }));
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

export function suspendCommand(resource: number, reason: SuspendReason): LedgerCommand {
  return { method: methodOf('SuspendResource'), args: { resource: BigInt(resource), reason } };
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

/** True when a delivery was refused because its start was too far from block time. */
export function isStartRefused(code: number): boolean {
  return code === agreementCodes.WINDOW_START_INVALID;
}
