import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres, type TestPostgres } from '#lib/testing/postgres.ts';
import { openRecords } from './records.ts';

const columns = { name: 'full name', document: 'doc', subscriber: 'msisdn' };
const ADA = { name: 'Ada “Quick” Brook', document: '00123', subscriber: '+44 (20) 7946' };

let postgres: TestPostgres;
let owner: pg.Client;
beforeAll(async () => {
  postgres = await startPostgres();
  owner = new pg.Client({ connectionString: postgres.url });
  await owner.connect();
  await owner.query('CREATE SCHEMA crm; CREATE TABLE crm.subscribers ("full name" text, doc text, msisdn text)');
  await owner.query(
    `INSERT INTO crm.subscribers VALUES ($1, $2, $3), ('Bo', NULL, '5'), ('Twin', '1', '6'), ('Other', '2', ' 6 ')`,
    [ADA.name, ADA.document, ADA.subscriber],
  );
});
afterAll(async () => {
  await owner.end();
  await postgres.stop();
});

const table = (url = postgres.url, name = 'crm.subscribers') =>
  openRecords({ kind: 'postgres', url, table: name, columns });

test('a subscriber is found in a table of the operator’s database, by its number in any spelling [I.3-2] [I.3-9]', async () => {
  expect(await table().find('+44 20-7946')).toEqual(ADA);
  expect(await table().find('5')).toEqual({ name: 'Bo', document: '', subscriber: '5' });
  for (const unknown of ['7', "5' OR '1'='1", '.*', '%']) expect(await table().find(unknown)).toBeUndefined();
});

test('a number that stands there twice, a table that is missing and a database that is away answer nothing', async () => {
  await expect(table().find('6')).rejects.toThrow('twice');
  await expect(table(postgres.url, 'crm.others').find('5')).rejects.toThrow('others');
  await expect(table('postgresql://nobody@127.0.0.1:1/none').find('5')).rejects.toThrow();
  expect(await table().find('5')).toMatchObject({ name: 'Bo' });
});
