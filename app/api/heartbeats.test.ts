import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { toHex, utf8 } from '#ledger/core/bytes.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { requestText } from '#lib/auth/agent-request.ts';
import { runAs } from '#lib/auth/viewer.ts';
import { placeOf } from '#lib/read-model.ts';
import { testPerson } from '#lib/testing/network.ts';
import { startReadModel, type TestReadModel } from '#lib/testing/read-model.ts';
import { takeHeartbeat } from './_http/heartbeat-way.ts';
import { POST } from './v1/agents/heartbeat/route.ts';

const PLACE = '/api/v1/agents/heartbeat';
const paired = testPerson(0x51);
const unpaired = testPerson(0x52);
let model: TestReadModel;
let client: pg.Client;

beforeAll(async () => {
  model = await startReadModel();
  client = new pg.Client(model.url);
  await client.connect();
  for (const { hex } of [paired, unpaired])
    await client.query(
      `INSERT INTO operations.agents ("address", "origin", "label", "sources") VALUES ($1, 'http://localhost:4100', 'Agent', '[]')`,
      [hex],
    );
  const keys = placeOf('account_keys');
  await client.query(`CREATE TEMP TABLE one AS SELECT * FROM ${keys} LIMIT 1`);
  await client.query(`UPDATE one SET "account" = 1, "key" = 9, "address" = $1, "revoked" = false`, [paired.hex]);
  await client.query(`INSERT INTO ${keys} SELECT * FROM one`);
});
afterAll(async () => {
  await client.end();
  await model.stop();
});
beforeEach(() => client.query('TRUNCATE monitoring.samples'));

const beat = (sample?: object): string =>
  JSON.stringify({ atMs: 1, sources: [], load: { cpu: 0, memoryBytes: 1, openLinks: 0 }, ...(sample && { sample }) });

let last = 0;
function signedBy(
  person: typeof paired,
  body: string,
  { ts = Date.now(), nonce = (++last).toString(16).padStart(32, '0'), over = body } = {},
): Record<string, string> {
  const text = requestText({ method: 'POST', path: PLACE, body: over }, { ts, nonce, network: model.network });
  const signature = toHex(nobleCrypto.signRecoverable(nobleCrypto.sha256(utf8(text)), person.secretKey));
  const authorization = `Interpool-Agent address=0x${person.hex},ts=${ts},nonce=${nonce},signature=${signature}`;
  return { authorization, 'content-type': 'application/json' };
}

async function send(
  body: string,
  headers: Record<string, string>,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const request = new Request(`http://localhost:3000${PLACE}`, { method: 'POST', body, headers });
  const response = await runAs({ kind: 'public' }, () => POST(request));
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const samples = async (): Promise<Record<string, unknown>[]> =>
  (await client.query(`SELECT * FROM monitoring.samples`)).rows;
/** A node is sampled once a second at most: each test's own moment. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1_001));

describe('a heartbeat', () => {
  test('is taken in with what the node measured, what it could not is null, and answered with clock, height and peers [6.2.1-a]', async () => {
    const body = beat({
      height: 3,
      cpuPermille: 12,
      loopDelayMs: 0.5,
      refusals: { ended: 2, 'calls-used-up': 1 },
      lossPermille: 0,
    });
    const answer = await send(body, signedBy(paired, body));
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ serverTimeMs: expect.any(Number), height: 7, peers: expect.any(Array) });
    expect(await samples()).toEqual([
      expect.objectContaining({
        height: '3',
        lag: 4,
        cpuPermille: 12,
        loopDelayMs: 0.5,
        refused: 3,
        memoryMib: null,
        roundTripMs: null,
        peers: null,
      }),
    ]);
    const { rows } = await client.query(`SELECT "account" FROM monitoring.subjects WHERE "key" = $1`, [paired.hex]);
    expect(rows).toEqual([{ account: '1' }]);
  });

  test('of many nodes at once shares statements: each is answered for itself, and of one node the one signed last counts', async () => {
    await pause();
    const ts = Date.now();
    const [first, last, foreign] = [1, 2, 3].map((orders) => beat({ orders }));
    const answers = await Promise.all([
      send(first!, signedBy(paired, first!, { ts })),
      send(last!, signedBy(paired, last!, { ts: ts + 1 })),
      send(foreign!, signedBy(unpaired, foreign!, { ts })),
      send(foreign!, signedBy(testPerson(0x53), foreign!, { ts })),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([401, 200, 200, 404]);
    expect(await samples()).toEqual([expect.objectContaining({ orders: 2, clockSeenMs: expect.any(Number) })]);
  });

  test.each(['NULL', '{"a\\",NULL}', 'ä, 木 \'"'])('keeps the text %j as it is', async (version) => {
    await pause();
    const body = beat({ version, refusals: { ended: 2 }, peers: [] });
    expect((await send(body, signedBy(paired, body))).status).toBe(200);
    expect(await samples()).toEqual([expect.objectContaining({ version, refusals: { ended: 2 }, peers: [] })]);
  });

  test('that is replayed, also at the same moment, is taken once', async () => {
    await pause();
    const body = beat({ orders: 1 });
    const headers = signedBy(paired, body);
    const answers = await Promise.all([1, 2, 3].map(() => send(body, headers)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401, 401]);
    await pause();
    expect((await send(body, headers)).status).toBe(401);
    expect(await samples()).toHaveLength(1);
  });

  test.each([
    ['earlier', -1],
    ['at the same time', 0],
  ])(
    'that comes after one which the node signed later, or is signed %s with other words, changes nothing',
    async (_what, byMs) => {
      await pause();
      const ts = Date.now();
      const [later, earlier] = [beat({ orders: 2 }), beat({ orders: 1 })];
      expect((await send(later, signedBy(paired, later, { ts }))).status).toBe(200);
      const seenAt = async (): Promise<unknown> =>
        (await client.query(`SELECT "seenAt", "beatAtMs" FROM operations.agents WHERE "address" = $1`, [paired.hex]))
          .rows;
      const before = await seenAt();
      expect(before).toEqual([expect.objectContaining({ beatAtMs: String(ts) })]);
      await pause();
      const answer = await send(earlier, signedBy(paired, earlier, { ts: ts + byMs }));
      expect(answer).toMatchObject({
        status: 401,
        body: { code: 9013, detail: expect.stringContaining('one that the node signed later, was taken before') },
      });
      expect(await seenAt()).toEqual(before);
      expect(await samples()).toEqual([expect.objectContaining({ orders: 2 })]);
    },
  );

  test('that a portal which knows nothing of it is sent again is refused by its row alone', async () => {
    await pause();
    const ts = Date.now();
    const body = beat({ orders: 1 });
    // Another portal took one that the node signed a moment later.
    await client.query(`UPDATE operations.agents SET "beatAtMs" = $2 WHERE "address" = $1`, [paired.hex, ts + 1]);
    expect((await send(body, signedBy(paired, body, { ts }))).status).toBe(401);
    expect(await samples()).toEqual([]);
    expect((await send(body, signedBy(paired, body, { ts: ts + 2 }))).status).toBe(200);
    expect(await samples()).toHaveLength(1);
  });

  test('asks anew whose its node is after another portal heard it: a new account is written, the same one uses up no number', async () => {
    const number = async (): Promise<unknown> => {
      const { rows } = await client.query(`SELECT "last_value" FROM monitoring.subjects_id_seq`);
      return rows[0];
    };
    const account = async (): Promise<unknown> => {
      const { rows } = await client.query(`SELECT "account" FROM monitoring.subjects WHERE "key" = $1`, [paired.hex]);
      return rows;
    };
    const hearElsewhere = async (): Promise<void> => {
      const ts = Date.now();
      await client.query(`UPDATE operations.agents SET "beatAtMs" = $2 WHERE "address" = $1`, [paired.hex, ts + 1]);
      expect((await send(beat(), signedBy(paired, beat(), { ts }))).status).toBe(401);
      expect((await send(beat(), signedBy(paired, beat(), { ts: ts + 2 }))).status).toBe(200);
    };
    const before = await number();
    await hearElsewhere();
    expect([await number(), await account()]).toEqual([before, [{ account: '1' }]]);
    await client.query(`UPDATE ${placeOf('account_keys')} SET "account" = 2 WHERE "address" = $1`, [paired.hex]);
    await pause();
    await hearElsewhere();
    expect(await account()).toEqual([{ account: '2' }]);
  });

  test('of nobody’s key is answered and kept nowhere; of an agent that has not registered it is 404', async () => {
    const body = beat({ orders: 1 });
    expect((await send(body, signedBy(unpaired, body))).status).toBe(200);
    expect((await send(body, signedBy(testPerson(0x53), body))).status).toBe(404);
    expect(await samples()).toEqual([]);
  });

  test('forged, of another body or by another key is refused', async () => {
    const body = beat({ orders: 1 });
    expect((await send(body, signedBy(paired, body, { over: beat() }))).status).toBe(401);
    const foreign = signedBy(unpaired, body);
    foreign.authorization = (foreign.authorization ?? '').replace(unpaired.hex, paired.hex);
    expect((await send(body, foreign)).status).toBe(401);
    expect((await send(body, { 'content-type': 'application/json' })).status).toBe(401);
    expect(await samples()).toEqual([]);
  });

  test.each([
    ['late', -5 * 3_600_000, 'behind'],
    ['early', 5 * 3_600_000, 'ahead of'],
  ])(
    '%s by hours is refused with a sentence, and the node is shown with that clock [8.5.1-f]',
    async (_what, byMs, way) => {
      const body = beat({ orders: 1 });
      const answer = await send(body, signedBy(paired, body, { ts: Date.now() + byMs }));
      expect(answer).toMatchObject({
        status: 401,
        body: { detail: expect.stringContaining(`18000 s ${way} the portal’s`) },
      });
      const { rows } = await client.query<{ clockAwayMs: string }>(
        `SELECT "clockAwayMs" FROM monitoring.subjects WHERE "key" = $1`,
        [paired.hex],
      );
      expect(Math.abs(Number(rows[0]!.clockAwayMs) - byMs)).toBeLessThan(5_000);
      expect(await samples()).toEqual([]);
    },
  );

  test.each([
    ['a negative figure', '"memoryMib":-1'],
    ['more than all', '"lossPermille":1001'],
    ['a fraction of a block', '"height":1.5'],
    ['NaN', '"loopDelayMs":NaN'],
    ['infinity', '"loopDelayMs":1e999'],
    ['null for what it does not know', '"cpuPermille":null'],
    ['a text', '"orders":"1"'],
    ['an absurd clock', '"clockOffsetMs":1e15'],
    ['a figure that nobody knows', '"mood":1'],
    [
      'three peers',
      `"peers":[${Array(3)
        .fill(`{"address":"${'01'.repeat(20)}","lossPermille":0}`)
        .join(',')}]`,
    ],
    ['a reason that is none', '"refusals":{"<script>":1}'],
    ['too many reasons', `"refusals":{${Array.from({ length: 21 }, (_, at) => `"r${'x'.repeat(at)}":1`).join(',')}}`],
  ])('with %s is refused, and nothing of it is kept', async (_what, figure) => {
    const body = beat({}).replace('"sample":{}', `"sample":{${figure}}`);
    expect((await send(body, signedBy(paired, body))).status).toBe(400);
    expect(await samples()).toEqual([]);
  });

  test('that is too long is refused', async () => {
    const body = beat({ version: 'x'.repeat(70_000) });
    expect((await send(body, signedBy(paired, body))).status).toBe(413);
  });
});

/** More than a portal hands out before it asks the database again. */
const DRAWN_MAX = 200;

describe('the short way', () => {
  const over = async (body: string, headers: Record<string, string>, forwarded: string | null): Promise<Response> =>
    takeHeartbeat(new Request(`http://localhost${PLACE}`, { method: 'POST', body, headers }), forwarded);

  test('checks what the usual way checks: signature, time, shape, and that nothing comes twice', async () => {
    const body = beat({ height: 1 });
    const headers = signedBy(paired, body);
    const taken = await over(body, headers, '203.0.113.9');
    expect([taken.status, await taken.json()]).toEqual([200, expect.objectContaining({ peers: expect.anything() })]);
    for (const name of ['content-security-policy', 'x-content-type-options', 'x-interpool-version', 'cache-control'])
      expect([name, taken.headers.has(name)]).toEqual([name, true]);
    const statuses = await Promise.all([
      over(body, headers, '203.0.113.9'),
      over(`${body} `, headers, '203.0.113.9'),
      over(body, { 'content-type': 'application/json' }, '203.0.113.9'),
      over(body, signedBy(paired, body, { ts: Date.now() - 120_000 }), '203.0.113.9'),
      over('{}', signedBy(paired, '{}'), '203.0.113.9'),
      over('{', signedBy(paired, '{'), '203.0.113.9'),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([401, 401, 401, 401, 400, 400]);
  });

  test('counts callers by the address that a proxy appended, each by itself', async () => {
    const refused = async (forwarded: string): Promise<number> =>
      (await over('{}', { 'content-type': 'application/json' }, forwarded)).status;
    expect(await refused('198.51.100.1')).toBe(401);
    // As if it had called for a long time: how fast this machine is decides nothing.
    await client.query(`UPDATE operations.rate_limits SET "tokens" = -1000000 WHERE "bucket" = 'heartbeat'`);
    const statuses = new Set<number>();
    for (let call = 0; call < DRAWN_MAX && !statuses.has(429); call += 1) statuses.add(await refused('198.51.100.1'));
    expect([...statuses]).toEqual([401, 429]);
    expect(await refused('198.51.100.2')).toBe(401);
    expect(await refused('198.51.100.2, 198.51.100.1')).toBe(429);
  });
});
