import { assert } from '#ledger/core/assert.ts';
import type { StateReader, StateScanner } from '#ledger/core/decision.ts';
import type { ContractEvent } from './definitions.ts';
import { readComputer, readRunMs } from './kinds/computing.ts';
import { findKind } from './kinds/kinds.ts';
import { nodeOfKey, readRegistered } from './node/register-record.ts';
import { readShares, slotsWithin } from './node/shares.ts';
import type { IndexedOffer, OffersView } from './plan/offers.ts';
import { readListing, readResource, resourceTables } from './resource/contract.ts';
import { amountOf, minus, type Quantity, type Term } from './shared/terms.ts';
import { currentVersion, readStrategy } from './strategy/contract.ts';

/** Analyses of demands that one block makes; the rest waits for the next, so that no block takes long to execute. */
const SEARCHES_PER_BLOCK_MAX = 8;

/**
 * Published offers, ready to be priced. Derived from state like the due queue's heap and never hashed: `load` rebuilds it, `follow` keeps it
 * up with each event, `discard` takes back what an abandoned block did. A block sees its own changes; `committed` never does.
 */
export class OfferIndex implements OffersView {
  readonly #kinds = new Map<string, Map<bigint, IndexedOffer>>();
  readonly #offers = new Map<bigint, IndexedOffer>();
  /** What stood before this block, of each offer that it touched. */
  readonly #before = new Map<bigint, IndexedOffer | undefined>();

  /** Searches for plans in this block. */
  #searches = 0;

  /** What the last commit left, for queries, which are bounded by their own. */
  readonly committed: OffersView = { of: (kind) => this.#committedOf(kind), maySearch: () => true };

  /** Rebuilds from committed records. */
  load(state: StateScanner): void {
    this.#kinds.clear();
    this.#offers.clear();
    this.#before.clear();
    this.#searches = 0;
    for (const [resource, { status }] of state.scan(resourceTables.listings))
      if (status === 'published') this.#put(resource, readOffer(state, resource));
  }

  maySearch(): boolean {
    this.#searches += 1;
    return this.#searches <= SEARCHES_PER_BLOCK_MAX;
  }

  of(kind: string): Iterable<IndexedOffer> {
    return this.#kinds.get(kind)?.values() ?? [];
  }

  /** Follows an event that `state` has evolved already. */
  follow(state: StateReader, event: ContractEvent): void {
    switch (event.type) {
      // A resource is published with its first strategy, which is recorded right after it.
      case 'StrategyRecorded':
      case 'ResourceStatusChanged':
      case 'ReachabilityChanged':
        this.#change(event.resource, readOffer(state, event.resource));
        return;
      case 'CapacityChanged': {
        const offer = this.#offers.get(event.resource);
        if (offer === undefined) return;
        this.#change(event.resource, { ...offer, free: withinShares(state, { ...offer, free: event.free }) });
        return;
      }
      case 'NodeRegistered':
      case 'NodeStatusChanged':
      case 'SharesDeclared':
      case 'SharesShifted':
        this.#changeThoseOf(state, event);
        return;
      default:
    }
  }

  commit(): void {
    this.#searches = 0;
    this.#before.clear();
  }

  /** The block is abandoned: every offer is as before. */
  discard(): void {
    for (const [resource, offer] of this.#before) this.#put(resource, offer);
    this.#searches = 0;
    this.#before.clear();
  }

  /** What a node serves has as much room as its host's shares leave it. */
  #changeThoseOf(state: StateReader, { node, operator }: { node: bigint; operator: bigint }): void {
    const key = readRegistered(state, node)?.key;
    for (const { resource, provider, agentKey } of [...this.of('computing')])
      if (provider === operator && agentKey === key) this.#change(resource, readOffer(state, resource));
  }

  #change(resource: bigint, offer: IndexedOffer | undefined): void {
    if (!this.#before.has(resource)) this.#before.set(resource, this.#offers.get(resource));
    this.#put(resource, offer);
  }

  #put(resource: bigint, offer: IndexedOffer | undefined): void {
    const kind = offer?.kind ?? this.#offers.get(resource)?.kind;
    if (kind === undefined) return;
    const offers = this.#kinds.get(kind) ?? new Map<bigint, IndexedOffer>();
    this.#kinds.set(kind, offers);
    if (offer === undefined) {
      offers.delete(resource);
      this.#offers.delete(resource);
      return;
    }
    offers.set(resource, offer);
    this.#offers.set(resource, offer);
  }

  *#committedOf(kind: string): Generator<IndexedOffer> {
    for (const offer of this.of(kind)) if (!this.#before.has(offer.resource)) yield offer;
    for (const offer of this.#before.values()) if (offer?.kind === kind) yield offer;
  }
}

/** undefined when the resource is not on offer now. */
function readOffer(state: StateReader, resource: bigint): IndexedOffer | undefined {
  const listing = readListing(state, resource);
  if (listing?.status !== 'published' || listing.offSinceMs !== 0n) return undefined;
  const record = readResource(state, resource);
  const strategyVersion = currentVersion(state, resource);
  const strategy = readStrategy(state, resource, strategyVersion)?.strategy;
  assert(record !== undefined && strategy !== undefined, 'a published resource has its record and a strategy');
  const { owner: provider, kind, agentKey, attributes } = record;
  const left = minus(listing.capacity, listing.inUse);
  const free = withinShares(state, { resource, provider, agentKey, free: left });
  return indexed({ resource, provider, kind, agentKey, attributes, free, strategyVersion, strategy });
}

/** Slots that are free and have a core of the host's service share: a plan gives nothing to a host without room [6.2.2-c, 8.1.1-d]. */
function withinShares(
  state: StateReader,
  { resource, provider, agentKey, free }: Pick<IndexedOffer, 'resource' | 'provider' | 'agentKey' | 'free'>,
): readonly Quantity[] {
  const found = nodeOfKey(state, provider, agentKey);
  const shares = found === undefined || found.record.status === 'retired' ? undefined : readShares(state, found.node);
  if (shares === undefined) return free;
  const room = slotsWithin(shares) - amountOf(readListing(state, resource)?.inUse ?? [], 'slots');
  return free.map((each) =>
    each.meter === 'slots' && each.amount > room ? { ...each, amount: room > 0n ? room : 0n } : each,
  );
}

/** An offer with what pricing reads of its words: for the index, and for whoever keeps a copy of it by events. */
export function indexed(offer: Omit<IndexedOffer, 'runMs' | 'score'>): IndexedOffer {
  const { kind, strategy, attributes } = offer;
  return { ...offer, runMs: readRunMs(strategy.ways) ?? 0n, score: scoreOf(kind, strategy.promise, attributes) };
}

/** By the first meter that the strategy promises; a machine's by its score, promised or as it was tested. What is to stay small counts below zero. */
function scoreOf(kind: string, promise: readonly Quantity[], attributes: readonly Term[]): number | undefined {
  if (kind === 'computing') return Number(amountOf(promise, 'score') || (readComputer(attributes)?.score ?? 0n));
  const [first] = promise;
  if (first === undefined) return undefined;
  return findKind(kind)?.promises[first.meter]?.kept === 'atMost' ? -Number(first.amount) : Number(first.amount);
}
