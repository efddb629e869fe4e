import { z } from 'zod';
import type { Order, OrderBook } from './order-book.ts';
import { failed, type Outcome } from './outcome.ts';
import { testSourceFile, type TestedSource } from './resources/data/metadata.ts';
import { parseRowQuery } from './resources/data/query.ts';
import { openSnapshot, tidySnapshots, type DataSource, type SourceConfig } from './resources/data/source.ts';

type OrderTerms = Order['terms'];

const published = z.object({ checksum: z.string().regex(/^[0-9a-f]{64}$/), bytes: z.number().int().min(0) });

/** The data sets of this agent: for each published resource the snapshot with the checksum that was published, held open. */
export class SourceShelf {
  readonly #configs: ReadonlyMap<string, SourceConfig>;
  readonly #dataFolder: string;
  readonly #book: OrderBook;
  /** Open snapshots by source id and checksum. */
  readonly #open = new Map<string, DataSource>();

  constructor(configs: readonly SourceConfig[], parts: { dataFolder: string; book: OrderBook }) {
    this.#configs = new Map(configs.map((config) => [config.id, config]));
    this.#dataFolder = parts.dataFolder;
    this.#book = parts.book;
  }

  get configs(): readonly SourceConfig[] {
    return [...this.#configs.values()];
  }

  /** Opens what orders may ask for; a snapshot that cannot be opened is named and its links answer 503. */
  async openPublished(log: (sentence: string) => void): Promise<void> {
    for (const resource of this.#book.resources.values()) {
      const file = publishedFile(resource.technical);
      const config = this.#configs.get(resource.sourceId);
      if (file === null || config === undefined || this.#open.has(keyOf(resource.sourceId, file.checksum))) continue;
      if (!this.#isNeeded(resource.resource, resource.status)) continue;
      const opened = await openSnapshot(config, file, this.#dataFolder);
      if (opened.ok) this.#open.set(keyOf(config.id, file.checksum), opened.value);
      else log(opened.sentence);
    }
  }

  /** The snapshot a resource was published with; undefined when it is not open. */
  ofResource(resource: number): DataSource | undefined {
    const known = this.#book.resources.get(resource);
    const file = known === undefined ? null : publishedFile(known.technical);
    return known === undefined || file === null ? undefined : this.#open.get(keyOf(known.sourceId, file.checksum));
  }

  /** Why an order cannot be served, a sentence; null when it can. What cannot be served is not delivered: the hold goes back. */
  refusal(terms: OrderTerms): string | null {
    const source = this.ofResource(terms.resource);
    if (source === undefined) return `the data of resource R-${terms.resource} is not available`;
    const query = parseRowQuery('', terms, source);
    return query.ok ? null : query.sentence;
  }

  /** Reads every source once, says what was found, and removes snapshots that nothing needs any more. */
  async readAll(log: (sentence: string) => void): Promise<void> {
    const kept: { config: SourceConfig; checksum: string }[] = [];
    for (const config of this.configs) {
      const tested = await this.test(config.id);
      log(
        tested.ok ? `Source ${config.id}: ${tested.value.technical.rows} rows, readable to the end.` : tested.sentence,
      );
      if (tested.ok) kept.push({ config, checksum: tested.value.technical.checksum });
    }
    for (const source of this.#open.values()) kept.push({ config: source.config, checksum: source.checksum });
    await tidySnapshots(this.#dataFolder, kept);
  }

  /** Reads the file as it is now, from start to end, and describes it [6.2.3-a] [I.2-7]. */
  async test(sourceId: string): Promise<Outcome<TestedSource>> {
    const config = this.#configs.get(sourceId);
    if (config === undefined) return failed(`This agent has no source ${JSON.stringify(sourceId.slice(0, 48))}.`);
    return testSourceFile(config, this.#dataFolder);
  }

  close(): void {
    for (const source of this.#open.values()) source.close();
    this.#open.clear();
  }

  #isNeeded(resource: number, status: string): boolean {
    if (status !== 'retired') return true;
    return [...this.#book.orders.values()].some((order) => order.terms.resource === resource && order.ended === null);
  }
}

function keyOf(sourceId: string, checksum: string): string {
  return `${sourceId} ${checksum}`;
}

/** Checksum and length out of a published description; null when it holds none. */
function publishedFile(technical: string): { checksum: string; bytes: number } | null {
  try {
    return published.safeParse(JSON.parse(technical)).data ?? null;
  } catch {
    return null;
  }
}
