import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { toHex, utf8 } from '#ledger/core/bytes.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { requestText } from '#lib/auth/agent-request.ts';
import { runAs } from '#lib/auth/viewer.ts';
import { placeOf } from '#lib/read-model.ts';
import { testPerson } from '#lib/testing/network.ts';
import { startReadModel, type TestReadModel } from '#lib/testing/read-model.ts';
import { POST } from './v1/validators/heartbeat/route.ts';

const PLACE = '/api/v1/validators/heartbeat';
/** Account 7 answers for the first two validators; its keeper has a key of it. */
const keeper = testPerson(0x61);
const stranger = testPerson(0x62);
const OWN = ['a1'.repeat(20), 'a2'.repeat(20)];
const FOREIGN = 'b1'.repeat(20);

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
  for (const [account, { hex }] of [
    [7, keeper],
    [8, stranger],
  ] as const)
    await insertLike('account_keys', { account, key: 9, address: hex, revoked: false });
  for (const [index, address] of [...OWN, FOREIGN].entries())
    await insertLike('nodes', {
      id: 900 + index,
      class: 'consensus',
      status: 'validating',
      operator: address === FOREIGN ? 8 : 7,
      address,
    });
});
afterAll(async () => {
  await client.end();
  await model.stop();
});
beforeEach(() => client.query('TRUNCATE monitoring.samples'));

let last = 0;
async function send(person: typeof keeper, body: unknown, fixed?: { ts: number; nonce: string }) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const { ts, nonce } = fixed ?? { ts: Date.now(), nonce: (last += 1).toString(16).padStart(32, '0') };
  const signed = requestText({ method: 'POST', path: PLACE, body: text }, { ts, nonce, network: model.network });
  const signature = toHex(nobleCrypto.signRecoverable(nobleCrypto.sha256(utf8(signed)), person.secretKey));
  const authorization = `Interpool-Agent address=0x${person.hex},ts=${ts},nonce=${nonce},signature=${signature}`;
  const headers = { authorization, 'content-type': 'application/json' };
  const request = new Request(`http://localhost:3000${PLACE}`, { method: 'POST', body: text, headers });
  const response = await runAs({ kind: 'public' }, () => POST(request));
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const kept = async (): Promise<unknown[]> => {
  const { rows } = await client.query(
    `SELECT s."key", s."account"::int, x."height"::int, x."cpuPermille" FROM monitoring.samples x JOIN monitoring.subjects s ON s."id" = x."subject" ORDER BY s."key"`,
  );
  return rows;
};
const beat = (address: string, height: unknown = 3) => ({ address, sample: { height, version: '1.0.0' } });

test('a keeper’s heartbeat is a sample of each validator that its account answers for, and of nobody else’s [6.2.1-a]', async () => {
  const { status, body } = await send(keeper, { validators: [...OWN, FOREIGN].map((address) => beat(address)) });
  expect({ status, own: body['own'] }).toEqual({ status: 200, own: 2 });
  // Threads of one process have no processor time of their own: nothing is made up.
  expect(await kept()).toEqual(OWN.map((key) => ({ key, account: 7, height: 3, cpuPermille: null })));
});

test('one that answers for none of them is refused, and so is a signature that came before', async () => {
  expect((await send(stranger, { validators: OWN.map((address) => beat(address)) })).status).toBe(403);
  const fixed = { ts: Date.now(), nonce: 'ab'.repeat(16) };
  expect((await send(keeper, { validators: [beat(OWN[0]!)] }, fixed)).status).toBe(200);
  expect((await send(keeper, { validators: [beat(OWN[0]!)] }, fixed)).status).toBe(401);
  expect((await send(keeper, { validators: [beat(OWN[0]!)] }, { ...fixed, ts: Date.now() - 600_000 })).status).toBe(
    401,
  );
  expect(await kept()).toHaveLength(1);
});

test.each([
  ['no JSON', '{'],
  ['no list', {}],
  ['nobody', { validators: [] }],
  ['one twice', { validators: [beat(OWN[0]!), beat(OWN[0]!)] }],
  [
    'more than there can be',
    { validators: Array.from({ length: 201 }, (_, index) => beat(index.toString(16).padStart(40, '0'))) },
  ],
  ['an address that is none', { validators: [beat('zz'.repeat(20))] }],
  ['a height that is no number', `{"validators":[{"address":"${OWN[0]}","sample":{"height":NaN}}]}`],
  ['a height below 0', { validators: [beat(OWN[0]!, -1)] }],
  ['a height beyond bounds', `{"validators":[{"address":"${OWN[0]}","sample":{"height":1e400}}]}`],
  ['a figure that only agents have', { validators: [{ address: OWN[0], sample: { orders: 3 } }] }],
])('%s is refused whole', async (_what, body) => {
  expect((await send(keeper, body)).status).toBe(400);
  expect(await kept()).toEqual([]);
});
