import type { AccountEvent } from '#ledger/contracts/account/definition.ts';
import { type AgreementEvent, agreementCodes } from '#ledger/contracts/agreement/definition.ts';
import { methodOf } from '#ledger/contracts/definitions.ts';
import type { ResourceEvent } from '#ledger/contracts/resource/definition.ts';
import type { SettlementEvent } from '#ledger/contracts/settlement/definition.ts';
import { toHex } from '#ledger/core/bytes.ts';
import type { CborValue } from '#ledger/core/codec.ts';
import type { Method } from '#ledger/core/transaction.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import type { ResourceTest } from '#ledger/contracts/resource/test-report.ts';
import type { Interval } from './intervals.ts';
import { done, failed, type Outcome } from './outcome.ts';
import {
  termOf,
  type Amounts,
  type MeterRule,
  type OrderTerms,
  type PublishedResource,
  type Term,
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
  | { readonly fact: 'reserved'; readonly provider: number; readonly agentKey: number; readonly terms: OrderTerms }
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
      readonly settleAtMs: number;
      readonly reason: string;
    }
  | { readonly fact: 'claimed'; readonly agreement: number; readonly untilMs: number; readonly used: Amounts }
  | { readonly fact: 'settled'; readonly agreement: number };

type KnownEvent = AccountEvent | AgreementEvent | ResourceEvent | SettlementEvent;
type EventOf<Type extends KnownEvent['type']> = Extract<KnownEvent, { type: Type }>;

/** The version of each contract's events that this agent reads; events of other contracts say nothing to it. */
const VERSIONS: Readonly<Record<KnownEvent['contract'], bigint>> = {
  account: 1n,
  agreement: 1n,
  resource: 1n,
  settlement: 1n,
};
/** Today's strategies promise nothing, so that no interval is degraded. */
const DEGRADED_PER_MILLE = 1_000;

/** A whole number that stands for something, so that no other number can stand in its place. */
class UnreadableNumber extends Error {
  override readonly name = 'UnreadableNumber';
}

/**
 * What one proved event says; null when it says nothing to an agent. A sentence when it cannot be read: of a version that this agent
 * does not know, or with an id beyond 2^53. Nothing after such an event may be believed.
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
    return failed(
      `The event ${String(type)} of the contract “${contract}” holds ${error.message}, which this agent cannot hold; it reads no further.`,
    );
  }
}

function factOf(event: KnownEvent): LedgerFact | null {
  switch (event.type) {
    case 'KeyAuthorized': {
      const { account, key, address } = event;
      return { fact: 'key-authorized', account: idOf(account), key: idOf(key), address };
    }
    case 'KeyRevoked':
      return { fact: 'key-revoked', account: idOf(event.account), key: idOf(event.key) };
    case 'ResourcePublished':
      return publishedOf(event);
    case 'ResourceStatusChanged':
      return { fact: 'status', resource: idOf(event.resource), status: event.to };
    case 'AgreementReserved':
      return reservedOf(event);
    case 'AgreementPrepared': {
      const { agreement, issue, startsAtMs, endsAtMs } = event;
      const times = { startsAtMs: countOf(startsAtMs), endsAtMs: countOf(endsAtMs) };
      return { fact: 'prepared', agreement: idOf(agreement), issue: idOf(issue), ...times };
    }
    case 'ReissueRequested': {
      const { agreement, issue, encryptionKey } = event;
      const ids = { agreement: idOf(agreement), issue: idOf(issue) };
      return { fact: 'reissue-requested', ...ids, encryptionKey: toHex(encryptionKey) };
    }
    case 'DescriptorReissued':
      return { fact: 'reissued', agreement: idOf(event.agreement), issue: idOf(event.issue) };
    case 'AgreementEnded': {
      const { agreement, endedAtMs, settleAtMs, reason } = event;
      const times = { endedAtMs: countOf(endedAtMs), settleAtMs: countOf(settleAtMs) };
      return { fact: 'ended', agreement: idOf(agreement), ...times, reason };
    }
    case 'UsageClaimed': {
      const { agreement, calls, rows, bytes, untilMs } = event;
      const used = { bytes: countOf(bytes), calls: countOf(calls), rows: countOf(rows) };
      return { fact: 'claimed', agreement: idOf(agreement), untilMs: countOf(untilMs), used };
    }
    case 'AgreementSettled':
      return { fact: 'settled', agreement: idOf(event.agreement) };
    default:
      return null;
  }
}

function publishedOf(event: EventOf<'ResourcePublished'>): LedgerFact {
  const { resource, owner, agentKey, kind, sourceId, technical } = event;
  const published = { resource: idOf(resource), kind, sourceId, attributes: attributesOf(technical) };
  return { fact: 'published', owner: idOf(owner), agentKey: idOf(agentKey), published };
}

function reservedOf(event: EventOf<'AgreementReserved'>): LedgerFact {
  const { columns, format, rowFilter } = event;
  const ways = [
    { name: 'columns', value: JSON.stringify(columns) },
    { name: 'formats', value: JSON.stringify([format]) },
    ...(rowFilter === '' ? [] : [{ name: 'rowFilter', value: rowFilter }]),
  ];
  const terms: OrderTerms = {
    agreement: idOf(event.agreement),
    customer: idOf(event.customer),
    resource: idOf(event.resource),
    kind: 'data',
    sourceId: event.sourceId,
    choices: [{ name: 'format', value: format }],
    ways,
    amounts: { bytes: countOf(event.bytesMax), calls: countOf(event.callsMax), places: 1 },
    promise: [],
    degradedPerMille: DEGRADED_PER_MILLE,
    intervalMs: countOf(event.intervalMs),
    encryptionKey: toHex(event.encryptionKey),
    prepareByMs: countOf(event.prepareByMs),
  };
  return { fact: 'reserved', provider: idOf(event.provider), agentKey: idOf(event.agentKey), terms };
}

/** Names something: another number in its place would be another thing. */
function idOf(value: bigint): number {
  if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER)) throw new UnreadableNumber(`the id ${value}`);
  return Number(value);
}

/** An amount or a time: no meter and no clock of the agent reaches 2^53 − 1, so what lies beyond it means the same. */
function countOf(value: bigint): number {
  if (value < 0n) throw new UnreadableNumber(`the amount ${value}`);
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value);
}

/** The published description as terms; none when it is not one, so that nothing fits it. */
function attributesOf(technical: string): Term[] {
  try {
    const { bytes, checksum, columns, format, rows } = JSON.parse(technical) as Record<string, unknown>;
    const terms = { bytes: String(bytes), checksum, columns: JSON.stringify(columns), format, rows: String(rows) };
    return Object.entries(terms).map(([name, value]) => ({ name, value: String(value) }));
  } catch {
    return [];
  }
}

/** The JSON text of `technical` for attributes that a test computed. */
function technicalOf(attributes: readonly Term[]): string {
  return JSON.stringify({
    format: termOf(attributes, 'format'),
    rows: Number(termOf(attributes, 'rows')),
    bytes: Number(termOf(attributes, 'bytes')),
    checksum: termOf(attributes, 'checksum'),
    columns: JSON.parse(termOf(attributes, 'columns')) as unknown,
  });
}

/** What the agent signs after a test, and sends to be published. */
export function testReportOf(
  attributes: readonly Term[],
  of: { readonly network: Uint8Array; readonly owner: number; readonly sourceId: string; readonly testedAtMs: number },
): ResourceTest {
  const { network, owner, sourceId, testedAtMs } = of;
  const technical = technicalOf(attributes);
  return { network, owner: BigInt(owner), sourceId, technical, testedAtMs: BigInt(testedAtMs) };
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

export function suspendCommand(resource: number, reason: SuspendReason): LedgerCommand {
  return { method: methodOf('SuspendResource'), args: { resource: BigInt(resource), reason } };
}

/** What is claimed: cumulative use by meter, and how the intervals of the window were served. */
export interface UsageClaim {
  readonly terms: OrderTerms;
  /** Meters of the order's kind. */
  readonly meters: Readonly<Record<string, MeterRule>>;
  readonly used: Amounts;
  readonly startsAtMs: number;
  /** Where the last claim ended; the window's start before the first. */
  readonly sinceMs: number;
  readonly untilMs: number;
  /** The intervals that start at `fromMs` or later, up to `untilMs`. */
  intervals(fromMs: number): Iterable<Interval>;
}

/** Today's claim carries one bit for each interval of the whole window: set for a served one, in byte i/8, least significant first. */
export function claimCommand(claim: UsageClaim): LedgerCommand {
  const { terms, used, startsAtMs, untilMs } = claim;
  const length = Math.max(0, Math.ceil((untilMs - startsAtMs) / terms.intervalMs));
  const served = new Uint8Array(Math.ceil(length / 8));
  for (const { fromMs, state } of claim.intervals(startsAtMs)) {
    const index = (fromMs - startsAtMs) / terms.intervalMs;
    if (state !== 'down') served[index >> 3] = (served[index >> 3] ?? 0) | (1 << (index & 7));
  }
  const amount = (meter: string): bigint => BigInt(used[meter] ?? 0);
  const counts = { calls: amount('calls'), rows: amount('rows'), bytes: amount('bytes') };
  const args = { agreement: BigInt(terms.agreement), ...counts, served, untilMs: BigInt(untilMs) };
  return { method: methodOf('ClaimUsage'), args };
}

/** True when a delivery was refused because its start was too far from block time. */
export function isStartRefused(code: number): boolean {
  return code === agreementCodes.WINDOW_START_INVALID;
}
