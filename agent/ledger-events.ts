import { z } from 'zod';
import { equal, fromHex } from '#ledger/core/bytes.ts';
import { anchorToJson, type Anchor } from '#ledger/core/genesis.ts';
import { readEvent, type EventPayload, type LedgerFact } from './ledger-terms.ts';
import { repairName, type OrderBook, type OrderEntry, type OwnNode } from './order-book.ts';
import { done, failed, reasonOf, type Outcome } from './outcome.ts';
import { JournalFailure } from './journal.ts';

/** Proof checks against the agent's own anchor; null when something does not verify. */
export interface Verifier {
  receipt(receipt: unknown): {
    readonly logIndex: bigint;
    readonly events: readonly EventPayload[];
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

/** What the agent acts on at once: agreements that ended, own resources that are on the list again, programs that were refused. */
interface News {
  readonly ended: readonly number[];
  readonly resumed: readonly number[];
  /** Algorithms that nobody may run any more. */
  readonly refused: readonly string[];
  /** A sentence for each event that this agent cannot hold and needs not. */
  readonly setAside: readonly string[];
}

export interface Taken extends News {
  readonly items: number;
}

/** Who reads: a key at `address`, with what it knows. */
export interface Reader {
  readonly book: OrderBook;
  readonly address: Uint8Array;
  /** Which nodes obey this key. Left out, the one that the key itself registered. */
  readonly ownsNode?: (node: number) => boolean;
}

/**
 * Takes one answer of `/api/v1/events` into the book: only what is proved. At the first item that does not verify, or that this version
 * of the agent cannot read, it stops, before the cursor and the head move: an ignored event could be the end of an order, and silence
 * shuts the gateway after 10 minutes. What it cannot hold and no link depends on is set aside instead: whoever writes such a thing to
 * the ledger must not stop the agent.
 */
export function takeBatch(body: unknown, parts: Reader & { readonly verifier: Verifier }): Outcome<Taken> {
  const { book, verifier } = parts;
  const batch = batchSchema.safeParse(body);
  if (!batch.success) return failed('The portal’s events were not understood.');
  const news: News[] = [];
  for (const item of batch.data.items) {
    const proved = verifier.receipt(item.receipt);
    if (proved === null || proved.logIndex.toString() !== String(item.logIndex)) {
      return failed(`The portal’s proof for item ${item.logIndex} does not hold; nothing after it is believed.`);
    }
    if (book.cursor !== '' && proved.logIndex <= BigInt(book.cursor)) continue;
    const taken = takeItem(proved.events, parts);
    if (!taken.ok) return taken;
    news.push(taken.value);
    book.record({ kind: 'cursor', after: proved.logIndex.toString() });
    // Trust moves with what was taken, never with a head: a head may be newer than items that are still to come.
    if (proved.checkpoint !== null) book.record({ kind: 'checkpoint', anchor: anchorToJson(proved.checkpoint) });
  }
  const head = verifier.head(batch.data.head);
  if (head === null) return failed('The portal’s newest header does not verify against the anchor.');
  if (book.head === null || head.timeMs > book.head.timeMs) book.record({ kind: 'head', ...head });
  return done({
    items: batch.data.items.length,
    ended: news.flatMap(({ ended }) => ended),
    resumed: news.flatMap(({ resumed }) => resumed),
    refused: news.flatMap(({ refused }) => refused),
    setAside: news.flatMap(({ setAside }) => setAside),
  });
}

/** What the events of one item change. All of them are read before the first is recorded: an item counts whole or not at all. */
function takeItem(events: readonly EventPayload[], parts: Reader): Outcome<News> {
  const facts: LedgerFact[] = [];
  for (const payload of events) {
    const read = readEvent(payload);
    if (!read.ok) return read;
    if (read.value !== null) facts.push(read.value);
  }
  const ended: number[] = [];
  const resumed: number[] = [];
  const refused: string[] = [];
  const setAside = facts.flatMap((fact) => (fact.fact === 'set-aside' ? [fact.sentence] : []));
  for (const fact of facts) {
    const entry = entryOf(fact, parts);
    if (entry === null) continue;
    const sentence = remember(parts.book, entry);
    if (sentence !== null && isShutting(entry)) return failed(`${sentence} The agent reads no further.`);
    if (sentence !== null) setAside.push(`${sentence} It is set aside.`);
    else if (entry.kind === 'ended') ended.push(entry.agreement);
    else if (entry.kind === 'algorithm-refused') refused.push(entry.algorithm);
    if (fact.fact === 'status' && fact.status === 'published') resumed.push(fact.resource);
  }
  return done({ ended, resumed, refused, setAside });
}

/** After these a link must not open. */
function isShutting({ kind }: OrderEntry): boolean {
  return kind === 'ended' || kind === 'reissued' || kind === 'identity-revoked';
}

/** Null once it is on disk; else why it cannot be written. A disk that fails throws. */
function remember(book: OrderBook, entry: OrderEntry): string | null {
  try {
    book.record(entry);
    return null;
  } catch (error) {
    if (error instanceof JournalFailure) throw error;
    return `An event of the ledger (${entry.kind}) cannot be remembered: ${reasonOf(error)}`;
  }
}

/** What a fact means to this agent; null when it is not its own. Taking the same fact again changes nothing. */
function entryOf(fact: LedgerFact, parts: Reader): OrderEntry | null {
  const { book } = parts;
  const { identity, owner } = book;
  switch (fact.fact) {
    case 'key-authorized': {
      // The ledger lets anybody authorise an address that stands revoked; the data here are its first owner's.
      const isForeign = owner !== null && fact.account !== owner.account;
      if (!equal(fact.address, parts.address) || isForeign) return null;
      return { kind: 'identity', account: fact.account, key: fact.key };
    }
    case 'key-revoked': {
      const isOwn = identity !== null && fact.account === identity.account && fact.key === identity.key;
      return isOwn ? { kind: 'identity-revoked' } : null;
    }
    case 'published': {
      const isOwn = identity !== null && fact.owner === identity.account && fact.agentKey === identity.key;
      return isOwn ? { kind: 'resource', published: fact.published, status: 'published' } : null;
    }
    case 'status': {
      const known = book.resources.get(fact.resource);
      return known === undefined ? null : { kind: 'resource', published: known.published, status: fact.status };
    }
    case 'reserved': {
      const isOwn = identity !== null && fact.provider === identity.account && fact.agentKey === identity.key;
      if (!isOwn) return null;
      // What it continues keeps its things where the first of them had them.
      const first = book.orders.get(fact.continues)?.terms.first ?? fact.terms.agreement;
      return { kind: 'reserved', terms: { ...fact.terms, first } };
    }
    case 'pool':
      return book.resources.has(fact.resource) ? { kind: 'pool', resource: fact.resource, isIn: fact.isIn } : null;
    case 'set-aside':
      return null;
    case 'node-registered': {
      const { node, operator, key, software, endpoint } = fact;
      const isOwn = identity !== null && operator === identity.account && key === identity.key;
      return isOwn ? { kind: 'node', node, key, software, endpoint, status: 'registered', isHeard: false } : null;
    }
    case 'node-updated':
      return nodeEntry(book, fact.node, { software: fact.software, endpoint: fact.endpoint });
    case 'node-status':
      return nodeEntry(book, fact.node, { status: fact.status, isHeard: false });
    case 'node-heard':
      return nodeEntry(book, fact.node, { isHeard: true });
    case 'node-shares':
      return nodeEntry(book, fact.node, { shares: fact.shares });
    case 'repair-commanded':
    case 'repair-answered':
      return repairEntry(parts, fact);
    case 'validator-admitted': {
      const isOwn = identity !== null && fact.operator === identity.account;
      return isOwn ? { kind: 'validator', node: fact.node, publicKey: fact.publicKey } : null;
    }
    case 'algorithm-refused':
      return { kind: 'algorithm-refused', algorithm: fact.algorithm };
    case 'prepared':
    case 'reissue-requested':
    case 'reissued':
    case 'ended':
    case 'claimed':
    case 'channel-opened':
    case 'voucher-shown':
    case 'settled':
    case 'erased':
    case 'continued':
    case 'range-assigned':
    case 'range-moved':
      return book.orders.has(fact.agreement) ? orderEntryOf(fact) : null;
  }
}

/** What changed of the agent’s own node. */
function nodeEntry({ node }: OrderBook, of: number, change: Partial<OwnNode>): OrderEntry | null {
  return node?.node === of ? { kind: 'node', ...node, ...change } : null;
}

/** A command to this node's own key, the first time that it is read; and that the ledger has the answer. */
function repairEntry(
  { book: { node, identity, repairs }, ownsNode }: Reader,
  fact: Extract<LedgerFact, { fact: 'repair-commanded' | 'repair-answered' }>,
): OrderEntry | null {
  const known = repairs.get(repairName(fact));
  if (fact.fact === 'repair-answered') return known === undefined ? null : { ...known, kind: 'repair', state: 'over' };
  const isRegistered = node !== null && identity !== null && node.node === fact.node && node.key === identity.key;
  const isOwn = ownsNode === undefined ? isRegistered : ownsNode(fact.node);
  if (!isOwn || known !== undefined) return null;
  const { node: ordered, incident, step, command, expiresAtMs } = fact;
  return { kind: 'repair', node: ordered, incident, step, command, expiresAtMs, state: 'commanded' };
}

function orderEntryOf(fact: Extract<LedgerFact, { agreement: number }>): OrderEntry {
  switch (fact.fact) {
    case 'prepared': {
      const { agreement, issue, startsAtMs, endsAtMs } = fact;
      return { kind: 'window', agreement, issue, startsAtMs, endsAtMs };
    }
    case 'reissue-requested': {
      const { agreement, issue, encryptionKey } = fact;
      return { kind: 'reissue-requested', agreement, issue, encryptionKey };
    }
    case 'reissued':
      return { kind: 'reissued', agreement: fact.agreement, issue: fact.issue };
    case 'ended': {
      const { agreement, endedAtMs, settleAtMs, graceUntilMs, reason } = fact;
      return { kind: 'ended', agreement, endedAtMs, settleAtMs, graceUntilMs, reason };
    }
    case 'claimed':
      return { kind: 'claimed', agreement: fact.agreement, untilMs: fact.untilMs, used: fact.used };
    case 'channel-opened':
      return { kind: 'channel', agreement: fact.agreement, voucherKey: fact.voucherKey };
    case 'voucher-shown': {
      const { agreement, interval, isOwn, settleAtMs } = fact;
      return { kind: 'voucher-shown', agreement, interval, isOwn, settleAtMs };
    }
    case 'settled':
      return { kind: 'settled', agreement: fact.agreement };
    case 'erased':
      return { kind: 'erased', agreement: fact.agreement };
    case 'continued':
      return { kind: 'continued', agreement: fact.agreement, by: fact.by };
    case 'range-assigned':
      return { kind: 'range', agreement: fact.agreement, assigned: fact.assigned };
    case 'range-moved':
      return { kind: 'range-moved', agreement: fact.agreement, range: fact.range, to: fact.to };
  }
}

/** Bytes of hex that this agent wrote itself. */
export function ownHex(text: string): Uint8Array {
  return fromHex(text) ?? new Uint8Array();
}
