import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { placeOf } from '#lib/read-model.ts';
import { startReadModel, type TestReadModel } from '#lib/testing/read-model.ts';
import { findAgentKey } from './viewer-account.ts';

let model: TestReadModel;
beforeAll(async () => {
  model = await startReadModel();
});
afterAll(() => model.stop());

test('an owner’s key stays the owner’s, also when another account authorised the address before', async () => {
  const owner = '01'.repeat(20);
  const before = await findAgentKey(owner, Date.now());
  expect(before).toMatchObject({ key: 0 });
  const database = new pg.Client({ connectionString: model.projectorUrl });
  await database.connect();
  await database.query(
    `INSERT INTO ${placeOf('account_keys')} SELECT 77, 1, "address", 'x', "methods", "resources", "spendingCapMicro", "spentMicro", NULL, false
     FROM ${placeOf('account_keys')} WHERE "address" = $1`,
    [owner],
  );
  // Written again, the owner's row comes after the other one in the table.
  const gone = await database.query(
    `DELETE FROM ${placeOf('account_keys')} WHERE "address" = $1 AND "key" = 0 RETURNING *`,
    [owner],
  );
  expect(gone.rowCount).toBe(1);
  await database.query(
    `INSERT INTO ${placeOf('account_keys')} SELECT * FROM json_populate_record(NULL::${placeOf('account_keys')}, $1)`,
    [JSON.stringify(gone.rows[0])],
  );
  await database.end();
  expect(await findAgentKey(owner, Date.now())).toEqual(before);
});
