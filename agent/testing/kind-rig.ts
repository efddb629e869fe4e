import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { WatchfulClock } from '#agent/clock.ts';
import { Meter } from '#agent/gateway/meter.ts';
import { Gateway } from '#agent/gateway/server.ts';
import { hashOfToken, linkTokens } from '#agent/link-token.ts';
import { OrderBook } from '#agent/order-book.ts';
import { done, type Outcome } from '#agent/outcome.ts';
import { noPayloads } from '#agent/payloads.ts';
import type {
  KindModule,
  OpenKind,
  OpenParts,
  OrderTerms,
  Payloads,
  PublishedResource,
} from '#agent/resources/kind.ts';
import { spendingOf } from '#agent/spending.ts';
import { toHex } from '#ledger/core/bytes.ts';
import type { KindName } from '#ledger/contracts/kinds/kinds.ts';
import type { Term } from '#ledger/contracts/shared/terms.ts';
import { emptyVouchers, noChannels } from './no-channels.ts';

const tokens = linkTokens(new Uint8Array(32).fill(1), new Uint8Array(32).fill(2));

/** The token of an order's first link. */
export function tokenOf(agreement: number): string {
  return tokens({ agreement, issue: 1 });
}

export interface RigOptions {
  /** Where everything stands; made when it is not there. */
  readonly folder: string;
  readonly kind: KindName;
  readonly module: KindModule;
  /** The kind's part of the config file. */
  readonly section: unknown;
  readonly sourceId: string;
  /** What was published of the source; absent: what its test finds. */
  readonly attributes?: readonly Term[];
  readonly windowMs: number;
  readonly terms: Pick<OrderTerms, 'ways' | 'amounts' | 'promise'>;
  /** Absent: none can be fetched. */
  readonly payloads?: Payloads;
  /** Absent: a portal beside the agent. */
  readonly measureRoundTrip?: OpenParts['measureRoundTrip'];
  /** What is logged, and what the process would have to end for. */
  log(sentence: string): void;
}

/** One kind behind the real gateway, with any number of orders. Whoever starts it again on its folder finds what was there. */
export class KindRig {
  readonly #options: RigOptions;
  readonly startMs = Date.now();
  /** The agent's clock. */
  nowMs = (): number => Date.now();
  open!: OpenKind;
  book!: OrderBook;
  meter!: Meter;
  readonly vouchers = emptyVouchers();
  gateway!: Gateway;
  published!: PublishedResource;
  endpoint = '';

  constructor(options: RigOptions) {
    this.#options = options;
  }

  async start(port = 0): Promise<void> {
    const { folder, kind, module, section, sourceId, log } = this.#options;
    mkdirSync(folder, { recursive: true });
    this.book = must(OrderBook.open(join(folder, 'orders.journal')));
    this.meter = must(Meter.open(join(folder, 'meter.journal')));
    const { book, meter } = this;
    const clock = new WatchfulClock(() => this.nowMs(), 0);
    const spending = spendingOf({ book, meter, clock });
    this.open = must(module.configure(section, folder)).open({
      folder: join(folder, kind),
      spending,
      payloads: this.#options.payloads ?? noPayloads('ab'.repeat(32)),
      isRefused: (algorithm) => book.refused.has(algorithm),
      measureRoundTrip: this.#options.measureRoundTrip ?? (() => Promise.resolve(done(1))),
      log,
    });
    const attributes = this.#options.attributes ?? must(await this.open.test(sourceId)).attributes;
    this.published = { resource: 1, kind, sourceId, attributes };
    const working = { module, open: this.open };
    this.gateway = new Gateway({
      book,
      meter,
      channels: noChannels({ meter, clock }, this.vouchers),
      tokens,
      clock,
      portalOrigin: 'http://localhost:3000',
      kindOf: () => working,
      kinds: () => [working],
      onUsedUp: (agreement) => log(`O-${agreement} is used up`),
      onFatal: log,
      log,
    });
    this.endpoint = `http://127.0.0.1:${await this.gateway.listen('127.0.0.1', port)}`;
    if (book.identity !== null) return;
    book.record({ kind: 'resource', published: this.published, status: 'published' });
    book.record({ kind: 'identity', account: 1, key: 1 });
    book.record({ kind: 'head', height: 1, timeMs: this.startMs });
  }

  /** Ends as a process does that is killed, files and all that was remembered staying. */
  async stop(): Promise<void> {
    await this.gateway.close();
    this.open.close();
    this.book.close();
    this.meter.close();
  }

  termsOf(agreement: number): OrderTerms {
    const { kind, sourceId, terms } = this.#options;
    const part = { agreement, order: agreement, part: 1, first: agreement, customer: 2, resource: 1 };
    const agreed = { kind, sourceId, choices: [], degradedPerMille: 0, intervalMs: 10_000, ...terms };
    return { ...part, ...agreed, encryptionKey: '00'.repeat(32), prepareByMs: this.startMs };
  }

  /** An order whose window has begun; one that is there already stays as it is. */
  async deliver(agreement: number): Promise<OrderTerms> {
    const terms = this.termsOf(agreement);
    if (this.book.orders.has(agreement)) return terms;
    const beside = [...this.book.orders.values()].map((order) => order.terms);
    must(await this.open.prepare(terms, this.published, beside));
    this.book.record({ kind: 'reserved', terms });
    const link = { agreement, issue: 1 };
    const tokenHash = toHex(hashOfToken(tokenOf(agreement)));
    this.book.record({ kind: 'sealed', ...link, encryptionKey: '', tokenHash, descriptor: '' });
    const endsAtMs = this.startMs + this.#options.windowMs;
    this.book.record({ kind: 'window', ...link, startsAtMs: this.startMs, endsAtMs });
    return terms;
  }

  /** A call of an order's link, by its token. */
  call(agreement: number, path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.endpoint}/v1/agreements/${agreement}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${tokenOf(agreement)}` },
    });
  }
}

export function must<Value>(outcome: Outcome<Value>): Value {
  if (!outcome.ok) throw new Error(outcome.sentence);
  return outcome.value;
}
