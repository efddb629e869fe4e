import { dataSetTerms } from '#ledger/contracts/kinds/data.ts';
import { done, failed, type Outcome } from '#agent/outcome.ts';
import type {
  Amounts,
  AnsweredCall,
  KindAnswer,
  KindRequest,
  OpenKind,
  OrderTerms,
  PublishedResource,
  Span,
  TestedSource,
} from '#agent/resources/kind.ts';
import { FirstByteTimes } from '#agent/resources/first-byte.ts';
import { testSourceFile, type TestedFile } from './metadata.ts';
import { parseRowQuery, type RowScope } from './query.ts';
import { answerRows, countShared } from './rows.ts';
import { openSnapshot, tidySnapshots, type DataSource } from './source.ts';
import type { SourceConfig } from './source-config.ts';
import { publishedFileOf, scopeOf } from './terms.ts';

const FIRST_BYTE = 'firstByteMs';

/** The data sets of one agent: for each published resource the snapshot with the checksum that was published, held open. */
export class DataService implements OpenKind {
  readonly #configs: ReadonlyMap<string, SourceConfig>;
  readonly #folder: string;
  readonly #log: (sentence: string) => void;
  /** Open snapshots by source id and checksum. */
  readonly #open = new Map<string, DataSource>();
  readonly #firstBytes = new FirstByteTimes();
  /** By resource. */
  readonly #published = new Map<number, PublishedResource>();
  /** How many rows pass the strategy's filter, by agreement: from when they began to be counted, and once they are. */
  readonly #shared = new Map<number, number | null>();
  /** First rows of the sources that were last read, by id. */
  readonly #firstRows = new Map<string, TestedSource['preview']>();

  constructor(configs: readonly SourceConfig[], parts: { readonly folder: string; log(sentence: string): void }) {
    this.#configs = new Map(configs.map((config) => [config.id, config]));
    this.#folder = parts.folder;
    this.#log = (sentence) => parts.log(sentence);
  }

  async readAll(): Promise<void> {
    const kept: { config: SourceConfig; checksum: string }[] = [];
    for (const config of this.#configs.values()) {
      const tested = await testSourceFile(config, this.#folder);
      this.#log(tested.ok ? sentenceOf(config, tested.value) : tested.sentence);
      if (!tested.ok) continue;
      this.#firstRows.set(config.id, tested.value.preview);
      kept.push({ config, checksum: tested.value.dataSet.checksum });
    }
    for (const source of this.#open.values()) kept.push({ config: source.config, checksum: source.checksum });
    await tidySnapshots(this.#folder, kept);
  }

  async test(sourceId: string): Promise<Outcome<TestedSource>> {
    const config = this.#configs.get(sourceId);
    if (config === undefined) return failed(`This agent has no data source ${JSON.stringify(sourceId.slice(0, 48))}.`);
    const tested = await testSourceFile(config, this.#folder);
    if (!tested.ok) return tested;
    const { dataSet, preview } = tested.value;
    this.#firstRows.set(sourceId, preview);
    return done({ attributes: dataSetTerms(dataSet), preview, sentence: sentenceOf(config, tested.value) });
  }

  sample(sourceId: string): TestedSource['preview'] {
    return this.#configs.get(sourceId)?.publishSample === true ? (this.#firstRows.get(sourceId) ?? []) : [];
  }

  async openResource(resource: PublishedResource): Promise<Outcome<null>> {
    const { sourceId, attributes } = resource;
    this.#published.set(resource.resource, resource);
    const file = publishedFileOf(attributes);
    const config = this.#configs.get(sourceId);
    if (file === null) return failed(`What was published of the source ${sourceId} names no checksum.`);
    if (config === undefined) return failed(`The config file has no data source ${sourceId} any more.`);
    const key = keyOf(sourceId, file.checksum);
    if (this.#open.has(key)) return done(null);
    const opened = await openSnapshot(config, file, this.#folder);
    if (!opened.ok) return opened;
    // Another call may have opened it while this one waited; one of the two is enough.
    if (this.#open.has(key)) opened.value.close();
    else this.#open.set(key, opened.value);
    return done(null);
  }

  isOpen(resource: PublishedResource): boolean {
    return this.#sourceOf(resource) !== undefined;
  }

  /** The strategy's filter runs once over the data: what cannot be evaluated is not delivered. */
  async prepare(order: OrderTerms, resource: PublishedResource): Promise<Outcome<null>> {
    const source = this.#sourceOf(resource);
    if (source === undefined) return failed(`the data of resource R-${resource.resource} is not available`);
    const scope = scopeOf(order);
    if (!scope.ok) return scope;
    const query = parseRowQuery('', scope.value, source);
    if (!query.ok) return query;
    if (scope.value.rowFilter === '') return done(null);
    const counted = await countShared(scope.value, source);
    if (!counted.ok) return counted;
    this.#shared.set(order.agreement, counted.value);
    return done(null);
  }

  describe(order: OrderTerms): Readonly<Record<string, unknown>> {
    const scope = scopeOf(order);
    if (!scope.ok) return {};
    const { columns, format, rowFilter } = scope.value;
    if (rowFilter === '') return { format, columns };
    this.#count(order, scope.value);
    return { format, columns, sharedRows: this.#shared.get(order.agreement) ?? undefined };
  }

  serve(request: KindRequest): Promise<KindAnswer> {
    return answerRows(request, this.#sourceOf(request.resource));
  }

  answered(order: OrderTerms, call: AnsweredCall): void {
    if (isPromised(order)) this.#firstBytes.add(order.agreement, call);
  }

  measure(order: OrderTerms, interval: Span): Amounts {
    if (!isPromised(order)) return {};
    return { [FIRST_BYTE]: this.#firstBytes.takePercentile(order.agreement, interval) };
  }

  release({ agreement }: OrderTerms): Promise<Outcome<null>> {
    this.#firstBytes.forget(agreement);
    this.#shared.delete(agreement);
    return Promise.resolve(done(null));
  }

  close(): void {
    for (const source of this.#open.values()) source.close();
    this.#open.clear();
  }

  /** Once, in the background; whoever asks again is told. */
  #count({ agreement, resource }: OrderTerms, scope: RowScope): void {
    const published = this.#published.get(resource);
    const source = published === undefined ? undefined : this.#sourceOf(published);
    if (source === undefined || this.#shared.has(agreement)) return;
    this.#shared.set(agreement, null);
    void countShared(scope, source).then((counted) => {
      if (counted.ok) this.#shared.set(agreement, counted.value);
      else this.#log(`Order O-${agreement} cannot be served: ${counted.sentence}`);
    });
  }

  #sourceOf({ sourceId, attributes }: PublishedResource): DataSource | undefined {
    const file = publishedFileOf(attributes);
    return file === null ? undefined : this.#open.get(keyOf(sourceId, file.checksum));
  }
}

function isPromised({ promise }: OrderTerms): boolean {
  return promise.some(({ meter }) => meter === FIRST_BYTE);
}

function keyOf(sourceId: string, checksum: string): string {
  return `${sourceId} ${checksum}`;
}

function sentenceOf({ id }: SourceConfig, { dataSet }: TestedFile): string {
  return `Source ${id}: ${dataSet.rows} ${dataSet.rows === 1 ? 'row' : 'rows'}, readable to the end.`;
}
