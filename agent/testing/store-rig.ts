import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { toHex } from '#ledger/core/bytes.ts';
import { accessKeyOf, STORE_REGION, storeTerms, storeWaysTerms } from '#ledger/contracts/kinds/storage.ts';
import { WatchfulClock } from '#agent/clock.ts';
import { Meter } from '#agent/gateway/meter.ts';
import { Gateway } from '#agent/gateway/server.ts';
import { hashOfToken, linkTokens } from '#agent/link-token.ts';
import { OrderBook } from '#agent/order-book.ts';
import type { Outcome } from '#agent/outcome.ts';
import type { Amounts, OpenKind, OrderTerms, PublishedResource, Quantity } from '#agent/resources/kind.ts';
import { NO_SPENDING } from '#agent/spending.ts';
import { storageKind } from '#agent/resources/storage/storage-kind.ts';

const tokens = linkTokens(new Uint8Array(32).fill(1), new Uint8Array(32).fill(2));

export interface StoreRigOptions {
  /** Where everything stands; its `shelf` is the store. */
  readonly folder: string;
  readonly roomBytes: number;
  readonly windowMs: number;
  readonly amounts: Amounts;
  readonly promise: readonly Quantity[];
  /** What is logged, and what the process would have to end for. */
  log(sentence: string): void;
}

/** The real gateway in front of a store with any number of orders. Whoever opens it again on its folder finds what was there. */
export class StoreRig {
  readonly #options: StoreRigOptions;
  readonly startMs = Date.now();
  /** The agent's clock. */
  nowMs = (): number => Date.now();
  open!: OpenKind;
  book!: OrderBook;
  meter!: Meter;
  gateway!: Gateway;
  endpoint = '';

  constructor(options: StoreRigOptions) {
    this.#options = options;
  }

  get published(): PublishedResource {
    const attributes = storeTerms({ bytes: BigInt(this.#options.roomBytes), region: STORE_REGION });
    return { resource: 1, kind: 'storage', sourceId: 'shelf', attributes };
  }

  async start(port = 0): Promise<void> {
    const { folder, roomBytes, log } = this.#options;
    mkdirSync(folder, { recursive: true });
    const section = { stores: [{ id: 'shelf', title: 'Shelf', folder: 'shelf', bytes: roomBytes }] };
    this.open = must(storageKind.configure(section, folder)).open({
      folder: join(folder, 'storage'),
      spending: NO_SPENDING,
      log,
    });
    this.book = must(OrderBook.open(join(folder, 'orders.journal')));
    this.meter = must(Meter.open(join(folder, 'meter.journal')));
    const working = { module: storageKind, open: this.open };
    this.gateway = new Gateway({
      book: this.book,
      meter: this.meter,
      tokens,
      portalOrigin: 'http://localhost:3000',
      clock: new WatchfulClock(() => this.nowMs(), 0),
      kindOf: () => working,
      kinds: () => [working],
      onUsedUp: () => undefined,
      onFatal: log,
      log,
    });
    this.endpoint = `http://127.0.0.1:${await this.gateway.listen('127.0.0.1', port)}`;
    if (this.book.identity !== null) return;
    this.book.record({ kind: 'resource', published: this.published, status: 'published' });
    this.book.record({ kind: 'identity', account: 1, key: 1 });
    this.book.record({ kind: 'head', height: 1, timeMs: this.startMs });
  }

  async stop(): Promise<void> {
    await this.gateway.close();
    this.open.close();
    this.book.close();
    this.meter.close();
  }

  termsOf(agreement: number): OrderTerms {
    return {
      agreement,
      order: agreement,
      part: 1,
      first: agreement,
      customer: 2,
      resource: 1,
      kind: 'storage',
      sourceId: 'shelf',
      choices: [],
      ways: storeWaysTerms(60_000n),
      degradedPerMille: 0,
      intervalMs: 10_000,
      amounts: this.#options.amounts,
      promise: this.#options.promise,
      encryptionKey: '00'.repeat(32),
      prepareByMs: this.startMs,
    };
  }

  /** An order whose window has begun; one that is there already stays as it is. */
  async deliver(agreement: number): Promise<void> {
    if (this.book.orders.has(agreement)) return;
    const terms = this.termsOf(agreement);
    const link = { agreement, issue: 1 };
    const beside = [...this.book.orders.values()].map((order) => order.terms);
    must(await this.open.prepare(terms, this.published, beside));
    this.book.record({ kind: 'reserved', terms });
    const tokenHash = toHex(hashOfToken(tokens(link)));
    this.book.record({ kind: 'sealed', ...link, encryptionKey: '', tokenHash, descriptor: '' });
    const endsAtMs = this.startMs + this.#options.windowMs;
    this.book.record({ kind: 'window', ...link, startsAtMs: this.startMs, endsAtMs });
  }

  storedBytes(agreement: number): unknown {
    return this.open.describe(this.termsOf(agreement))['storedBytes'];
  }
}

/** What opens an order's bucket. */
export function credentialsOf(agreement: number): { readonly accessKeyId: string; readonly secretAccessKey: string } {
  const link = { agreement, issue: 1 };
  return { accessKeyId: accessKeyOf(link), secretAccessKey: tokens(link) };
}

/** Amazon's client for an order's bucket; every call is made once. */
export function storeClient(
  endpoint: string,
  agreement: number,
  secretAccessKey = credentialsOf(agreement).secretAccessKey,
): S3Client {
  const credentials = { ...credentialsOf(agreement), secretAccessKey };
  return new S3Client({ endpoint, region: STORE_REGION, forcePathStyle: true, credentials, maxAttempts: 1 });
}

export function must<Value>(outcome: Outcome<Value>): Value {
  if (!outcome.ok) throw new Error(outcome.sentence);
  return outcome.value;
}
