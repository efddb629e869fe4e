import { join } from 'node:path';
import type { KindName } from '#ledger/contracts/kinds/kinds.ts';
import type { AgentConfig } from './config.ts';
import type { OrderBook } from './order-book.ts';
import { done, failed, type Outcome } from './outcome.ts';
import { noPayloads } from './payloads.ts';
import type {
  KindModule,
  OpenKind,
  OpenParts,
  OrderTerms,
  Payloads,
  PublishedResource,
  SourceSummary,
  Spending,
  TestedSource,
} from './resources/kind.ts';
import { kinds as modules } from './resources/kinds.ts';
import { NO_SPENDING } from './spending.ts';
import type { HostShares, SlotCount } from './tasks/host-slots.ts';

/** A kind with its module, at work. */
export interface WorkingKind {
  readonly module: KindModule;
  readonly open: OpenKind;
}

/** What this agent offers, as the publish wizard lists it. */
export interface OfferedSource extends SourceSummary {
  readonly kind: KindName;
  /** What everybody may see of it; absent where the provider has not chosen that, or too little room is left for a row. */
  readonly sample?: TestedSource['preview'];
}

/** Characters of all samples together, as JSON: they are told with every heartbeat, whose body is bounded at the portal. */
const SAMPLES_LENGTH_MAX = 24_000;

/** As many of the first rows as fit. */
function fitting(rows: TestedSource['preview'], room: number): TestedSource['preview'] {
  const most = rows.findIndex((_, index) => JSON.stringify(rows.slice(0, index + 1)).length > room);
  return most < 0 ? rows : rows.slice(0, most);
}

/** What a test found, and what kind of resource it is about. */
export interface DescribedSource extends TestedSource {
  readonly kind: KindName;
}

export interface ShelfParts {
  readonly kinds: AgentConfig['kinds'];
  /** The agent's home: each kind has a folder of its name in it. */
  readonly home: string;
  readonly book: OrderBook;
  readonly spending: Spending;
  readonly payloads: Payloads;
  readonly measureRoundTrip: OpenParts['measureRoundTrip'];
  log(sentence: string): void;
}

/** What this agent offers, of all kinds: it knows which kind an order or a resource is of, and lets that kind do the work. */
export class SourceShelf {
  readonly #book: OrderBook;
  readonly #log: (sentence: string) => void;
  readonly #working = new Map<string, WorkingKind>();
  readonly #sources: OfferedSource[] = [];

  constructor(parts: ShelfParts) {
    const { kinds, home, book, spending, payloads, measureRoundTrip } = parts;
    const isRefused = (algorithm: string): boolean => book.refused.has(algorithm);
    this.#book = book;
    const hostShares = (): HostShares | null => hostSharesOf(book);
    this.#log = (sentence) => parts.log(sentence);
    for (const [kind, configured] of kinds) {
      const folder = join(home, kind);
      const open = configured.open({
        folder,
        spending,
        payloads,
        isRefused,
        measureRoundTrip,
        hostShares,
        log: this.#log,
      });
      this.#working.set(kind, { module: modules[kind], open });
      for (const { id, title } of configured.sources) this.#sources.push({ id, kind, title });
    }
  }

  get sources(): readonly OfferedSource[] {
    let room = SAMPLES_LENGTH_MAX;
    return this.#sources.map((source) => {
      const sample = fitting(this.#working.get(source.kind)?.open.sample(source.id) ?? [], room);
      if (sample.length === 0) return source;
      room -= JSON.stringify(sample).length;
      return { ...source, sample };
    });
  }

  /** The kind of an order or a resource; undefined when this agent does not know it or offers nothing of it. */
  kindOf(of: { readonly kind: string }): WorkingKind | undefined {
    return this.#working.get(of.kind);
  }

  get kinds(): readonly WorkingKind[] {
    return [...this.#working.values()];
  }

  /** Opens what orders may ask for; what cannot be opened is named, and its links answer 503. */
  async openPublished(): Promise<void> {
    for (const { published, status } of [...this.#book.resources.values()]) {
      const kind = this.kindOf(published);
      if (kind === undefined || kind.open.isOpen(published) || !this.#isNeeded(published.resource, status)) continue;
      const opened = await kind.open.openResource(published);
      if (!opened.ok) this.#log(opened.sentence);
    }
  }

  isOpen(resource: number): boolean {
    const published = this.published(resource);
    return published !== undefined && this.kindOf(published)?.open.isOpen(published) === true;
  }

  published(resource: number): PublishedResource | undefined {
    return this.#book.resources.get(resource)?.published;
  }

  /** Makes ready what an order needs, or says why it cannot be served. What cannot be served is not delivered: the hold goes back. */
  async prepare(terms: OrderTerms): Promise<Outcome<null>> {
    const kind = this.kindOf(terms);
    if (kind === undefined) return failed(`this agent offers nothing of the kind ${JSON.stringify(terms.kind)}`);
    const published = this.published(terms.resource);
    if (published === undefined) return failed(`resource R-${terms.resource} is not this agent’s`);
    return kind.open.prepare(terms, published, this.#beside(terms));
  }

  /** Orders that hold something of the same source: what one that was continued stored is let go with the last of them. */
  #beside({ agreement, kind, sourceId }: OrderTerms): OrderTerms[] {
    const orders = [...this.#book.orders.values()].filter(
      ({ terms }) => terms.kind === kind && terms.sourceId === sourceId,
    );
    const kept = new Set(
      orders.flatMap(({ terms, isReleased, continuedBy }) => (isReleased || continuedBy !== 0 ? [] : [terms.first])),
    );
    return orders.flatMap(({ terms, links }) =>
      terms.agreement !== agreement && links.size > 0 && kept.has(terms.first) ? [terms] : [],
    );
  }

  async release(terms: OrderTerms): Promise<Outcome<null>> {
    return (await this.kindOf(terms)?.open.release(terms)) ?? done(null);
  }

  /** The network refused another algorithm: what runs of it ends. */
  stopRefused(): void {
    for (const { open } of this.#working.values()) open.tasks?.stopRefused();
  }

  /** How many programs run and wait; null where this agent runs none. */
  get slots(): SlotCount | null {
    const counts = [...this.#working.values()].flatMap(({ open }) => open.slots?.count() ?? []);
    return counts[0] ?? null;
  }

  /** Shares of the host may have changed: what waits looks again. */
  lookForRoom(): void {
    for (const { open } of this.#working.values()) open.slots?.look();
  }

  /** Reads every source once and says what was found. */
  async readAll(): Promise<void> {
    for (const { open } of this.#working.values()) await open.readAll();
  }

  /** Reads the source as it is now and describes it, to be compared with what was published where that is given [6.2.3-a] [I.2-7]. */
  async test(sourceId: string, published?: PublishedResource): Promise<Outcome<DescribedSource>> {
    const source = this.#sources.find(({ id }) => id === sourceId);
    const working = this.#working.get(source?.kind ?? '');
    if (source === undefined || working === undefined) return failed(unknownSource('This agent', sourceId));
    return described(source.kind, await working.open.test(sourceId, published));
  }

  /** What a test found that is not as it was published, each in words; none when the description still holds. */
  changes(tested: DescribedSource, published: PublishedResource): readonly string[] {
    if (tested.kind !== published.kind) return [`it is offered as ${tested.kind}, published as ${published.kind}`];
    return modules[tested.kind].ledger.changes(tested.attributes, published.attributes);
  }

  close(): void {
    for (const { open } of this.#working.values()) open.close();
  }

  #isNeeded(resource: number, status: string): boolean {
    if (status !== 'retired') return true;
    return [...this.#book.orders.values()].some((order) => order.terms.resource === resource && order.ended === null);
  }
}

/** What the ledger says of this host; shares of an earlier node, with another key, are none of this one's. */
function hostSharesOf({ node, identity }: OrderBook): HostShares | null {
  if (node === null || node.key !== identity?.key || node.status === 'retired' || node.shares === undefined)
    return null;
  return node.shares;
}

/** Tests one source of a config file without a running agent, whose sealing key (hex) stands in what is published. */
export async function testConfiguredSource(
  config: AgentConfig,
  of: { readonly sourceId: string; readonly sealingKey: string } & Pick<OpenParts, 'measureRoundTrip'>,
): Promise<Outcome<DescribedSource>> {
  const { sourceId, sealingKey, measureRoundTrip } = of;
  for (const [kind, configured] of config.kinds) {
    if (!configured.sources.some(({ id }) => id === sourceId)) continue;
    const open = configured.open({
      folder: join(config.home, kind),
      spending: NO_SPENDING,
      payloads: noPayloads(sealingKey),
      isRefused: () => false,
      measureRoundTrip,
      log: () => undefined,
    });
    const tested = await open.test(sourceId);
    open.close();
    return described(kind, tested);
  }
  return failed(unknownSource('The config file', sourceId));
}

function described(kind: KindName, tested: Outcome<TestedSource>): Outcome<DescribedSource> {
  return tested.ok ? done({ kind, ...tested.value }) : tested;
}

function unknownSource(who: string, sourceId: string): string {
  return `${who} has no source ${JSON.stringify(sourceId.slice(0, 48))}.`;
}
