import type { AccountEvent } from '#ledger/contracts/account/definition.ts';
import type { AgreementEvent } from '#ledger/contracts/agreement/definition.ts';
import type { ResourceEvent } from '#ledger/contracts/resource/definition.ts';
import type { SettlementEvent } from '#ledger/contracts/settlement/definition.ts';
import { z } from 'zod';
import { equal, fromHex, toHex } from '#ledger/core/bytes.ts';
import type { CborValue } from '#ledger/core/codec.ts';
import { anchorToJson, type Anchor } from '#ledger/core/genesis.ts';
import type { OrderBook, OrderEntry } from './order-book.ts';
import { done, failed, type Outcome } from './outcome.ts';

type Payload = { readonly [field: string]: CborValue };
type KnownEvent = AccountEvent | AgreementEvent | ResourceEvent | SettlementEvent;

/** Proof checks against the agent's own anchor; null when something does not verify. */
export interface Verifier {
  receipt(receipt: unknown): {
    readonly logIndex: bigint;
    readonly events: readonly Payload[];
    /** The receipt's own header as an anchor, when other validators decided it than the anchor's; null otherwise. */
    readonly checkpoint: Anchor | null;
  } | null;
  head(head: unknown): { readonly height: number; readonly timeMs: number } | null;
}

const EVENTS_PER_BATCH_MAX = 1_000;

const batchSchema = z.object({
  items: z
    .array(z.object({ logIndex: z.union([z.string(), z.number()]), receipt: z.unknown() }))
    .max(EVENTS_PER_BATCH_MAX),
  cursor: z.union([z.string(), z.number()]).optional(),
  head: z.unknown(),
});

/** What changed, so that the agent acts at once: agreements that ended, and whether anything did. */
export interface Taken {
  readonly items: number;
  readonly ended: readonly number[];
}

/**
 * Takes one answer of `/api/v1/events` into the book: only what is proved. At the first item that does not verify it stops, before
 * the cursor and the head move: an ignored event could be the end of an order, and silence shuts the gateway after 10 minutes.
 */
export function takeBatch(
  body: unknown,
  parts: { readonly book: OrderBook; readonly verifier: Verifier; readonly address: Uint8Array },
): Outcome<Taken> {
  const { book, verifier } = parts;
  const batch = batchSchema.safeParse(body);
  if (!batch.success) return failed('The portal’s events were not understood.');
  const ended: number[] = [];
  for (const item of batch.data.items) {
    const proved = verifier.receipt(item.receipt);
    if (proved === null || proved.logIndex.toString() !== String(item.logIndex)) {
      return failed(`The portal’s proof for item ${item.logIndex} does not hold; nothing after it is believed.`);
    }
    if (book.cursor !== '' && proved.logIndex <= BigInt(book.cursor)) continue;
    for (const payload of proved.events) {
      for (const entry of entriesOf(payload as unknown as KnownEvent, parts)) {
        book.record(entry);
        if (entry.kind === 'ended') ended.push(entry.agreement);
      }
    }
    book.record({ kind: 'cursor', after: proved.logIndex.toString() });
    // Trust moves with what was taken, never with a head: a head may be newer than items that are still to come.
    if (proved.checkpoint !== null) book.record({ kind: 'checkpoint', anchor: anchorToJson(proved.checkpoint) });
  }
  const head = verifier.head(batch.data.head);
  if (head === null) return failed('The portal’s newest header does not verify against the anchor.');
  if (book.head === null || head.timeMs > book.head.timeMs) book.record({ kind: 'head', ...head });
  return done({ items: batch.data.items.length, ended });
}

/** What one proved event means to this agent; taking the same event again changes nothing. */
function entriesOf(event: KnownEvent, parts: { book: OrderBook; address: Uint8Array }): OrderEntry[] {
  switch (event.contract) {
    case 'account':
      return accountEntries(event, parts);
    case 'resource':
      return resourceEntries(event, parts.book);
    case 'agreement':
      return agreementEntries(event, parts.book);
    case 'settlement':
      return settlementEntries(event, parts.book);
    default:
      return [];
  }
}

function accountEntries(event: AccountEvent, parts: { book: OrderBook; address: Uint8Array }): OrderEntry[] {
  const { identity, owner } = parts.book;
  if (event.type === 'KeyAuthorized' && equal(event.address, parts.address)) {
    // The ledger lets anybody authorise an address that stands revoked; the data here are its first owner's.
    if (owner !== null && Number(event.account) !== owner.account) return [];
    return [{ kind: 'identity', account: Number(event.account), key: Number(event.key) }];
  }
  if (event.type === 'KeyRevoked' && identity !== null) {
    const isOwn = Number(event.account) === identity.account && Number(event.key) === identity.key;
    return isOwn ? [{ kind: 'identity-revoked' }] : [];
  }
  return [];
}

function resourceEntries(event: ResourceEvent, book: OrderBook): OrderEntry[] {
  const { identity } = book;
  if (event.type === 'ResourcePublished') {
    if (identity === null || Number(event.owner) !== identity.account || Number(event.agentKey) !== identity.key)
      return [];
    const { sourceId, technical } = event;
    return [{ kind: 'resource', resource: Number(event.resource), sourceId, status: 'published', technical }];
  }
  if (event.type === 'ResourceStatusChanged') {
    const known = book.resources.get(Number(event.resource));
    return known === undefined ? [] : [{ kind: 'resource', ...known, status: event.to }];
  }
  return [];
}

function agreementEntries(event: AgreementEvent, book: OrderBook): OrderEntry[] {
  if (event.type === 'AgreementReserved') {
    const { identity } = book;
    if (identity === null || Number(event.provider) !== identity.account || Number(event.agentKey) !== identity.key)
      return [];
    return [reservedEntry(event)];
  }
  if (event.type === 'ApplicationRefused' || event.type === 'AgreementActivated') return [];
  const agreement = Number(event.agreement);
  if (!book.orders.has(agreement)) return [];
  switch (event.type) {
    case 'AgreementPrepared':
      return [
        {
          kind: 'window',
          agreement,
          issue: Number(event.issue),
          startsAtMs: Number(event.startsAtMs),
          endsAtMs: Number(event.endsAtMs),
        },
      ];
    case 'ReissueRequested':
      return [
        { kind: 'reissue-requested', agreement, issue: Number(event.issue), encryptionKey: toHex(event.encryptionKey) },
      ];
    case 'DescriptorReissued':
      return [{ kind: 'reissued', agreement, issue: Number(event.issue) }];
    case 'AgreementEnded': {
      const { reason } = event;
      return [
        { kind: 'ended', agreement, endedAtMs: Number(event.endedAtMs), settleAtMs: Number(event.settleAtMs), reason },
      ];
    }
    default:
      return [];
  }
}

function reservedEntry(event: Extract<AgreementEvent, { type: 'AgreementReserved' }>): OrderEntry {
  return {
    kind: 'reserved',
    agreement: Number(event.agreement),
    customer: Number(event.customer),
    resource: Number(event.resource),
    sourceId: event.sourceId,
    format: event.format as 'csv' | 'json' | 'parquet',
    columns: [...event.columns],
    rowFilter: event.rowFilter,
    callsMax: countOf(event.callsMax),
    bytesMax: countOf(event.bytesMax),
    intervalMs: Number(event.intervalMs),
    encryptionKey: toHex(event.encryptionKey),
    prepareByMs: Number(event.prepareByMs),
  };
}

/** No meter reaches 2^53: what is allowed beyond it is cut to it. */
function countOf(value: bigint): number {
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value);
}

function settlementEntries(event: SettlementEvent, book: OrderBook): OrderEntry[] {
  const agreement = Number(event.agreement);
  if (!book.orders.has(agreement)) return [];
  if (event.type === 'UsageClaimed') {
    const { calls, rows, bytes, untilMs } = event;
    return [
      {
        kind: 'claimed',
        agreement,
        untilMs: Number(untilMs),
        calls: Number(calls),
        rows: Number(rows),
        bytes: Number(bytes),
      },
    ];
  }
  return event.type === 'AgreementSettled' ? [{ kind: 'settled', agreement }] : [];
}

/** Bytes of hex that this agent wrote itself. */
export function ownHex(text: string): Uint8Array {
  return fromHex(text) ?? new Uint8Array();
}
