import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { x25519 } from '@noble/curves/ed25519.js';
import { filled } from '#ledger/abci/testing/test-network.ts';
import { strategy } from '#ledger/contracts/testing/samples.ts';
import type { StrategyArgs } from '#ledger/contracts/strategy/definition.ts';
import { decode } from '#ledger/core/codec.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import { Channels } from '#agent/channel/channels.ts';
import { VoucherStore } from '#agent/channel/voucher-store.ts';
import { WatchfulClock } from '#agent/clock.ts';
import { Duties } from '#agent/duties.ts';
import { Meter } from '#agent/gateway/meter.ts';
import { Gateway } from '#agent/gateway/server.ts';
import { keyOf } from '#agent/key.ts';
import { linkTokens } from '#agent/link-token.ts';
import { takeBatch } from '#agent/ledger-events.ts';
import { ledgerVerifier } from '#agent/ledger-proof.ts';
import { OrderBook, type Order } from '#agent/order-book.ts';
import { done, type Outcome } from '#agent/outcome.ts';
import type { ConfiguredKind } from '#agent/resources/kind.ts';
import type { KindName } from '#ledger/contracts/kinds/kinds.ts';
import { Quality } from '#agent/quality.ts';
import { signTest } from '#agent/registration.ts';
import { openLink } from '#agent/sealing.ts';
import { SourceShelf } from '#agent/source-shelf.ts';
import { spendingOf } from '#agent/spending.ts';
import type { Submission } from '#agent/submission.ts';
import { Uptime } from '#agent/uptime.ts';
import { dataSources } from './data-sources.ts';
import { AGENT_METHODS } from '#lib/shared/agent-methods.ts';
import { PayloadShelf } from './sample-task.ts';
import { TestLedger } from './test-ledger.ts';

export const CUSTOMER_SECRET = filled(5);
export const CUSTOMER_KEY = x25519.getPublicKey(CUSTOMER_SECRET);

/** An agent's parts around the real contracts: what is submitted is executed, what is executed comes back as proved events. */
export class Rig {
  readonly ledger = new TestLedger({ intervalMs: 1_000n });
  readonly folder = mkdtempSync(join(tmpdir(), 'interpool-order-'));
  readonly file = join(this.folder, 'weather.csv');
  /** What the duties said. */
  readonly said: string[] = [];
  readonly sent: { method: string; code: number }[] = [];
  /** The agent's clock runs with the ledger's unless a test moves it. */
  aheadMs = 0;
  isPortalUp = true;
  readonly tokens = linkTokens(filled(9), this.ledger.anchor.genesisHash);
  /** What tasks carry. */
  readonly payloads = new PayloadShelf();
  book!: OrderBook;
  meter!: Meter;
  vouchers!: VoucherStore;
  clock!: WatchfulClock;
  shelf!: SourceShelf;
  uptime!: Uptime;
  duties!: Duties;
  gateway!: Gateway;
  url = '';

  constructor() {
    writeFileSync(this.file, 'date,temp_max,weather\n2026-01-01,3.5,rain\n2026-01-02,4.0,sun\n2026-01-03,,rain\n');
  }

  get config() {
    return {
      id: 'seattle-weather',
      title: 'Weather',
      format: 'csv',
      path: 'weather.csv',
      types: {},
      publishRanges: true,
    } as const;
  }

  /** What the config file offers. */
  configure(folder: string): ReadonlyMap<KindName, ConfiguredKind> {
    return dataSources(folder, [this.config]);
  }

  async open(): Promise<void> {
    this.book = must(OrderBook.open(join(this.folder, 'orders.journal')));
    this.meter = must(Meter.open(join(this.folder, 'meter.journal')));
    this.clock = new WatchfulClock(() => this.ledger.nowMs + this.aheadMs, this.meter.highestMs);
    const { book, meter, clock, folder } = this;
    const kinds = this.configure(folder);
    const spending = spendingOf({ book, meter, clock });
    const payloads = this.payloads.payloads(this.ledger.anchor.genesisHash, this.ledger.network.agent.secret);
    const measureRoundTrip = () => Promise.resolve(done(1));
    const log = () => undefined;
    this.shelf = new SourceShelf({ kinds, home: folder, book, spending, payloads, measureRoundTrip, log });
    const quality = new Quality({
      book,
      meter,
      measure: (terms, interval) => this.shelf.kindOf(terms)?.open.measure(terms, interval) ?? {},
    });
    this.uptime = new Uptime({
      book,
      meter,
      clock,
      isListening: () => true,
      isOpen: (resource) => this.shelf.isOpen(resource),
      measureQuality: (nowMs) => quality.beat(nowMs),
    });
    this.vouchers = must(VoucherStore.open(join(this.folder, 'vouchers.journal')));
    const channels = new Channels({
      store: this.vouchers,
      meter,
      clock,
      network: this.ledger.anchor.genesisHash,
      secretKey: this.ledger.network.agent.secret,
      ledgerOf: (terms) => this.shelf.kindOf(terms)?.module.ledger,
      beat: () => this.uptime.beat(),
    });
    this.duties = new Duties({
      book,
      meter,
      clock,
      network: this.ledger.anchor.genesisHash,
      tokens: this.tokens,
      log: (sentence: string) => this.said.push(sentence),
      prepare: (terms) => this.shelf.prepare(terms),
      release: (terms) => this.shelf.release(terms),
      moduleOf: (terms) => this.shelf.kindOf(terms)?.module,
      tasksOf: (terms) => this.shelf.kindOf(terms)?.open.tasks,
      linesOf: (terms) => this.shelf.kindOf(terms)?.open.lines,
      channels,
      beat: () => this.uptime.beat(),
      submit: ({ method, args }) => Promise.resolve(this.submit(method.name, args)),
    });
    this.gateway = new Gateway({
      book,
      meter,
      channels,
      clock,
      portalOrigin: 'http://localhost:3000',
      log: () => undefined,
      onFatal: () => undefined,
      kindOf: (of) => this.shelf.kindOf(of),
      kinds: () => this.shelf.kinds,
      tokens: this.tokens,
      onUsedUp: (agreement) => this.duties.markUsedUp(agreement),
    });
    await this.shelf.openPublished();
    this.url = `http://127.0.0.1:${await this.gateway.listen('127.0.0.1', 0)}`;
  }

  /** Every answer of resource 1 takes so long from now on, by the ledger's clock and the agent's. */
  slowDown(byMs: bigint): void {
    const open = this.shelf.kindOf({ kind: 'data' })?.open;
    if (open === undefined) throw new Error('the agent offers data');
    const serve = open.serve.bind(open);
    open.serve = (request) => {
      this.ledger.block([], byMs);
      return serve(request);
    };
  }

  /** The agreement that tests are about. */
  order(): Order {
    const order = this.book.orders.get(1);
    if (order === undefined) throw new Error('the agent knows the order');
    return order;
  }

  /** As after kill -9: nothing is told to anyone, files are simply opened again. */
  async restart(): Promise<void> {
    await this.gateway.close();
    this.shelf.close();
    this.book.close();
    this.meter.close();
    this.vouchers.close();
    await this.open();
  }

  submit(method: string, args: Args): Submission {
    if (!this.isPortalUp) return { kind: 'unknown', sentence: 'down' };
    const item = this.ledger.run(this.ledger.network.agent, method, args);
    this.sent.push({ method, code: item.code });
    return { kind: 'decided', tx: '', code: item.code, data: null, logIndex: null };
  }

  /** Time goes on second by second, as the agent's beats do. */
  async pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      this.ledger.block([], 1_000n);
      this.uptime.beat();
    }
    await this.hear();
  }

  async hear(): Promise<Outcome<unknown>> {
    if (!this.isPortalUp) return { ok: false, sentence: 'down' };
    const { book } = this;
    const address = this.ledger.network.agent.address;
    const taken = takeBatch(this.ledger.events(book.cursor), {
      book,
      verifier: ledgerVerifier(() => this.ledger.anchor),
      address,
    });
    await this.shelf.openPublished();
    return taken;
  }

  /** One round of what the agent does. */
  async work(): Promise<void> {
    await this.hear();
    this.uptime.beat();
    await this.duties.perform();
    await this.hear();
  }

  /** Publishes the weather as the agent tested it, under the sample strategy with these terms. */
  publish(terms: Partial<StrategyArgs> = {}): Promise<void> {
    return this.publishSource('seattle-weather', { strategy: strategy(terms) });
  }

  /** Publishes a source as the agent tested it. */
  async publishSource(sourceId: string, fields: Args): Promise<void> {
    const { network } = this.ledger;
    succeed(this.ledger.run(network.provider, 'AuthorizeKey', { ...network.authorizeArgs(), methods: AGENT_METHODS }));
    await this.hear();
    const tested = must(await this.shelf.test(sourceId));
    const of = { network: this.ledger.anchor.genesisHash, owner: 1, sourceId, testedAtMs: this.ledger.nowMs };
    const test = signTest(tested, of, keyOf(network.agent.secret));
    const args = {
      ...network.publishArgs(fields),
      kind: test.kind,
      sourceId,
      attributes: test.attributes,
      testSignature: Buffer.from(test.testSignature, 'hex'),
    };
    succeed(this.ledger.run(network.provider, 'PublishResource', args));
    await this.hear();
  }

  apply(fields: Args = {}): void {
    const { network } = this.ledger;
    const use = { durationMs: 60_000n, holdMicro: 60_000n, encryptionKey: CUSTOMER_KEY, ...fields };
    succeed(this.ledger.run(network.customer, 'Apply', network.applyArgs(use)));
  }

  /** One use twice, bought together. */
  placePair(): void {
    const { network } = this.ledger;
    const {
      purpose,
      fieldOfBusiness,
      encryptionKey,
      voucherKey,
      continues: _none,
      ...use
    } = network.applyArgs({
      durationMs: 60_000n,
      holdMicro: 60_000n,
      encryptionKey: CUSTOMER_KEY,
    });
    const parts = [1, 2].map(() => ({ ...use, backup: [] }));
    const order = { purpose, fieldOfBusiness, encryptionKey, voucherKey, parts, holdMicro: 120_000n } as Args;
    succeed(this.ledger.run(network.customer, 'PlaceOrder', order));
  }

  /** Opens the newest link of an agreement on the ledger as the customer does. */
  async link(
    issue = 1n,
    secretKey: Uint8Array = CUSTOMER_SECRET,
    agreement = 1n,
  ): Promise<{ url: string; token: string }> {
    const event = this.newest(issue === 1n ? 'AgreementPrepared' : 'DescriptorReissued', agreement);
    const binding = {
      network: this.ledger.anchor.genesisHash,
      agreement,
      encryptionKey: x25519.getPublicKey(secretKey),
      issue,
    };
    const link = await openLink(event['descriptor'] as Uint8Array, { binding, secretKey });
    if (link === undefined) throw new Error('the customer can open its link');
    return { url: `${this.url}${link.path}`, token: link.token };
  }

  /** The newest event of a type, of any agreement or of one. */
  newest(type: string, agreement?: bigint): Record<string, unknown> {
    const events = this.ledger.events('').items.flatMap((item) => (item as { events: string[] }).events);
    const payloads = events
      .map((hex) => decode(Buffer.from(hex, 'hex')))
      .map((read) => (read.ok ? (read.value as Record<string, unknown>) : {}));
    const isWanted = (payload: Record<string, unknown>): boolean =>
      payload['type'] === type && (agreement === undefined || payload['agreement'] === agreement);
    return payloads.findLast(isWanted) ?? {};
  }

  async get(link: { url: string; token: string }): Promise<{ status: number; text: string }> {
    const response = await fetch(link.url, { headers: { authorization: `Bearer ${link.token}` } });
    return { status: response.status, text: await response.text() };
  }

  async close(): Promise<void> {
    await this.gateway.close();
    this.shelf.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function must<Value>(outcome: Outcome<Value>): Value {
  if (!outcome.ok) throw new Error(outcome.sentence);
  return outcome.value;
}

function succeed(item: { readonly code: number }): void {
  if (item.code !== 0) throw new Error(`the contract answered with code ${item.code}`);
}
