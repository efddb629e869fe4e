import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { noPayloads } from '#agent/payloads.ts';
import { NO_SPENDING } from '#agent/spending.ts';
import { noChannels } from '#agent/testing/no-channels.ts';
import { WatchfulClock } from '#agent/clock.ts';
import { OrderBook } from '#agent/order-book.ts';
import { done, type Outcome } from '#agent/outcome.ts';
import { SourceShelf } from '#agent/source-shelf.ts';
import { dataSources } from '#agent/testing/data-sources.ts';
import { Meter } from './meter.ts';
import { Gateway } from './server.ts';

const PORTAL = 'http://localhost:3000';
const START = 1_800_000_000_000;
const END = START + 60_000;
const AGREEMENT = 12;
const NAUGHTY = join(process.env['VECTORS_DIR'] ?? '../shared/vectors', 'naughty-strings', 'blns.json');

const token = randomBytes(32).toString('hex');
const bearer = { authorization: `Bearer ${token}` };

interface Rig {
  folder: string;
  book: OrderBook;
  meter: Meter;
  shelf: SourceShelf;
  gateway: Gateway;
  url: string;
  now: number;
  usedUp: number[];
  fatal: string[];
}
let rig: Rig;

beforeEach(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'interpool-gateway-'));
  const file = join(folder, 'trees.csv');
  const rows = Array.from(
    { length: 5_000 },
    (_, index) => `${index},"Tree, ${index % 7}",${index % 2 === 0 ? 'oak' : 'elm'},${index * 1.5}`,
  );
  writeFileSync(file, `id,name,kind,height\n${rows.join('\n')}\n`);
  rig = { folder, usedUp: [], fatal: [], now: START + 1_000 } as unknown as Rig;
  await openRig({ calls: 100, bytes: 10_000_000 });
});

afterEach(async () => {
  await rig.gateway.close();
  rig.shelf.close();
  rmSync(rig.folder, { recursive: true, force: true });
});

describe('the gateway', () => {
  test('serves the columns and rows of the strategy in the agreed format, and counts calls, rows and body bytes exactly [6.2.4-b] [I.2-5]', async () => {
    const whole = await get('/rows');
    expect(whole.status).toBe(200);
    const lines = whole.body.toString().trimEnd().split('\r\n');
    expect(lines[0]).toBe('id,name,height');
    expect(lines.length).toBe(1 + 2_500);
    expect(lines[1]).toBe('0,"Tree, 0",0');
    const filter = encodeURIComponent(JSON.stringify({ column: 'id', op: 'lt', value: 10 }));
    const page = await get(`/rows?select=id&filter=${filter}&order=id.desc&limit=2&offset=1`);
    expect(page.body.toString()).toBe('id\r\n6\r\n4\r\n');
    expect(rig.meter.usage(AGREEMENT)).toEqual({ calls: 2, rows: 2_502, bytes: whole.body.length + page.body.length });
    const state = JSON.parse((await get('')).body.toString()) as Record<string, unknown>;
    expect(state).toMatchObject({
      calls: 2,
      callsLeft: 98,
      remainingMs: 59_000,
      bytes: whole.body.length + page.body.length,
    });
    // What the strategy's filter leaves is counted once somebody has asked, for estimates.
    await expect
      .poll(async () => (JSON.parse((await get('')).body.toString()) as { sharedRows?: number }).sharedRows)
      .toBe(2_500);
  });

  test('loses no count when it is restarted [8.5.2-a]', async () => {
    await get('/rows?limit=3');
    const before = rig.meter.usage(AGREEMENT);
    rig.meter.close();
    expect(must(Meter.open(join(rig.folder, 'meter.journal'))).usage(AGREEMENT)).toEqual(before);
  });

  test.each([
    ['no token', {}, 401, 'link-not-valid'],
    ['another token', { authorization: `Bearer ${'0'.repeat(64)}` }, 401, 'link-not-valid'],
    ['a token in another scheme', { authorization: `Basic ${token}` }, 401, 'link-not-valid'],
    ['a page of another origin', { ...bearer, origin: 'http://evil.example' }, 403, 'origin-not-allowed'],
  ])('refuses %s and counts nothing [8.5.2-a] [7.2.5-a]', async (_, headers, status, reason) => {
    const answer = await get('/rows', headers);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ status, reason });
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(rig.meter.usage(AGREEMENT)).toEqual({});
  });

  test('an unknown agreement and a wrong token get the same answer [7.2.5-a]', async () => {
    const wrong = await get('/rows', { authorization: `Bearer ${'1'.repeat(64)}` });
    const unknown = await fetch(`${new URL(rig.url).origin}/v1/agreements/13/rows`, { headers: bearer });
    expect((await unknown.text()).replaceAll('O-13', 'O-12')).toBe(wrong.body.toString());
  });

  test('lets the portal’s own pages read, and no others [8.5.2-a]', async () => {
    const preflight = await call('OPTIONS', '/rows', { origin: PORTAL, 'access-control-request-method': 'GET' });
    expect([preflight.status, preflight.headers['access-control-allow-origin']]).toEqual([204, PORTAL]);
    // What runs programs is sent them and told to delete them; nothing but the token goes along.
    expect(preflight.headers['access-control-allow-methods']).toBe('GET, POST, DELETE');
    expect(preflight.headers['access-control-allow-headers']).toBe('Authorization, Content-Type');
    const read = await get('/rows?limit=1', { ...bearer, origin: PORTAL });
    expect(read.headers['access-control-allow-origin']).toBe(PORTAL);
    expect(read.headers['access-control-expose-headers']).toContain('X-Cpu-Ms');
    const foreign = await call('OPTIONS', '/rows', { origin: 'http://evil.example' });
    expect([foreign.status, foreign.headers['access-control-allow-origin']]).toEqual([403, undefined]);
  });

  test('refuses the link from the end of the window on, by its own clock alone [I.2-6]', async () => {
    rig.now = END - 5_000;
    expect((await get('/rows?limit=1')).status).toBe(200);
    rig.now = END;
    const late = await get('/rows?limit=1');
    expect(late.status).toBe(410);
    expect(JSON.parse(late.body.toString())).toMatchObject({ reason: 'window-over', agreement: AGREEMENT });
  });

  test('refuses at once what the ledger has ended, and the link that a newer one replaced [I.2-6]', async () => {
    const newer = randomBytes(32).toString('hex');
    seal(2, newer);
    expect((await get('/rows?limit=1', { authorization: `Bearer ${newer}` })).status).toBe(503);
    rig.book.record({ kind: 'reissued', agreement: AGREEMENT, issue: 2 });
    expect(JSON.parse((await get('/rows?limit=1')).body.toString())).toMatchObject({
      status: 401,
      reason: 'link-replaced',
    });
    expect((await get('/rows?limit=1', { authorization: `Bearer ${newer}` })).status).toBe(200);
    rig.book.record({
      kind: 'ended',
      agreement: AGREEMENT,
      endedAtMs: rig.now,
      settleAtMs: rig.now + 1,
      graceUntilMs: 0,
      reason: 'misuse',
    });
    expect((await get('/rows?limit=1', { authorization: `Bearer ${newer}` })).status).toBe(410);
  });

  test('serves nothing while its clock is behind itself, or when it has not heard the ledger for 10 minutes [I.2-6]', async () => {
    rig.now = START + 30_000;
    await get('/rows?limit=1');
    rig.now = START + 10_000;
    expect(JSON.parse((await get('/rows?limit=1')).body.toString())).toMatchObject({
      status: 503,
      reason: 'clock-not-trusted',
    });
    rig.now = START + 31_000;
    rig.book.record({ kind: 'head', height: 1, timeMs: rig.now - 600_001 });
    expect(JSON.parse((await get('/rows?limit=1')).body.toString())).toMatchObject({
      status: 503,
      reason: 'ledger-not-heard',
    });
  });

  test('stops at the allowance of calls and of bytes, and says that it is used up [6.2.4-b]', async () => {
    await reopen({ calls: 2, bytes: 1_000_000 });
    expect((await get('/rows?limit=1')).status).toBe(200);
    expect((await get('/rows?limit=1')).status).toBe(200);
    expect(JSON.parse((await get('/rows?limit=1')).body.toString())).toMatchObject({
      status: 429,
      reason: 'calls-used-up',
      agreement: AGREEMENT,
    });
    expect(rig.usedUp).toEqual([AGREEMENT]);
    await reopen({ calls: 9, bytes: 100 });
    const before = rig.meter.usage(AGREEMENT);
    expect(JSON.parse((await get('/rows')).body.toString())).toMatchObject({ status: 403, reason: 'answer-too-large' });
    expect(rig.meter.usage(AGREEMENT)).toEqual(before);
  });

  test('cuts an answer under way when its order ends, and has counted no byte that did not leave [I.2-6]', async () => {
    const text = Array.from({ length: 200_000 }, (_, index) => `${index},${'x'.repeat(60)},oak,1`).join('\n');
    const file = join(rig.folder, 'large.csv');
    writeFileSync(file, `id,name,kind,height\n${text}\n`);
    await reopen({ calls: 10, bytes: 1_000_000_000 }, 'large');
    const received = await cutAfterFirstBytes(() => {
      const sentence = 'ended';
      rig.gateway.cut(AGREEMENT, { status: 410, reason: 'ended', agreement: AGREEMENT, sentence });
    });
    const counted = rig.meter.usage(AGREEMENT)['bytes'] ?? 0;
    expect(received.isWhole).toBe(false);
    expect(received.bytes <= counted && counted < text.length).toBe(true);
  });

  test('stops altogether when counts cannot be written: nothing is served uncounted', async () => {
    rig.meter.close();
    expect((await get('/rows?limit=1')).status).toBe(500);
    expect(rig.fatal.length).toBe(1);
  });

  test('refuses bodies, other methods, long addresses and paths it does not know', async () => {
    expect((await call('POST', '/rows', { ...bearer, 'content-length': '0' })).status).toBe(405);
    expect((await call('GET', '/rows', { ...bearer, 'content-length': '3' }, 'abc')).status).toBe(413);
    expect((await get(`/rows?filter=${'a'.repeat(16_500)}`)).status).toBe(414);
    expect((await get('/../../etc/passwd')).status).toBe(404);
    expect((await get('/rows?x=1')).status).toBe(400);
    expect((await get('/rows?limit=1&limit=2')).status).toBe(400);
    expect((await get('/rows?select=kind')).status).toBe(400);
    expect((await get('/rows?order=kind.asc')).status).toBe(400);
    expect((await get('/rows?format=parquet')).status).toBe(400);
    expect((await get('/rows?limit=0')).status).toBe(400);
    expect((await get('/rows?filter=%E0%A4%A')).status).toBe(400);
  });

  test.skipIf(!existsSync(NAUGHTY))(
    'answers 400 or the right rows, never 5xx, to every hostile string in every place [7.2.5-a]',
    async () => {
      await reopen({ calls: 100_000, bytes: 100_000_000 });
      const strings = JSON.parse(readFileSync(NAUGHTY, 'utf8')) as string[];
      const statusOf = async (query: string): Promise<number> => (await get(`/rows?${query}`)).status;
      for (const text of strings) {
        const encoded = encodeURIComponent(text.toWellFormed());
        const isCount = /^[1-9]\d{0,6}$/.test(text);
        const places = isCount ? ['select', 'order', 'filter'] : ['select', 'order', 'filter', 'limit'];
        const filter = encodeURIComponent(JSON.stringify({ column: 'name', op: 'eq', value: text.toWellFormed() }));
        const [answer, ...statuses] = await Promise.all([
          get(`/rows?filter=${filter}`),
          ...places.map((place) => statusOf(`${place}=${encoded}`)),
        ]);
        expect([text, statuses]).toEqual([text, places.map(() => 400)]);
        expect([200, 400]).toContain(answer.status);
        if (answer.status === 200) expect(answer.body.toString()).toBe('id,name,height\r\n');
      }
    },
    // Two and a half thousand calls: on a machine with much else to do they take minutes.
    240_000,
  );
});

async function openRig(allowance: { calls: number; bytes: number }, name = 'trees'): Promise<void> {
  rig.book = must(OrderBook.open(join(rig.folder, 'orders.journal')));
  rig.meter = must(Meter.open(join(rig.folder, 'meter.journal')));
  const { book, meter, folder } = rig;
  const kinds = dataSources(folder, [{ id: name, title: 'Trees', format: 'csv', path: `${name}.csv` }]);
  rig.shelf = new SourceShelf({
    kinds,
    home: folder,
    book,
    spending: NO_SPENDING,
    payloads: noPayloads('ab'.repeat(32)),
    measureRoundTrip: () => Promise.resolve(done(1)),
    log: () => undefined,
  });
  const { attributes } = must(await rig.shelf.test(name));
  const published = { resource: 1, kind: 'data', sourceId: name, attributes };
  book.record({ kind: 'resource', published, status: 'published' });
  await rig.shelf.openPublished();
  book.record({
    kind: 'reserved',
    terms: {
      agreement: AGREEMENT,
      order: AGREEMENT,
      part: 1,
      first: AGREEMENT,
      customer: 2,
      resource: 1,
      kind: 'data',
      sourceId: name,
      choices: [{ name: 'format', value: 'csv' }],
      ways: [
        { name: 'columns', value: '["id","name","height"]' },
        { name: 'formats', value: '["csv"]' },
        { name: 'rowFilter', value: '{"column":"kind","op":"eq","value":"oak"}' },
      ],
      amounts: { ...allowance, places: 1 },
      promise: [],
      degradedPerMille: 0,
      intervalMs: 10_000,
      encryptionKey: '00'.repeat(32),
      prepareByMs: START,
    },
  });
  book.record({ kind: 'identity', account: 1, key: 1 });
  seal(1, token);
  book.record({ kind: 'window', agreement: AGREEMENT, issue: 1, startsAtMs: START, endsAtMs: END });
  book.record({ kind: 'head', height: 1, timeMs: START });
  const clock = new WatchfulClock(() => rig.now, 0);
  rig.gateway = new Gateway({
    book,
    meter,
    portalOrigin: PORTAL,
    log: () => undefined,
    clock,
    channels: noChannels({ meter, clock }),
    kindOf: (of) => rig.shelf.kindOf(of),
    kinds: () => [],
    tokens: () => '',
    onUsedUp: (agreement) => rig.usedUp.push(agreement),
    onFatal: (sentence) => rig.fatal.push(sentence),
  });
  rig.url = `http://127.0.0.1:${await rig.gateway.listen('127.0.0.1', 0)}/v1/agreements/${AGREEMENT}`;
}

async function reopen(allowance: { calls: number; bytes: number }, name = 'trees'): Promise<void> {
  await rig.gateway.close();
  rig.shelf.close();
  rig.book.close();
  rig.meter.close();
  rmSync(join(rig.folder, 'orders.journal'));
  await openRig(allowance, name);
}

function seal(issue: number, secret: string): void {
  const tokenHash = createHash('sha256').update(secret, 'utf8').digest('hex');
  rig.book.record({ kind: 'sealed', agreement: AGREEMENT, issue, encryptionKey: '00', tokenHash, descriptor: '00' });
}

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

function get(path: string, headers: Record<string, string> = bearer): Promise<Answer> {
  return call('GET', path, headers);
}

/** Plain node:http, which sends paths and headers as they are given. */
function call(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Answer> {
  const url = new URL(rig.url);
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: url.hostname, port: url.port, method, path: `${url.pathname}${path}`, headers },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
        );
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** Reads a little of a large answer, lets `cut` happen, and reads what still comes. */
function cutAfterFirstBytes(cut: () => void): Promise<{ bytes: number; isWhole: boolean }> {
  const url = new URL(rig.url);
  return new Promise((resolve) => {
    const request = httpRequest(
      { host: url.hostname, port: url.port, path: `${url.pathname}/rows`, headers: bearer },
      (response) => {
        let bytes = 0;
        response.once('readable', () => {
          cut();
          response.on('data', (chunk: Buffer) => {
            bytes += chunk.length;
          });
        });
        response.on('error', () => undefined);
        response.on('close', () => resolve({ bytes, isWhole: response.complete }));
      },
    );
    request.end();
  });
}

function must<Value>(outcome: Outcome<Value>): Value {
  if (!outcome.ok) throw new Error(outcome.sentence);
  return outcome.value;
}
