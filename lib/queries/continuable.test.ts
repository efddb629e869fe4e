import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runAs, type Viewer } from '#lib/auth/viewer.ts';
import { placeOf } from '#lib/read-model.ts';
import { startReadModel, type TestReadModel } from '#lib/testing/read-model.ts';
import { CUSTOMER, STRANGER } from '#lib/testing/sample-genesis.ts';
import { getContinuable } from './continuable.ts';

let model: TestReadModel;
let projector: pg.Client;
beforeAll(async () => {
  model = await startReadModel();
  projector = new pg.Client({ connectionString: model.projectorUrl });
  await projector.connect();
});
afterAll(async () => {
  await projector.end();
  await model.stop();
});

const customer = (id: number): Viewer => ({
  kind: 'person',
  jti: 'none',
  address: 'ee'.repeat(20),
  expiresAtMs: Number.MAX_SAFE_INTEGER,
  account: { id, roles: ['NRC'], encryptionKey: '', name: null },
});

const LATER = 10 ** 15;
const FREE = { kind: 'storage', continuedBy: null, erasedAtMs: null, startsAtMs: 1 };
const RUNNING = { ...FREE, status: 'active', endsAtMs: LATER, endedAtMs: null, graceUntilMs: null };
const ENDED = { ...FREE, status: 'settled', endsAtMs: 2, endedAtMs: 2, graceUntilMs: LATER };

async function change(fields: Readonly<Record<string, unknown>>): Promise<void> {
  const names = Object.keys(fields).map((name, place) => `"${name}" = $${place + 1}`);
  await projector.query(
    `UPDATE ${placeOf('agreements')} SET ${names.join(', ')} WHERE "id" = 1`,
    Object.values(fields),
  );
}

test('offered are a customer’s own orders of the resource that store something still, and that no other has gone on with [8.5.2-c] [7.2.1-b]', async () => {
  const offered = async (fields: object, asked = 1, who = CUSTOMER): Promise<unknown> => {
    await change({ ...fields });
    const found = await runAs(customer(Number(who)), () => getContinuable(asked));
    return found.map(({ order, erasedFromMs }) => [order.id, erasedFromMs]);
  };
  expect(await offered(RUNNING)).toEqual([[1, null]]);
  expect(await offered(ENDED)).toEqual([[1, LATER]]);
  expect(await offered({ ...RUNNING, startsAtMs: null })).toEqual([]);
  expect(await offered({ ...RUNNING, kind: 'data' })).toEqual([]);
  expect(await offered({ ...ENDED, graceUntilMs: 3 })).toEqual([]);
  expect(await offered({ ...ENDED, graceUntilMs: null })).toEqual([]);
  expect(await offered({ ...ENDED, erasedAtMs: 3 })).toEqual([]);
  expect(await offered({ ...ENDED, continuedBy: 9 })).toEqual([]);
  expect(await offered(ENDED, 2)).toEqual([]);
  expect(await offered(ENDED, 1, STRANGER)).toEqual([]);
  for (const rubbish of [0, -1, 1.5, Number.NaN, Number.MAX_VALUE]) expect(await offered(ENDED, rubbish)).toEqual([]);
});
