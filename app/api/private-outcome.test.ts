import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runAs, type Viewer } from '#lib/auth/viewer.ts';
import { database, readModel } from '#lib/db.ts';
import { startReadModel, type TestReadModel } from '#lib/testing/read-model.ts';
import { GET } from './v1/transactions/[tx]/route.ts';

/** What the sample chain's order 1 between customer 2 and provider 1 was granted by. */
const PRIVATE_ITEM = 2n;
let model: TestReadModel;
let tx: string;
let data: unknown;
beforeAll(async () => {
  model = await startReadModel();
  const superuser = new pg.Client(model.url);
  await superuser.connect();
  const table = readModel.transactions.sql;
  await superuser.query(`UPDATE ${table} SET data = '{"agreement":"1"}' WHERE "logIndex" = ${PRIVATE_ITEM}`);
  await superuser.end();
  const item = await database().transaction.findUniqueOrThrow({ where: { logIndex: PRIVATE_ITEM } });
  [tx, data] = [String(item.tx), item.data];
});
afterAll(() => model.stop());

const person = (id: number, ...roles: string[]): Viewer => ({
  kind: 'person',
  jti: 'none',
  address: id.toString(16).padStart(2, '0').repeat(20),
  expiresAtMs: Number.MAX_SAFE_INTEGER,
  account: { id, roles, encryptionKey: '', name: null },
});
const read = async (viewer: Viewer): Promise<unknown> => {
  const request = new Request(`http://localhost:3000/api/v1/transactions/${tx}`);
  const answer = await runAs(viewer, async () => GET(request, { params: Promise.resolve({ tx }) }));
  return answer.json();
};

test('what a private transaction made its parties read at the API, and nobody else, as on its page [7.2.5-a] [8.5.2-b]', async () => {
  const parties: Viewer[] = [person(2, 'NRC'), { kind: 'agent', address: '77'.repeat(20), account: 2, key: 1 }];
  expect(data).toEqual({ agreement: '1' });
  for (const party of parties) expect(await read(party)).toMatchObject({ tx, code: 0, data });
  const strangers: Viewer[] = [
    { kind: 'public' },
    person(4, 'NRC'),
    person(18, 'NO'),
    { kind: 'agent', address: '99'.repeat(20), account: null, key: null },
  ];
  for (const stranger of strangers) expect(await read(stranger)).toMatchObject({ tx, code: 0, data: null });
});
