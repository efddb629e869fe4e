import { createHash } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { x25519 } from '@noble/curves/ed25519.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { filled } from '#ledger/abci/testing/test-network.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { decode } from '#ledger/core/codec.ts';
import { nobleCrypto as crypto } from '#ledger/core/crypto-noble.ts';
import type { Args } from '#ledger/core/transaction.ts';
import { WatchfulClock } from './clock.ts';
import { Duties } from './duties.ts';
import { Meter } from './gateway/meter.ts';
import { Gateway } from './gateway/server.ts';
import { keyOf } from './key.ts';
import { takeBatch } from './ledger-events.ts';
import { ledgerVerifier } from './ledger-proof.ts';
import { OrderBook } from './order-book.ts';
import type { Outcome } from './outcome.ts';
import { probeSources } from './probe.ts';
import { signTest } from './registration.ts';
import { openLink } from './sealing.ts';
import { SourceShelf } from './source-shelf.ts';
import type { Submission } from './submission.ts';
import { TestLedger } from './testing/test-ledger.ts';
import { Uptime } from './uptime.ts';

const CUSTOMER_SECRET = filled(5);
const CUSTOMER_KEY = x25519.getPublicKey(CUSTOMER_SECRET);

/** An agent's parts around the real contracts: what is submitted is executed, what is executed comes back as proved events. */
class Rig {
  readonly ledger = new TestLedger({ intervalMs: 1_000n });
  readonly folder = mkdtempSync(join(tmpdir(), 'interpool-order-'));
  readonly file = join(this.folder, 'weather.csv');
  readonly sent: { method: string; code: number }[] = [];
  /** The agent's clock runs with the ledger's unless a test moves it. */
  aheadMs = 0;
  isPortalUp = true;
  book!: OrderBook;
  meter!: Meter;
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
      path: this.file,
      types: {},
      publishRanges: true,
    } as const;
  }

  async open(): Promise<void> {
    this.book = must(OrderBook.open(join(this.folder, 'orders.journal')));
    this.meter = must(Meter.open(join(this.folder, 'meter.journal')));
    this.clock = new WatchfulClock(() => this.ledger.nowMs + this.aheadMs, this.meter.highestMs);
    this.shelf = new SourceShelf([this.config], { dataFolder: join(this.folder, 'data'), book: this.book });
    const { book, meter, clock } = this;
    const isOpen = (resource: number): boolean => this.shelf.ofResource(resource) !== undefined;
    this.uptime = new Uptime({ book, meter, clock, isOpen, isListening: () => true });
    this.duties = new Duties({
      ...{ book, meter, clock, network: this.ledger.anchor.genesisHash, log: () => undefined },
      beat: () => this.uptime.beat(),
      submit: ({ method, args }) => Promise.resolve(this.submit(method.name, args)),
    });
    this.gateway = new Gateway({
      ...{ book, meter, clock, portalOrigin: 'http://localhost:3000', log: () => undefined, onFatal: () => undefined },
      sourceOf: (resource) => this.shelf.ofResource(resource),
      onUsedUp: (agreement) => this.duties.markUsedUp(agreement),
    });
    await this.shelf.openPublished(() => undefined);
    this.url = `http://127.0.0.1:${await this.gateway.listen('127.0.0.1', 0)}`;
  }

  /** As after kill -9: nothing is told to anyone, files are simply opened again. */
  async restart(): Promise<void> {
    await this.gateway.close();
    this.shelf.close();
    this.book.close();
    this.meter.close();
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
      verifier: ledgerVerifier(this.ledger.anchor),
      address,
    });
    await this.shelf.openPublished(() => undefined);
    return taken;
  }

  /** One round of what the agent does. */
  async work(): Promise<void> {
    await this.hear();
    this.uptime.beat();
    await this.duties.perform();
    await this.hear();
  }

  async publish(): Promise<void> {
    const { network } = this.ledger;
    this.ledger.run(network.provider, 'AuthorizeKey', network.authorizeArgs());
    await this.hear();
    const tested = must(await this.shelf.test('seattle-weather'));
    const of = {
      network: this.ledger.anchor.genesisHash,
      owner: 1,
      sourceId: 'seattle-weather',
      testedAtMs: this.ledger.nowMs,
    };
    const test = signTest(tested, of, keyOf(network.agent.secret));
    const args = {
      ...network.publishArgs(),
      technical: test.technical,
      testSignature: Buffer.from(test.testSignature, 'hex'),
    };
    expect(this.ledger.run(network.provider, 'PublishResource', args).code).toBe(0);
    await this.hear();
  }

  apply(fields: Args = {}): void {
    const { network } = this.ledger;
    const use = { durationMs: 60_000n, holdMicro: 60_000n, encryptionKey: CUSTOMER_KEY, ...fields };
    expect(this.ledger.run(network.customer, 'Apply', network.applyArgs(use)).code).toBe(0);
  }

  /** Opens the newest link on the ledger as the customer does. */
  async link(issue = 1n, secretKey: Uint8Array = CUSTOMER_SECRET): Promise<{ url: string; token: string }> {
    const event = this.newest(issue === 1n ? 'AgreementPrepared' : 'DescriptorReissued');
    const binding = {
      network: this.ledger.anchor.genesisHash,
      agreement: 1n,
      encryptionKey: x25519.getPublicKey(secretKey),
      issue,
    };
    const link = await openLink(event['descriptor'] as Uint8Array, { binding, secretKey });
    if (link === undefined) throw new Error('the customer can open its link');
    return { url: `${this.url}${link.path}`, token: link.token };
  }

  newest(type: string): Record<string, unknown> {
    const events = this.ledger.events('').items.flatMap((item) => (item as { events: string[] }).events);
    const payloads = events
      .map((hex) => decode(Buffer.from(hex, 'hex')))
      .map((read) => (read.ok ? (read.value as Record<string, unknown>) : {}));
    return payloads.filter((payload) => payload['type'] === type).at(-1) ?? {};
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

let rig: Rig;
beforeEach(async () => {
  rig = new Rig();
  await rig.open();
});
afterEach(() => rig.close());

describe('an order at the agent', () => {
  test('is delivered, served, cut off at its end by the agent alone, claimed and settled to what was counted [I.2-5] [I.2-6] [6.2.4-b]', async () => {
    await rig.publish();
    rig.apply();
    await rig.work();
    const link = await rig.link();
    const first = await rig.get(link);
    expect(first).toEqual({
      status: 200,
      text: 'date,temp_max\r\n2026-01-01,3.5\r\n2026-01-02,4.0\r\n2026-01-03,\r\n',
    });
    await rig.pass(30);
    await rig.get(link);
    rig.isPortalUp = false;
    await rig.pass(30);
    expect((await rig.get(link)).status).toBe(410);
    rig.isPortalUp = true;
    await rig.work();
    await rig.pass(6);
    const bytes = BigInt(first.text.length * 2);
    expect(rig.newest('AgreementSettled')).toMatchObject({
      calls: 2n,
      rows: 6n,
      bytes,
      intervalsServed: 60n,
      intervalsDown: 0n,
      chargeMicro: 60_000n,
    });
    expect(rig.sent.map(({ code }) => code)).toEqual([0, 0]);
  });

  test('keeps one token over restarts and lost answers, and no file holds it [8.5.2-b] [7.2.5-a]', async () => {
    await rig.publish();
    rig.apply();
    await rig.hear();
    rig.isPortalUp = false;
    await rig.duties.perform();
    await rig.restart();
    rig.isPortalUp = true;
    await rig.work();
    const { url, token } = await rig.link();
    await rig.restart();
    await rig.work();
    expect((await rig.get({ url: url.replace(/^http:\/\/[^/]+/, rig.url), token })).status).toBe(200);
    expect(rig.sent.filter(({ method }) => method === 'Prepare')).toEqual([{ method: 'Prepare', code: 0 }]);
    const journal = readFileSync(join(rig.folder, 'orders.journal'), 'utf8');
    expect(journal).not.toContain(token);
    expect(journal).toContain(createHash('sha256').update(token, 'utf8').digest('hex'));
  });

  test('stops answering as soon as its end is proved, also to an open link [I.2-6]', async () => {
    await rig.publish();
    rig.apply();
    await rig.work();
    const link = await rig.link();
    rig.ledger.run(rig.ledger.network.customer, 'EndAgreement', { agreement: 1n, reason: 'no-longer-needed' });
    await rig.hear();
    const refused = await rig.get(link);
    expect([refused.status, JSON.parse(refused.text)]).toMatchObject([410, { reason: 'ended', agreement: 1 }]);
  });

  test('counts as down what the agent could not serve, also after a crash [I.2-6]', async () => {
    await rig.publish();
    rig.apply();
    await rig.work();
    await rig.pass(10);
    for (let second = 0; second < 20; second += 1) rig.ledger.block([], 1_000n);
    await rig.restart();
    await rig.pass(31);
    await rig.work();
    await rig.pass(6);
    const settled = rig.newest('AgreementSettled');
    // 20 seconds away, and the two intervals in which it went and came back.
    expect(settled).toMatchObject({ intervalsServed: 38n, intervalsDown: 22n, chargeMicro: 38_000n });
  });

  test('gets a new link for another device, and the old one is refused from then on [8.5.2-b]', async () => {
    await rig.publish();
    rig.apply();
    await rig.work();
    const old = await rig.link();
    const secret = filled(6);
    rig.ledger.run(rig.ledger.network.customer, 'RequestReissue', {
      agreement: 1n,
      encryptionKey: x25519.getPublicKey(secret),
    });
    await rig.work();
    expect((await rig.get(await rig.link(2n, secret))).status).toBe(200);
    expect(JSON.parse((await rig.get(old)).text)).toMatchObject({ status: 401, reason: 'link-replaced' });
  });

  test('is ended as used up when its last call was served [6.2.4-b]', async () => {
    await rig.publish();
    rig.apply({ callsMax: 1n });
    await rig.work();
    expect((await rig.get(await rig.link())).status).toBe(200);
    await rig.work();
    expect(rig.newest('AgreementEnded')).toMatchObject({ reason: 'used-up' });
    await rig.pass(1);
    await rig.work();
    expect(rig.newest('UsageClaimed')).toMatchObject({ calls: 1n, rows: 3n });
  });
});

describe('the probe', () => {
  test('suspends a listing whose source changed, and open orders keep the data that was described [I.2-7]', async () => {
    await rig.publish();
    rig.apply();
    await rig.work();
    const { book, shelf, duties } = rig;
    const probe = (): Promise<void> => probeSources({ book, shelf, duties, log: () => undefined });
    await probe();
    await rig.work();
    expect(rig.book.resources.get(1)?.status).toBe('published');
    appendFileSync(rig.file, '2026-01-04,9.0,sun\n');
    await probe();
    await rig.work();
    expect(rig.newest('ResourceStatusChanged')).toMatchObject({ to: 'suspended', reason: 'metadata-mismatch' });
    expect((await rig.get(await rig.link())).text.split('\r\n').length).toBe(5);
  });

  test('suspends a listing whose source is gone [I.2-7]', async () => {
    await rig.publish();
    rmSync(rig.file);
    await probeSources({ book: rig.book, shelf: rig.shelf, duties: rig.duties, log: () => undefined });
    await rig.work();
    expect(rig.newest('ResourceStatusChanged')).toMatchObject({ to: 'suspended', reason: 'source-unavailable' });
  });
});

describe('events from the portal', () => {
  test('that do not verify change nothing, and nothing after them is believed [8.5.2-a]', async () => {
    await rig.publish();
    rig.apply();
    const parts = {
      book: rig.book,
      verifier: ledgerVerifier(rig.ledger.anchor),
      address: rig.ledger.network.agent.address,
    };
    const genuine = rig.ledger.events(rig.book.cursor) as unknown as {
      items: { logIndex: string; receipt: Record<string, unknown> }[];
      head: Record<string, unknown>;
    };
    const { cursor, head } = rig.book;
    const [item] = genuine.items;
    if (item === undefined) throw new Error('the application has an event');
    const { receipt } = item;
    const forged: unknown[] = [
      null,
      'x',
      {},
      {
        ...genuine,
        items: [{ ...item, receipt: { ...receipt, events: [...(receipt['events'] as string[])].reverse() } }],
      },
      { ...genuine, items: [{ ...item, receipt: { ...receipt, commit: '' } }] },
      { ...genuine, items: [{ ...item, receipt: null }] },
      { ...genuine, items: [{ ...item, logIndex: '99' }] },
      { ...genuine, items: [], head: null },
      { ...genuine, items: [], head: { ...genuine.head, network: '00'.repeat(32) } },
    ];
    for (const body of forged) expect(takeBatch(body, parts).ok).toBe(false);
    expect([rig.book.cursor, rig.book.head, rig.book.orders.size]).toEqual([cursor, head, 0]);
    const other = ledgerVerifier({ ...rig.ledger.anchor, genesisHash: filled(1) });
    expect(takeBatch(genuine, { ...parts, verifier: other }).ok).toBe(false);
    expect(takeBatch(genuine, parts).ok).toBe(true);
    expect(takeBatch(genuine, parts).ok).toBe(true);
    expect(rig.book.orders.size).toBe(1);
  });

  test('shut the gateway when the owner revokes the agent’s key [8.5.2-b]', async () => {
    await rig.publish();
    rig.apply();
    await rig.work();
    const link = await rig.link();
    rig.ledger.run(rig.ledger.network.provider, 'RevokeKey', { revokedKey: 1n });
    await rig.hear();
    expect(JSON.parse((await rig.get(link)).text)).toMatchObject({ status: 503, reason: 'agent-not-authorised' });
  });
});

describe('the agent’s descriptor', () => {
  test('opens for its order, key and issue only [7.2.5-a]', async () => {
    await rig.publish();
    rig.apply();
    await rig.work();
    const descriptor = rig.newest('AgreementPrepared')['descriptor'] as Uint8Array;
    const binding = { network: rig.ledger.anchor.genesisHash, agreement: 1n, encryptionKey: CUSTOMER_KEY, issue: 1n };
    const open = (changes: Partial<typeof binding>, secretKey = CUSTOMER_SECRET) =>
      openLink(descriptor, { binding: { ...binding, ...changes }, secretKey });
    expect(await open({})).toBeDefined();
    expect(await open({ agreement: 2n })).toBeUndefined();
    expect(await open({ issue: 2n })).toBeUndefined();
    expect(await open({ network: filled(1) })).toBeUndefined();
    expect(await open({}, filled(6))).toBeUndefined();
    expect(toHex(crypto.sha256(descriptor)).length).toBe(64);
    expect(descriptor.length <= 1_024).toBe(true);
  });
});

function must<Value>(outcome: Outcome<Value>): Value {
  if (!outcome.ok) throw new Error(outcome.sentence);
  return outcome.value;
}
