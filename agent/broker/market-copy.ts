import { z } from 'zod';
import { anchorFromJson, anchorToJson, type Anchor } from '#ledger/core/genesis.ts';
import { fromHex, toHex } from '#ledger/core/bytes.ts';
import { decode, encode, type CborValue } from '#ledger/core/codec.ts';
import { findEvent, type ContractEvent } from '#ledger/contracts/definitions.ts';
import { change, trim } from './maps.ts';
import { indexed } from '#ledger/contracts/offer-index.ts';
import type { IndexedOffer } from '#ledger/contracts/plan/offers.ts';
import { termOf } from '#ledger/contracts/shared/terms.ts';
import { Journal } from '#agent/journal.ts';
import { done, failed, type Outcome } from '#agent/outcome.ts';

type Of<Type extends ContractEvent['type']> = Extract<ContractEvent, { type: Type }>;
export type Payload = { readonly [field: string]: CborValue };

/** More of them than one edge has; a broker that meets more is told to serve fewer regions. */
const RESOURCES_MAX = 50_000;
const DEMANDS_MAX = 10_000;
/** Decided demands and finished notices that are remembered, the newest ones. */
const CHOSEN_MAX = 1_000;
const NOTICES_MAX = 2_000;
/** Events of one record of the journal: hex of at most this many characters together. */
const RECORD_HEX_MAX = 128 * 1024;
/** The journal is written anew when this much of it may be superseded. */
const SLACK_BYTES = 8 * 1024 * 1024;

const whole = z.number().int().min(0);
const entrySchema = z.discriminatedUnion('kind', [
  /** What the copy is of: written first. */
  z.strictObject({ kind: z.literal('of'), regions: z.array(z.string()), account: whole }),
  /** Hex of deterministic CBOR, in the ledger's order. */
  z.strictObject({ kind: z.literal('events'), events: z.array(z.string().regex(/^([0-9a-f]{2})*$/)) }),
  z.strictObject({ kind: z.literal('cursor'), after: z.string().regex(/^\d{1,20}$/) }),
  z.strictObject({ kind: z.literal('as-of'), height: whole, timeMs: whole }),
  z.strictObject({ kind: z.literal('checkpoint'), anchor: z.string().max(RECORD_HEX_MAX) }),
]);
type Entry = z.infer<typeof entrySchema>;

const shape = {
  name: 'market-copy/1',
  parse: (value: unknown): Entry | undefined => entrySchema.safeParse(value).data,
};

/** A resource as the newest events say it. */
export interface CopiedResource {
  readonly published: Of<'ResourcePublished'>;
  readonly strategy: Of<'StrategyRecorded'> | undefined;
  readonly status: Of<'ResourceStatusChanged'> | undefined;
  readonly reachability: Of<'ReachabilityChanged'> | undefined;
  readonly capacity: Of<'CapacityChanged'> | undefined;
}

/** An open demand with the plans that stand: those of its newest analysis and those that brokers set beside them. */
export interface CopiedDemand {
  readonly published: Of<'DemandPublished'>;
  readonly analysed: Of<'PlansMade'> | undefined;
  readonly proposed: readonly Of<'PlanProposed'>[];
}

/** A demand that became an order. */
export interface CopiedChoice {
  readonly published: Of<'DemandPublished'>;
  readonly closed: Of<'DemandClosed'>;
  readonly chosen: Of<'PlanChosen'> | undefined;
}

/** A request of this broker to a provider, as far as the ledger knows. */
export interface CopiedNotice {
  readonly sent: Of<'NoticeSent'>;
  readonly relayed: Of<'NoticeRelayed'> | undefined;
  readonly answered: Of<'NoticeAnswered'> | undefined;
}

/** The block up to which nothing is missing. */
export interface AsOf {
  readonly height: number;
  readonly timeMs: number;
}

export interface CopyScope {
  readonly regions: readonly string[];
  /** The broker's own account. */
  readonly account: number;
}

/** What one item brought so far. */
interface Fresh {
  readonly resources: Set<bigint>;
  readonly demands: Set<bigint>;
}

export function statusOf({ status }: CopiedResource): 'published' | 'suspended' | 'retired' {
  return status?.to ?? 'published';
}

/** What nobody has taken. */
export function freeOf({ capacity, published }: CopiedResource): Of<'CapacityChanged'>['free'] {
  return capacity?.free ?? published.capacity;
}

export function noticeStatusOf({ relayed, answered }: CopiedNotice): string {
  return answered?.to ?? relayed?.to ?? 'sent';
}

/** Plans that can be chosen at a time; none once the newest analysis has expired. */
export function standingPlans({ analysed, proposed }: CopiedDemand, nowMs: bigint): Of<'PlansMade'>['plans'] {
  if (analysed === undefined || analysed.expiresAtMs <= nowMs) return [];
  return [...analysed.plans, ...proposed.flatMap(({ plans }) => plans)];
}

/**
 * The broker's own copy of its regions' part of the ledger [6.2.6-a, 8.4.2-a/b]: resources with state, strategy and free capacity, open
 * demands with their plans, matches, its notices. Kept by proved events alone, in a file: what `take` returned from survives the process.
 */
export class MarketCopy {
  readonly #journal: Journal<Entry>;
  readonly #scope: CopyScope;
  readonly #resources = new Map<bigint, CopiedResource>();
  readonly #demands = new Map<bigint, CopiedDemand>();
  readonly #chosen = new Map<bigint, CopiedChoice>();
  readonly #notices = new Map<bigint, CopiedNotice>();
  #match: Of<'MatchProposed'> | undefined;
  #matched: Of<'DemandsMatched'> | undefined;
  #cursor = '';
  #asOf: AsOf | null = null;
  #checkpoint: Anchor | null = null;
  #bytesCompact = 0;

  private constructor(journal: Journal<Entry>, scope: CopyScope) {
    this.#journal = journal;
    this.#scope = scope;
  }

  /** Opens or creates. A copy of other regions or of another account is begun anew: the ledger has it all. */
  static open(file: string, scope: CopyScope): Outcome<MarketCopy> {
    const opened = Journal.open(file, shape);
    if (!opened.ok) return opened;
    const { journal, entries } = opened.value;
    const copy = new MarketCopy(journal, scope);
    const first = entries[0];
    const isSame = first?.kind === 'of' && JSON.stringify(first) === JSON.stringify(copy.#first());
    if (!isSame) {
      copy.#rewrite();
      return done(copy);
    }
    for (const entry of entries) {
      const applied = copy.#apply(entry);
      if (!applied.ok) return applied;
    }
    copy.#bytesCompact = journal.bytes;
    return done(copy);
  }

  get resources(): ReadonlyMap<bigint, CopiedResource> {
    return this.#resources;
  }

  /** Open demands that offers of these regions may meet: no need of theirs names another region. */
  get demands(): ReadonlyMap<bigint, CopiedDemand> {
    return this.#demands;
  }

  /** The newest demands that became orders. */
  get chosen(): ReadonlyMap<bigint, CopiedChoice> {
    return this.#chosen;
  }

  get notices(): ReadonlyMap<bigint, CopiedNotice> {
    return this.#notices;
  }

  /** The best match that a broker proposed for the end of this epoch. */
  get match(): Of<'MatchProposed'> | undefined {
    return this.#match;
  }

  /** Number of the last match; 0 before the first. */
  get matching(): bigint {
    return this.#matched?.matching ?? 0n;
  }

  get account(): bigint {
    return BigInt(this.#scope.account);
  }

  /** Log index of the newest item that was taken; '' before the first. */
  get cursor(): string {
    return this.#cursor;
  }

  get asOf(): AsOf | null {
    return this.#asOf;
  }

  get checkpoint(): Anchor | null {
    return this.#checkpoint;
  }

  /** Published offers of a kind, as the planner reads them. */
  *offers(kind: string): Generator<IndexedOffer> {
    for (const resource of this.#resources.values()) {
      const offer = resource.published.kind === kind ? offerOf(resource) : undefined;
      if (offer !== undefined) yield offer;
    }
  }

  /**
   * Takes the proved events of one item. A crash in the midst of it leaves some of them twice, which changes nothing: each says what is so
   * from then on. A sentence, and nothing of the item counts, for an event of a version that this broker does not know.
   */
  take(item: { after: string; events: readonly Payload[]; checkpoint: Anchor | null }): Outcome<null> {
    const wanted: Payload[] = [];
    // What the item itself brings: a resource is published with its first strategy, a demand with its first plans.
    const fresh: Fresh = { resources: new Set(), demands: new Set() };
    for (const payload of item.events) {
      const event = knownEvent(payload);
      if (event === undefined)
        return failed(
          `The ledger tells of ${String(payload['contract'])}: ${String(payload['type'])} in a version that this broker does not know; update it.`,
        );
      if (this.#isWanted(event, fresh)) wanted.push(payload);
    }
    const hexes = wanted.map((payload) => toHex(encode(payload)));
    for (const events of inRecords(hexes)) {
      const written = this.#record({ kind: 'events', events });
      if (!written.ok) return written;
    }
    const moved = this.#record({ kind: 'cursor', after: item.after });
    // Trust moves with what was taken.
    if (moved.ok && item.checkpoint !== null)
      return this.#record({ kind: 'checkpoint', anchor: anchorToJson(item.checkpoint) });
    return moved;
  }

  /** Says that nothing is missing up to this block; an older one than before says nothing new. */
  reach(asOf: AsOf): Outcome<null> {
    if (this.#asOf !== null && asOf.height <= this.#asOf.height) return done(null);
    const written = this.#record({ kind: 'as-of', height: asOf.height, timeMs: asOf.timeMs });
    if (this.#journal.bytes > 2 * this.#bytesCompact + SLACK_BYTES) this.#rewrite();
    return written;
  }

  close(): void {
    this.#journal.close();
  }

  /** Whether an event is about something that is held, or becomes so by it. */
  #isWanted(event: ContractEvent, { resources, demands }: Fresh): boolean {
    switch (event.type) {
      case 'ResourcePublished':
        if (!this.#scope.regions.includes(event.region)) return false;
        resources.add(event.resource);
        return true;
      case 'StrategyRecorded':
      case 'ResourceStatusChanged':
      case 'ReachabilityChanged':
      case 'CapacityChanged':
        return resources.has(event.resource) || this.#resources.has(event.resource);
      case 'DemandPublished':
        if (!this.#isHere(event)) return false;
        demands.add(event.demand);
        return true;
      case 'PlansMade':
      case 'PlanProposed':
      case 'DemandClosed':
      case 'PlanChosen':
        return demands.has(event.demand) || this.#demands.has(event.demand) || this.#chosen.has(event.demand);
      case 'NoticeSent':
      case 'NoticeRelayed':
      case 'NoticeAnswered':
        return event.broker === this.account;
      default:
        return event.type === 'MatchProposed' || event.type === 'DemandsMatched';
    }
  }

  #record(entry: Entry): Outcome<null> {
    this.#journal.append(entry);
    return this.#apply(entry);
  }

  #apply(entry: Entry): Outcome<null> {
    switch (entry.kind) {
      case 'of':
        break;
      case 'cursor':
        this.#cursor = entry.after;
        break;
      case 'as-of':
        this.#asOf = { height: entry.height, timeMs: entry.timeMs };
        break;
      case 'checkpoint': {
        const anchor = anchorFromJson(entry.anchor);
        if (!anchor.ok) return failed(`The copy of the market holds a checkpoint that is none: ${anchor.sentence}`);
        this.#checkpoint = anchor.value;
        break;
      }
      case 'events':
        for (const hex of entry.events) {
          const decoded = decode(fromHex(hex) ?? new Uint8Array(0));
          const event = decoded.ok ? knownEvent(decoded.value as Payload) : undefined;
          if (event === undefined)
            return failed('The copy of the market holds an event that this version cannot read.');
          this.#follow(event);
        }
    }
    const isFull = this.#resources.size > RESOURCES_MAX || this.#demands.size > DEMANDS_MAX;
    return isFull ? failed('There is more on the market than this broker holds: configure fewer regions.') : done(null);
  }

  #follow(event: ContractEvent): void {
    switch (event.type) {
      case 'ResourcePublished':
        this.#resources.set(event.resource, {
          published: event,
          strategy: undefined,
          status: undefined,
          reachability: undefined,
          capacity: undefined,
          ...this.#resources.get(event.resource),
        });
        return;
      case 'StrategyRecorded':
        return change(this.#resources, event.resource, { strategy: event });
      case 'ResourceStatusChanged':
        return change(this.#resources, event.resource, { status: event });
      case 'ReachabilityChanged':
        return change(this.#resources, event.resource, { reachability: event });
      case 'CapacityChanged':
        return change(this.#resources, event.resource, { capacity: event });
      case 'MatchProposed':
        this.#match = event;
        return;
      case 'DemandsMatched':
        this.#matched = event;
        this.#match = undefined;
        return;
      case 'NoticeSent':
        this.#notices.set(event.notice, { sent: event, relayed: undefined, answered: undefined });
        return trim(this.#notices, NOTICES_MAX);
      case 'NoticeRelayed':
        return change(this.#notices, event.notice, { relayed: event });
      case 'NoticeAnswered':
        return change(this.#notices, event.notice, { answered: event });
      default:
        this.#followDemand(event);
    }
  }

  #followDemand(event: ContractEvent): void {
    switch (event.type) {
      case 'DemandPublished':
        if (this.#isHere(event))
          this.#demands.set(event.demand, { published: event, analysed: undefined, proposed: [] });
        return;
      case 'PlansMade':
        // A new analysis replaces what brokers proposed beside the one before.
        return change(this.#demands, event.demand, { analysed: event, proposed: [] });
      case 'PlanProposed': {
        const before = this.#demands.get(event.demand)?.proposed ?? [];
        const numbers = new Set(event.plans.map(({ plan }) => plan));
        const others = before.filter(({ plans }) => !plans.some(({ plan }) => numbers.has(plan)));
        return change(this.#demands, event.demand, { proposed: [...others, event] });
      }
      case 'DemandClosed': {
        const published = this.#demands.get(event.demand)?.published;
        this.#demands.delete(event.demand);
        if (published === undefined || event.to !== 'decided') return;
        this.#chosen.set(event.demand, { published, closed: event, chosen: undefined });
        return trim(this.#chosen, CHOSEN_MAX);
      }
      case 'PlanChosen':
        return change(this.#chosen, event.demand, { chosen: event });
      default:
    }
  }

  #isHere({ needs }: Of<'DemandPublished'>): boolean {
    return needs.every(({ terms }) => {
      const region = termOf(terms, 'region');
      return region === undefined || this.#scope.regions.includes(region);
    });
  }

  #first(): Entry {
    return { kind: 'of', regions: [...this.#scope.regions], account: this.#scope.account };
  }

  /** The newest events of everything that is held, in an order that makes the same of them again. */
  *#events(): Generator<ContractEvent | undefined> {
    for (const { published, strategy, status, reachability, capacity } of this.#resources.values())
      yield* [published, strategy, status, reachability, capacity];
    for (const { published, closed, chosen } of this.#chosen.values()) yield* [published, closed, chosen];
    for (const { published, analysed, proposed } of this.#demands.values()) yield* [published, analysed, ...proposed];
    for (const { sent, relayed, answered } of this.#notices.values()) yield* [sent, relayed, answered];
    yield* [this.#matched, this.#match];
  }

  #rewrite(): void {
    const hexes = [...this.#events()].flatMap((event) =>
      event === undefined ? [] : toHex(encode(event as unknown as CborValue)),
    );
    const entries: Entry[] = [this.#first(), ...inRecords(hexes).map((events): Entry => ({ kind: 'events', events }))];
    if (this.#cursor !== '') entries.push({ kind: 'cursor', after: this.#cursor });
    if (this.#checkpoint !== null) entries.push({ kind: 'checkpoint', anchor: anchorToJson(this.#checkpoint) });
    if (this.#asOf !== null) entries.push({ kind: 'as-of', ...this.#asOf });
    this.#journal.rewrite(entries);
    this.#bytesCompact = this.#journal.bytes;
  }
}

/** Undefined for an event that this version does not know. The ledger made it, which was proved, so its fields need no second check. */
function knownEvent(payload: Payload): ContractEvent | undefined {
  const { contract, version, type } = payload;
  return findEvent({ contract, version, type }) === undefined ? undefined : (payload as unknown as ContractEvent);
}

/** The offer that a resource is now; undefined when it is not on the list. */
function offerOf(resource: CopiedResource): IndexedOffer | undefined {
  const { published, strategy: recorded } = resource;
  if (recorded === undefined || statusOf(resource) !== 'published' || (resource.reachability?.sinceMs ?? 0n) !== 0n)
    return undefined;
  const { resource: id, owner: provider, kind, agentKey, attributes } = published;
  const { strategyVersion, strategy } = recorded;
  return indexed({
    resource: id,
    provider,
    kind,
    agentKey,
    attributes,
    free: freeOf(resource),
    strategyVersion,
    strategy,
  });
}

function inRecords(hexes: readonly string[]): string[][] {
  const records: string[][] = [];
  let length = RECORD_HEX_MAX;
  for (const hex of hexes) {
    if (length + hex.length > RECORD_HEX_MAX) {
      records.push([]);
      length = 0;
    }
    records.at(-1)?.push(hex);
    length += hex.length;
  }
  return records;
}
