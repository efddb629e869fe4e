import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WatchfulClock } from '#agent/clock.ts';
import { Meter } from '#agent/gateway/meter.ts';
import { Gateway } from '#agent/gateway/server.ts';
import { hashOfToken, linkTokens } from '#agent/link-token.ts';
import { OrderBook } from '#agent/order-book.ts';
import type { Outcome } from '#agent/outcome.ts';
import type { KindModule, OpenKind, OrderTerms, PublishedResource } from '#agent/resources/kind.ts';
import { spendingOf } from '#agent/spending.ts';
import type { KindName } from '#ledger/contracts/kinds/kinds.ts';
import type { Term } from '#ledger/contracts/shared/terms.ts';

const tokens = linkTokens(new Uint8Array(32).fill(1), new Uint8Array(32).fill(2));
const WINDOW_MS = 600_000;

export interface RigOptions {
  readonly kind: KindName;
  readonly module: KindModule;
  /** The kind's part of the config file. */
  readonly section: unknown;
  readonly sourceId: string;
  readonly terms: Pick<OrderTerms, 'ways' | 'amounts' | 'promise'>;
}

/** One kind behind a gateway, with orders that were delivered; its time is the machine's, moved on by `aheadMs`. */
export class KindRig {
  readonly folder = mkdtempSync(join(tmpdir(), 'kind-'));
  readonly said: string[] = [];
  readonly startMs = Date.now();
  readonly #options: RigOptions;
  aheadMs = 0;
  open!: OpenKind;
  book!: OrderBook;
  meter!: Meter;
  gateway!: Gateway;
  published!: PublishedResource;
  endpoint = '';

  constructor(options: RigOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { kind, module, section, sourceId } = this.#options;
    const log = (sentence: string): void => void this.said.push(sentence);
    this.book = must(OrderBook.open(join(this.folder, 'orders.journal')));
    this.meter = must(Meter.open(join(this.folder, 'meter.journal')));
    const { book, meter } = this;
    const clock = new WatchfulClock(() => Date.now() + this.aheadMs, 0);
    const spending = spendingOf({ book, meter, clock });
    this.open = must(module.configure(section, this.folder)).open({ folder: join(this.folder, kind), spending, log });
    const attributes: readonly Term[] = must(await this.open.test(sourceId)).attributes;
    this.published = { resource: 1, kind, sourceId, attributes };
    const working = { module, open: this.open };
    this.gateway = new Gateway({
      book,
      meter,
      tokens,
      clock,
      portalOrigin: 'http://localhost:3000',
      kindOf: () => working,
      kinds: () => [working],
      onUsedUp: (agreement) => log(`O-${agreement} is used up`),
      onFatal: log,
      log,
    });
    this.endpoint = `http://127.0.0.1:${await this.gateway.listen('127.0.0.1', 0)}`;
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

  async dispose(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  termsOf(agreement: number): OrderTerms {
    const { kind, sourceId, terms } = this.#options;
    const part = { agreement, order: agreement, part: 1, first: agreement, customer: 2, resource: 1 };
    const agreed = { kind, sourceId, choices: [], degradedPerMille: 0, intervalMs: 10_000, ...terms };
    return { ...part, ...agreed, encryptionKey: '00'.repeat(32), prepareByMs: this.startMs };
  }

  async deliver(agreement: number): Promise<OrderTerms> {
    const terms = this.termsOf(agreement);
    must(await this.open.prepare(terms, this.published, []));
    this.book.record({ kind: 'reserved', terms });
    const tokenHash = Buffer.from(hashOfToken(tokens({ agreement, issue: 1 }))).toString('hex');
    this.book.record({ kind: 'sealed', agreement, issue: 1, encryptionKey: '', tokenHash, descriptor: '' });
    const { startMs } = this;
    this.book.record({ kind: 'window', agreement, issue: 1, startsAtMs: startMs, endsAtMs: startMs + WINDOW_MS });
    return terms;
  }

  /** A call of an order's link, by its token. */
  call(agreement: number, path: string, init: RequestInit = {}): Promise<Response> {
    const token = tokens({ agreement, issue: 1 });
    return fetch(`${this.endpoint}/v1/agreements/${agreement}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}` },
    });
  }
}

function must<Value>(outcome: Outcome<Value>): Value {
  if (!outcome.ok) throw new Error(outcome.sentence);
  return outcome.value;
}
