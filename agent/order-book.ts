import { z } from 'zod';
import { anchorFromJson, anchorToJson, type Anchor } from '#ledger/core/genesis.ts';
import { REGISTERED_STATUSES } from '#ledger/contracts/node/definition.ts';
import { TEXT_MAX } from '#ledger/contracts/security/definition.ts';
import { STEP_OUTCOMES } from '#ledger/contracts/security/repair-words.ts';
import { Journal } from './journal.ts';
import { done, type Outcome } from './outcome.ts';
import type { Amounts, AssignedRange, OrderTerms, PublishedResource } from './resources/kind.ts';

const id = z.number().int().min(0);
const timeMs = z.number().int().min(0);
const hex = z.string().regex(/^([0-9a-f]{2})*$/);

const digits = z.string().regex(/^\d{1,19}$/);

const terms = z.array(z.strictObject({ name: z.string(), value: z.string() })).readonly();
const amounts = z.record(z.string(), z.number().int().min(0)).readonly();
const orderTerms = z.strictObject({
  agreement: id,
  order: id,
  part: id,
  first: id,
  customer: id,
  resource: id,
  kind: z.string(),
  sourceId: z.string(),
  choices: terms,
  ways: terms,
  amounts,
  promise: z
    .array(z.strictObject({ meter: z.string(), amount: z.number().int().min(0) }))
    .max(4)
    .readonly(),
  degradedPerMille: z.number().int().min(0).max(1_000),
  intervalMs: z.number().int().min(1),
  encryptionKey: hex,
  prepareByMs: timeMs,
  billing: z
    .strictObject({
      prices: z
        .array(z.strictObject({ meter: z.string(), per: digits, perMs: digits, amountMicro: digits }))
        .max(4)
        .readonly(),
      durationMs: timeMs,
      holdMicro: digits,
    })
    .optional(),
});

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const assignedRange = z.strictObject({
  demand: id,
  range: id,
  first: id,
  count: id,
  attempt: id,
  work: z.strictObject({
    algorithm: sha256,
    payload: sha256,
    payloadBytes: id,
    subtasks: id,
    split: z.string(),
    cpuMs: id,
    memoryMiB: id,
    inputBytes: id,
    outputBytes: id,
  }),
  key: hex,
  lateAtMs: timeMs,
});
const RANGE_STATUSES = ['assigned', 'started', 'finished', 'failed', 'dropped'] as const;

/** Everything the agent must remember about orders, one record a fact; `window`, `ended` and `settled` come from verified events only. */
const orderEntry = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('reserved'), terms: orderTerms }),
  /** A link was made. Its token is known to the customer alone: only the SHA-256 is kept. */
  z.strictObject({
    kind: z.literal('sealed'),
    agreement: id,
    issue: id,
    encryptionKey: hex,
    tokenHash: hex,
    descriptor: hex,
  }),
  z.strictObject({ kind: z.literal('window'), agreement: id, issue: id, startsAtMs: timeMs, endsAtMs: timeMs }),
  z.strictObject({ kind: z.literal('reissue-requested'), agreement: id, issue: id, encryptionKey: hex }),
  z.strictObject({ kind: z.literal('reissued'), agreement: id, issue: id }),
  z.strictObject({
    kind: z.literal('ended'),
    agreement: id,
    endedAtMs: timeMs,
    settleAtMs: timeMs,
    graceUntilMs: timeMs,
    reason: z.string(),
  }),
  z.strictObject({ kind: z.literal('claimed'), agreement: id, untilMs: timeMs, used: amounts }),
  /** Its payment channel; `voucherKey` is the address, hex, of the key that signs its vouchers. */
  z.strictObject({ kind: z.literal('channel'), agreement: id, voucherKey: hex }),
  /** A voucher stands on the ledger; `isOwn`: the provider showed it. */
  z.strictObject({
    kind: z.literal('voucher-shown'),
    agreement: id,
    interval: id,
    isOwn: z.boolean(),
    settleAtMs: timeMs,
  }),
  /** What the order's kind had made for it is freed. */
  z.strictObject({ kind: z.literal('released'), agreement: id }),
  z.strictObject({ kind: z.literal('settled'), agreement: id }),
  z.strictObject({ kind: z.literal('erased'), agreement: id }),
  /** `by` 0: what was to take over what it stored does not. */
  z.strictObject({ kind: z.literal('continued'), agreement: id, by: id }),
  /** A part of a task is the order's to run; the same range with a later attempt is given to it again. */
  z.strictObject({ kind: z.literal('range'), agreement: id, assigned: assignedRange }),
  z.strictObject({ kind: z.literal('range-moved'), agreement: id, range: id, to: z.enum(RANGE_STATUSES) }),
  /** The results of its ranges are removed. */
  z.strictObject({ kind: z.literal('forgotten'), agreement: id }),
  z.strictObject({ kind: z.literal('algorithm-refused'), algorithm: sha256 }),
  /** A relay of this agent is in the proximity pool from now on, or not any more; orders belong to it by where it was when they were reserved. */
  z.strictObject({ kind: z.literal('pool'), resource: id, isIn: z.boolean() }),
  /** An order was reserved while its relay was in the pool: it is a session, whose connections are measured. */
  z.strictObject({ kind: z.literal('session'), agreement: id }),
  z.strictObject({
    kind: z.literal('resource'),
    published: z.strictObject({ resource: id, kind: z.string(), sourceId: z.string(), attributes: terms }),
    status: z.enum(['published', 'suspended', 'retired']),
  }),
  /** The agent's own node in the register; the newest entry counts. `isHeard`: its key has signed since it was suspended. */
  z.strictObject({
    kind: z.literal('node'),
    node: id,
    key: id,
    software: z.string(),
    endpoint: z.string(),
    status: z.enum(REGISTERED_STATUSES),
    isHeard: z.boolean(),
    /** What of its host is for what, in thousandths of a core; absent while nobody has declared it [8.1.1-d]. */
    shares: z.strictObject({ consensusMillicores: id, serviceMillicores: id }).optional(),
  }),
  /** A validator that was admitted later than genesis, of the account that the key acts for. `publicKey`: 33 bytes. */
  z.strictObject({ kind: z.literal('validator'), node: id, publicKey: hex }),
  /** What a maintainer ordered this node to do, and how far that is; the newest entry of an incident's step counts. */
  z.strictObject({
    kind: z.literal('repair'),
    node: id,
    incident: id,
    step: id,
    command: z.string().max(64),
    expiresAtMs: timeMs,
    state: z.enum(['commanded', 'begun', 'told', 'over']),
    outcome: z.enum(STEP_OUTCOMES).optional(),
    text: z.string().max(TEXT_MAX).optional(),
  }),
  z.strictObject({ kind: z.literal('identity'), account: id, key: id }),
  z.strictObject({ kind: z.literal('identity-revoked') }),
  z.strictObject({ kind: z.literal('cursor'), after: z.string() }),
  z.strictObject({ kind: z.literal('head'), height: id, timeMs }),
  /** Text of an anchor: the newest one that was reached from the owner's across changes of the validators. */
  z.strictObject({ kind: z.literal('checkpoint'), anchor: z.string().refine((text) => anchorFromJson(text).ok) }),
]);
export type OrderEntry = z.infer<typeof orderEntry>;
type EntryOf<Kind extends OrderEntry['kind']> = Extract<OrderEntry, { kind: Kind }>;

export type OwnNode = Omit<EntryOf<'node'>, 'kind'>;
/** commanded: to be decided; begun: under way; told: carried out or refused, and to be said; over: the ledger has it or wants none. */
export type Repair = Omit<EntryOf<'repair'>, 'kind'>;

const SHAPE = {
  name: 'orders/4',
  parse: (value: unknown): OrderEntry | undefined => orderEntry.safeParse(value).data,
};

/** One agreement as the agent knows it. */
export interface Order {
  readonly terms: OrderTerms;
  /** Links by issue number; the highest issue the ledger has is the one that opens. */
  readonly links: Map<number, EntryOf<'sealed'>>;
  /** Issue whose link opens; 0 until the ledger says prepared. */
  issue: number;
  window: { readonly startsAtMs: number; readonly endsAtMs: number } | null;
  reissueRequested: { readonly issue: number; readonly encryptionKey: string } | null;
  ended: Omit<EntryOf<'ended'>, 'kind' | 'agreement'> | null;
  /** The ledger's newest claim. */
  claimed: { readonly untilMs: number; readonly used: Amounts } | null;
  /** Null for an order that is billed by claims alone. `shown`: the newest voucher on the ledger; whether the provider has shown one. */
  channel: {
    readonly voucherKey: string;
    readonly shown: { readonly interval: number; readonly isOwn: boolean } | null;
  } | null;
  isReleased: boolean;
  isSettled: boolean;
  /** The ledger knows that what it stored is erased. */
  isErased: boolean;
  /** The agreement that takes over what it stored; 0 for none. */
  continuedBy: number;
  /** Parts of tasks by their range, as the ledger has them. */
  readonly ranges: Map<number, OrderRange>;
  /** The results of its ranges are removed. */
  isForgotten: boolean;
  /** It was reserved while its relay was in the proximity pool. */
  isSession: boolean;
}

export interface OrderRange {
  readonly assigned: AssignedRange;
  readonly status: (typeof RANGE_STATUSES)[number];
}

/** When an order's use was over: at its end, or when its time was up before that was said; 0 where it never began. */
export function endOf({ ended, window }: Pick<Order, 'ended' | 'window'>): number {
  const endsAtMs = window?.endsAtMs ?? 0;
  return ended === null ? endsAtMs : Math.min(ended.endedAtMs, endsAtMs);
}

/** Whether results of tasks may still be kept of an order. */
export function isKeeping({ ranges, isForgotten }: Order): boolean {
  return ranges.size > 0 && !isForgotten;
}

/** Whether what the order stored is still to be erased, or the ledger still to hear of it. */
export function isStoring({ ended, isErased, continuedBy }: Order): boolean {
  return ended !== null && ended.graceUntilMs > 0 && !isErased && continuedBy === 0;
}

export interface OwnResource {
  readonly published: PublishedResource;
  readonly status: EntryOf<'resource'>['status'];
}

/** Closed orders that are remembered, so that an old link is told that it ended rather than that it never was. */
const SETTLED_KEPT_MAX = 2_000;
/** Commands that are remembered, so that none is carried out twice; the cursor keeps older ones away. */
const REPAIRS_KEPT_MAX = 256;
const COMPACT_ABOVE_BYTES = 8 * 1024 * 1024;

/** Durable memory of orders, own resources and how far the ledger was read. Every change is on disk before it takes effect. */
export class OrderBook {
  readonly orders = new Map<number, Order>();
  readonly resources = new Map<number, OwnResource>();
  identity: { readonly account: number; readonly key: number } | null = null;
  /** The newest identity, revoked or not: its account owns this agent for good. Null before the first pairing. */
  owner: { readonly account: number; readonly key: number } | null = null;
  /** The node of its key in the register; null before it registered. */
  node: OwnNode | null = null;
  /** Public keys of validators, hex, by their nodes. */
  readonly validators = new Map<number, string>();
  /** What maintainers ordered, by `repairName`. */
  readonly repairs = new Map<string, Repair>();
  /** Relays that are in the proximity pool. */
  readonly pool = new Set<number>();
  /** Algorithms that the network voted to refuse, SHA-256 in hex. */
  readonly refused = new Set<string>();
  cursor = '';
  head: { readonly height: number; readonly timeMs: number } | null = null;
  checkpoint: Anchor | null = null;
  readonly #journal: Journal<OrderEntry>;

  private constructor(journal: Journal<OrderEntry>) {
    this.#journal = journal;
  }

  static open(path: string): Outcome<OrderBook> {
    const opened = Journal.open(path, SHAPE);
    if (!opened.ok) return opened;
    const book = new OrderBook(opened.value.journal);
    for (const entry of opened.value.entries) book.#apply(entry);
    book.#compact();
    return done(book);
  }

  /** Durable when it returns. Throws, and changes nothing, for a fact that could not be read again. */
  record(entry: OrderEntry): void {
    this.#journal.append(entry);
    this.#apply(entry);
    if (this.#journal.bytes > COMPACT_ABOVE_BYTES) this.#compact();
  }

  close(): void {
    this.#journal.close();
  }

  #apply(entry: OrderEntry): void {
    if (entry.kind === 'reserved') {
      const { agreement } = entry.terms;
      const isSession = this.pool.has(entry.terms.resource);
      if (!this.orders.has(agreement)) this.orders.set(agreement, { ...newOrder(entry.terms), isSession });
      return;
    }
    if (entry.kind === 'node') {
      const { kind: _kind, ...node } = entry;
      this.node = node;
    } else if (entry.kind === 'validator') {
      this.validators.set(entry.node, entry.publicKey);
    } else if (entry.kind === 'repair') {
      const { kind: _kind, ...repair } = entry;
      this.#keepRepair(repair);
    } else if (entry.kind === 'identity') {
      this.identity = { account: entry.account, key: entry.key };
      this.owner = this.identity;
    } else if (entry.kind === 'identity-revoked') {
      this.identity = null;
    } else if (entry.kind === 'cursor') {
      this.cursor = entry.after;
    } else if (entry.kind === 'head') {
      this.head = { height: entry.height, timeMs: entry.timeMs };
    } else if (entry.kind === 'checkpoint') {
      const read = anchorFromJson(entry.anchor);
      if (read.ok) this.checkpoint = read.value;
    } else if (entry.kind === 'pool') {
      if (entry.isIn) this.pool.add(entry.resource);
      else this.pool.delete(entry.resource);
    } else if (entry.kind === 'algorithm-refused') {
      this.refused.add(entry.algorithm);
    } else if (entry.kind === 'resource') {
      const { published, status } = entry;
      this.resources.set(published.resource, { published, status });
    } else {
      const order = this.orders.get(entry.agreement);
      if (order !== undefined) applyToOrder(order, entry);
    }
  }

  #keepRepair(repair: Repair): void {
    this.repairs.set(repairName(repair), repair);
    for (const [name, { state }] of this.repairs) {
      if (this.repairs.size <= REPAIRS_KEPT_MAX) return;
      if (state === 'over') this.repairs.delete(name);
    }
  }

  #compact(): void {
    const settled = [...this.orders.values()].filter(
      (order) => order.isSettled && !isStoring(order) && !isKeeping(order),
    );
    for (const order of settled.slice(0, Math.max(0, settled.length - SETTLED_KEPT_MAX))) {
      this.orders.delete(order.terms.agreement);
    }
    this.#journal.rewrite(this.#snapshot());
  }

  *#snapshot(): Generator<OrderEntry> {
    if (this.owner !== null) yield { kind: 'identity', ...this.owner };
    if (this.identity === null) yield { kind: 'identity-revoked' };
    if (this.node !== null) yield { kind: 'node', ...this.node };
    for (const [node, publicKey] of this.validators) yield { kind: 'validator', node, publicKey };
    for (const repair of this.repairs.values()) yield { kind: 'repair', ...repair };
    if (this.head !== null) yield { kind: 'head', ...this.head };
    if (this.checkpoint !== null) yield { kind: 'checkpoint', anchor: anchorToJson(this.checkpoint) };
    for (const algorithm of this.refused) yield { kind: 'algorithm-refused', algorithm };
    for (const resource of this.resources.values()) yield { kind: 'resource', ...resource };
    for (const order of this.orders.values()) yield* orderEntries(order);
    // Behind the orders: they belong to the pool by where their relays were then.
    for (const resource of this.pool) yield { kind: 'pool', resource, isIn: true };
    if (this.cursor !== '') yield { kind: 'cursor', after: this.cursor };
  }
}

/** A step of an incident: its number stands for nothing else. */
export function repairName({ incident, step }: Pick<Repair, 'incident' | 'step'>): string {
  return `${incident}/${step}`;
}

function newOrder(terms: OrderTerms): Order {
  return {
    terms,
    links: new Map(),
    issue: 0,
    window: null,
    reissueRequested: null,
    ended: null,
    claimed: null,
    channel: null,
    isReleased: false,
    isSettled: false,
    isErased: false,
    continuedBy: 0,
    ranges: new Map(),
    isForgotten: false,
    isSession: false,
  };
}

function endFactOf({ kind: _kind, agreement: _agreement, ...end }: EntryOf<'ended'>): Order['ended'] {
  return end;
}

type OrderFact = Exclude<
  OrderEntry,
  {
    kind:
      | 'reserved'
      | 'resource'
      | 'algorithm-refused'
      | 'pool'
      | 'identity'
      | 'node'
      | 'validator'
      | 'repair'
      | 'identity-revoked'
      | 'cursor'
      | 'head'
      | 'checkpoint';
  }
>;

function applyToOrder(order: Order, entry: OrderFact): void {
  switch (entry.kind) {
    case 'sealed':
      order.links.set(entry.issue, entry);
      return;
    case 'window':
      order.issue = Math.max(order.issue, entry.issue);
      order.window = { startsAtMs: entry.startsAtMs, endsAtMs: entry.endsAtMs };
      return;
    case 'reissue-requested':
      order.reissueRequested = { issue: entry.issue, encryptionKey: entry.encryptionKey };
      return;
    case 'reissued':
      order.issue = Math.max(order.issue, entry.issue);
      if (order.reissueRequested !== null && order.reissueRequested.issue <= entry.issue) order.reissueRequested = null;
      return;
    case 'ended':
      order.ended = endFactOf(entry);
      return;
    case 'claimed':
      order.claimed = { untilMs: entry.untilMs, used: entry.used };
      return;
    case 'channel':
      order.channel ??= { voucherKey: entry.voucherKey, shown: null };
      return;
    case 'voucher-shown': {
      const { interval, settleAtMs } = entry;
      const isOwn = entry.isOwn || order.channel?.shown?.isOwn === true;
      if (order.channel !== null) order.channel = { ...order.channel, shown: { interval, isOwn } };
      if (order.ended !== null) order.ended = { ...order.ended, settleAtMs };
      return;
    }
    case 'released':
      order.isReleased = true;
      return;
    case 'settled':
      order.isSettled = true;
      return;
    case 'erased':
      order.isErased = true;
      return;
    case 'continued':
      order.continuedBy = entry.by;
      return;
    case 'range': {
      const { range, attempt } = entry.assigned;
      if ((order.ranges.get(range)?.assigned.attempt ?? 0) >= attempt) return;
      order.ranges.set(range, { assigned: entry.assigned, status: 'assigned' });
      return;
    }
    case 'range-moved': {
      const known = order.ranges.get(entry.range);
      if (known !== undefined) order.ranges.set(entry.range, { ...known, status: entry.to });
      return;
    }
    case 'forgotten':
      order.isForgotten = true;
      return;
    case 'session':
      order.isSession = true;
      return;
  }
}

function* orderEntries(order: Order): Generator<OrderEntry> {
  const { agreement } = order.terms;
  yield { kind: 'reserved', terms: order.terms };
  if (order.isSession) yield { kind: 'session', agreement };
  yield* order.links.values();
  if (order.window !== null) yield { kind: 'window', agreement, issue: 1, ...order.window };
  if (order.issue > 1) yield { kind: 'reissued', agreement, issue: order.issue };
  if (order.reissueRequested !== null) yield { kind: 'reissue-requested', agreement, ...order.reissueRequested };
  if (order.ended !== null) yield { kind: 'ended', agreement, ...order.ended };
  if (order.claimed !== null) yield { kind: 'claimed', agreement, ...order.claimed };
  if (order.channel !== null) {
    const { voucherKey, shown } = order.channel;
    yield { kind: 'channel', agreement, voucherKey };
    if (shown !== null) yield { kind: 'voucher-shown', agreement, ...shown, settleAtMs: order.ended?.settleAtMs ?? 0 };
  }
  if (order.isReleased) yield { kind: 'released', agreement };
  if (order.isSettled) yield { kind: 'settled', agreement };
  if (order.isErased) yield { kind: 'erased', agreement };
  if (order.continuedBy !== 0) yield { kind: 'continued', agreement, by: order.continuedBy };
  for (const { assigned, status } of order.ranges.values()) {
    yield { kind: 'range', agreement, assigned };
    if (status !== 'assigned') yield { kind: 'range-moved', agreement, range: assigned.range, to: status };
  }
  if (order.isForgotten) yield { kind: 'forgotten', agreement };
}
