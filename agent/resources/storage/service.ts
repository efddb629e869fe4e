import { opendir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { bucketNameOf, readStore, STORE_REGION, storeTerms } from '#ledger/contracts/kinds/storage.ts';
import { Bucket } from '#agent/object-store/bucket.ts';
import { eraseBucket } from '#agent/object-store/data-files.ts';
import { createObjectService, type ObjectService } from '#agent/object-store/service.ts';
import type { Payload } from '#agent/object-store/signature.ts';
import { done, failed, reasonOf, type Outcome } from '#agent/outcome.ts';
import { FirstByteTimes } from '#agent/resources/first-byte.ts';
import type {
  Amounts,
  AnsweredCall,
  KindAnswer,
  KindRequest,
  OpenKind,
  OrderTerms,
  Piece,
  PublishedResource,
  Span,
  TestedSource,
} from '#agent/resources/kind.ts';
import { measureThroughput, Probes } from './probe.ts';
import type { StoreConfig } from './section.ts';

const FIRST_BYTE = 'firstByteMs';
const THROUGHPUT = 'probeBytesPerS';
/** Largest throughput that a claim can say. */
const BYTES_PER_S_MAX = 2 ** 32 - 1;

/** The stores of one agent: a folder each, and in it a bucket for each order. */
export class StorageService implements OpenKind {
  readonly #configs: ReadonlyMap<string, StoreConfig>;
  readonly #log: (sentence: string) => void;
  readonly #service: ObjectService;
  /** By the first of the agreements that continue one another. */
  readonly #buckets = new Map<number, Bucket>();
  /** Orders that were made ready since the start, by agreement. */
  readonly #prepared = new Map<number, OrderTerms>();
  readonly #firstBytes = new FirstByteTimes();
  readonly #probes: Probes;

  constructor(configs: readonly StoreConfig[], parts: { log(sentence: string): void }) {
    this.#configs = new Map(configs.map((config) => [config.id, config]));
    this.#log = (sentence) => parts.log(sentence);
    this.#probes = new Probes(this.#log);
    this.#service = createObjectService({ region: STORE_REGION, log: this.#log });
  }

  async readAll(): Promise<void> {
    for (const { id } of this.#configs.values()) {
      const tested = await this.test(id);
      this.#log(tested.ok ? tested.value.sentence : tested.sentence);
    }
  }

  async test(sourceId: string): Promise<Outcome<TestedSource>> {
    const config = this.#configs.get(sourceId);
    if (config === undefined) return failed(`This agent has no store ${JSON.stringify(sourceId.slice(0, 48))}.`);
    try {
      const bytesPerS = await measureThroughput(config.folder);
      const { bavail, bsize } = await statfs(config.folder);
      const held = await bytesIn(config.folder);
      // What customers have stored already takes up room that is theirs.
      if (bavail * bsize + held < config.bytes) {
        const sentence = `The store ${sourceId} is to hold ${config.bytes} bytes, and the disk of ${config.folder} has ${bavail * bsize} free: state less, or make room.`;
        return failed(sentence);
      }
      const attributes = storeTerms({ bytes: BigInt(config.bytes), region: STORE_REGION });
      const preview = [{ 'Room in bytes': String(config.bytes), 'Probe in bytes a second': String(bytesPerS) }];
      return done({ attributes, preview, sentence: `Store ${sourceId}: room for ${config.bytes} bytes.` });
    } catch (error) {
      return failed(`The store ${sourceId} in ${config.folder} cannot be used: ${reasonOf(error)}`);
    }
  }

  sample(): TestedSource['preview'] {
    return [];
  }

  openResource({ sourceId, attributes }: PublishedResource): Promise<Outcome<null>> {
    const config = this.#configs.get(sourceId);
    const published = readStore(attributes);
    if (config === undefined || published === undefined)
      return Promise.resolve(failed(`The config file has no store ${sourceId} any more.`));
    if (BigInt(config.bytes) < published.bytes) {
      const sentence = `The store ${sourceId} was published with ${published.bytes} bytes and has ${config.bytes}.`;
      return Promise.resolve(failed(sentence));
    }
    return Promise.resolve(done(null));
  }

  isOpen({ sourceId }: PublishedResource): boolean {
    return this.#configs.has(sourceId);
  }

  async prepare(
    order: OrderTerms,
    _resource: PublishedResource,
    beside: readonly OrderTerms[],
  ): Promise<Outcome<null>> {
    const config = this.#configs.get(order.sourceId);
    if (config === undefined) return failed(`the config file has no store ${order.sourceId} any more`);
    if (isPromised(order, THROUGHPUT)) await this.#probes.warm(config.folder);
    const promised = bytesOfBuckets([...beside, ...this.#prepared.values(), order], order.sourceId);
    if (promised > config.bytes) {
      const sentence = `the store ${order.sourceId} has ${config.bytes} bytes, and with this order ${promised} would be promised`;
      return failed(sentence);
    }
    try {
      this.#bucketOf(order, config);
      this.#prepared.set(order.agreement, order);
      return done(null);
    } catch (error) {
      return failed(`the bucket ${bucketNameOf(order.first)} cannot be made: ${reasonOf(error)}`);
    }
  }

  describe(order: OrderTerms): Readonly<Record<string, unknown>> {
    const bucket = this.#find(order);
    bucket?.giveUpUploads();
    return { bucket: bucketNameOf(order.first), region: STORE_REGION, storedBytes: bucket?.usedBytes ?? 0 };
  }

  async serve(request: KindRequest): Promise<KindAnswer> {
    const { order, signature, ...call } = request;
    const bucket = this.#find(order);
    if (bucket === undefined) throw new Error(`the bucket ${bucketNameOf(order.first)} is not there`);
    const payload = signature as Payload;
    const { status, headers, body, bytesRead } = await this.#service.answer(
      { ...call, basePath: '' },
      { payload, bucket },
    );
    return { status, headers, body: pieces(body, bytesRead) };
  }

  answered(order: OrderTerms, call: AnsweredCall): void {
    if (isPromised(order, FIRST_BYTE)) this.#firstBytes.add(order.agreement, call);
  }

  measure(order: OrderTerms, interval: Span): Amounts {
    const config = this.#configs.get(order.sourceId);
    return {
      ...(isPromised(order, FIRST_BYTE)
        ? { [FIRST_BYTE]: this.#firstBytes.takePercentile(order.agreement, interval) }
        : {}),
      ...(isPromised(order, THROUGHPUT) && config !== undefined
        ? { [THROUGHPUT]: Math.min(this.#probes.take(config.folder), BYTES_PER_S_MAX) }
        : {}),
    };
  }

  /** Erases what the order stored. */
  async release(order: OrderTerms): Promise<Outcome<null>> {
    this.#firstBytes.forget(order.agreement);
    for (const { agreement, first } of [...this.#prepared.values()])
      if (first === order.first) this.#prepared.delete(agreement);
    const config = this.#configs.get(order.sourceId);
    if (config === undefined) return failed(`the config file has no store ${order.sourceId} any more`);
    try {
      const open = this.#buckets.get(order.first);
      this.#buckets.delete(order.first);
      await (open === undefined ? eraseBucket(folderOf(order, config)) : open.erase());
      return done(null);
    } catch (error) {
      return failed(`the bucket ${bucketNameOf(order.first)} cannot be erased: ${reasonOf(error)}`);
    }
  }

  close(): void {
    for (const bucket of this.#buckets.values()) bucket.close();
    this.#buckets.clear();
  }

  #find(order: OrderTerms): Bucket | undefined {
    const config = this.#configs.get(order.sourceId);
    return config === undefined ? undefined : this.#bucketOf(order, config);
  }

  /** Opened when it is first asked for, also after a restart. */
  #bucketOf(order: OrderTerms, config: StoreConfig): Bucket {
    const quotaBytes = order.amounts['storedBytes'] ?? 0;
    const known = this.#buckets.get(order.first);
    if (known !== undefined) {
      // Whoever continues an order asks for at least as much room.
      known.quota.bytesMax = Math.max(known.quota.bytesMax, quotaBytes);
      return known;
    }
    const folder = folderOf(order, config);
    const bucket = new Bucket({ folder, name: bucketNameOf(order.first), quotaBytes, nowMs: () => Date.now() });
    this.#buckets.set(order.first, bucket);
    return bucket;
  }
}

/** Room that the orders of a store were promised; those that continue one another have one bucket, as large as the largest of them asks. */
function bytesOfBuckets(orders: readonly OrderTerms[], sourceId: string): number {
  const quotas = new Map<number, number>();
  for (const order of orders) {
    if (order.sourceId !== sourceId) continue;
    quotas.set(order.first, Math.max(quotas.get(order.first) ?? 0, order.amounts['storedBytes'] ?? 0));
  }
  return [...quotas.values()].reduce((sum, bytes) => sum + bytes, 0);
}

/** Bytes of all files below a folder; what goes away meanwhile counts as nothing. */
async function bytesIn(folder: string): Promise<number> {
  let bytes = 0;
  for await (const entry of await opendir(folder, { recursive: true })) {
    if (entry.isFile())
      bytes += await stat(join(entry.parentPath, entry.name)).then(
        ({ size }) => size,
        () => 0,
      );
  }
  return bytes;
}

function folderOf({ first }: OrderTerms, { folder }: StoreConfig): string {
  return join(folder, bucketNameOf(first));
}

function isPromised({ promise }: OrderTerms, meter: string): boolean {
  return promise.some((promised) => promised.meter === meter);
}

/** What came in is counted with the answer's first piece; it has no bytes of its own. */
async function* pieces(body: AsyncIterable<Uint8Array> | null, bytesIn: number): AsyncGenerator<Piece> {
  yield { bytes: new Uint8Array(), used: { bytesIn } };
  for await (const bytes of body ?? []) yield { bytes, used: {} };
}
