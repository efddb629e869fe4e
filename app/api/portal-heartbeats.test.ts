import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { toHex, utf8 } from '#ledger/core/bytes.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { requestText } from '#lib/auth/agent-request.ts';
import { runAs } from '#lib/auth/viewer.ts';
import { placeOf } from '#lib/read-model.ts';
import { testPerson } from '#lib/testing/network.ts';
import { startReadModel, type TestReadModel } from '#lib/testing/read-model.ts';
import { POST } from './v1/portals/heartbeat/route.ts';

const PLACE = '/api/v1/portals/heartbeat';
const OWN = 'https://portal.example';
/** Keys of nodes: an admitted portal, one that names the same address later, one that nobody admitted, an agent, one without an address, one that was taken out. */
const keys = {
  portal: testPerson(0x61),
  impostor: testPerson(0x62),
  waiting: testPerson(0x63),
  agent: testPerson(0x64),
  reader: testPerson(0x65),
  retired: testPerson(0x66),
};
const stranger = testPerson(0x67);
const NODES = [
  { of: 'portal', status: 'active', endpoint: OWN },
  { of: 'impostor', status: 'active', endpoint: OWN },
  { of: 'waiting', status: 'registered', endpoint: 'https://waiting.example' },
  { of: 'agent', class: 'service', status: 'active', endpoint: 'https://agent.example' },
  { of: 'reader', status: 'probation', endpoint: '' },
  { of: 'retired', status: 'retired', endpoint: 'https://retired.example' },
] as const;

let model: TestReadModel;
let client: pg.Client;

async function insertLike(table: 'nodes' | 'account_keys', fields: Record<string, unknown>): Promise<void> {
  const names = Object.keys(fields);
  await client.query(`CREATE TEMP TABLE one AS SELECT * FROM ${placeOf(table)} LIMIT 1`);
  await client.query(
    `UPDATE one SET ${names.map((name, index) => `"${name}" = $${index + 1}`).join(', ')}`,
    Object.values(fields),
  );
  await client.query(`INSERT INTO ${placeOf(table)} SELECT * FROM one`);
  await client.query('DROP TABLE one');
}

beforeAll(async () => {
  model = await startReadModel();
  client = new pg.Client(model.url);
  await client.connect();
  for (const [index, { of, ...facts }] of NODES.entries()) {
    const { hex } = keys[of];
    await insertLike('account_keys', { account: 7 + index, key: 9, address: hex, revoked: false });
    await insertLike('nodes', { id: 900 + index, class: 'common', operator: 7 + index, address: hex, ...facts });
  }
  await insertLike('account_keys', { account: 20, key: 9, address: stranger.hex, revoked: false });
});
afterAll(async () => {
  await client.end();
  await model.stop();
});
beforeEach(() => client.query('TRUNCATE monitoring.samples'));

let last = 0;
async function send(person: typeof stranger, body: unknown, fixed?: { ts: number; nonce: string }) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const { ts, nonce } = fixed ?? { ts: Date.now(), nonce: (last += 1).toString(16).padStart(32, '0') };
  const signed = requestText({ method: 'POST', path: PLACE, body: text }, { ts, nonce, network: model.network });
  const signature = toHex(nobleCrypto.signRecoverable(nobleCrypto.sha256(utf8(signed)), person.secretKey));
  const authorization = `Interpool-Agent address=0x${person.hex},ts=${ts},nonce=${nonce},signature=${signature}`;
  const headers = { authorization, 'content-type': 'application/json' };
  const request = new Request(`http://localhost:3000${PLACE}`, { method: 'POST', body: text, headers });
  return runAs({ kind: 'public' }, () => POST(request));
}

const kept = async (): Promise<unknown[]> => {
  const { rows } = await client.query(
    `SELECT s."kind", s."key", s."account"::int, x."height"::int, x."lag", x."cpuPermille", x."loopDelayMs" FROM monitoring.samples x JOIN monitoring.subjects s ON s."id" = x."subject"`,
  );
  return rows;
};
const SAMPLE = { version: '1.0.0', height: 40, lag: 2, cpuPermille: 120, memoryMib: 300, loopDelayMs: 1.5 };

test('a portal’s heartbeat is a sample of the portal at its node’s address, with its own figures [7.2.3-b]', async () => {
  const response = await send(keys.portal, { sample: SAMPLE });
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ height: expect.any(Number), serverTimeMs: expect.any(Number) });
  expect(await kept()).toEqual([
    { kind: 'portal', key: OWN, account: 7, height: 40, lag: 2, cpuPermille: 120, loopDelayMs: 1.5 },
  ]);
});

test.each(['impostor', 'waiting', 'agent', 'reader', 'retired'] as const)(
  'nothing is taken of a key that speaks for no portal: %s [7.2.3-b]',
  async (of) => {
    const response = await send(keys[of], { sample: SAMPLE });
    expect(response.status).toBe(403);
    expect(((await response.json()) as { detail: string }).detail).toContain('Nothing was taken.');
    expect(await kept()).toEqual([]);
  },
);

test('a key without a node is refused, and so is a signature that came before', async () => {
  expect((await send(stranger, { sample: SAMPLE })).status).toBe(403);
  const fixed = { ts: Date.now(), nonce: 'ab'.repeat(16) };
  expect((await send(keys.portal, { sample: SAMPLE }, fixed)).status).toBe(200);
  expect((await send(keys.portal, { sample: SAMPLE }, fixed)).status).toBe(401);
  expect(await kept()).toHaveLength(1);
});

test.each([
  ['no JSON', '{'],
  ['no sample', {}],
  ['a height below 0', { sample: { height: -1 } }],
  ['blocks behind that are none', { sample: { lag: -3 } }],
  ['a figure that only agents have', { sample: { orders: 3 } }],
  ['a version of two lines', { sample: { version: '1\n2' } }],
])('%s is refused whole', async (_what, body) => {
  expect((await send(keys.portal, body)).status).toBe(400);
  expect(await kept()).toEqual([]);
});
