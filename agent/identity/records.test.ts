import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadIdentityConfig } from './config.ts';
import { openRecords } from './records.ts';

const folder = mkdtempSync(join(tmpdir(), 'ip-records-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const columns = { name: 'full name', document: 'doc', subscriber: 'number' };
const csv = (text: string) => {
  const file = join(folder, 'subscribers.csv');
  writeFileSync(file, text);
  return openRecords({ kind: 'csv', file, columns });
};
const ADA = { name: 'Ada “Quick” Brook', document: '00123', subscriber: '+44 20 7946' };
const HEAD = 'number,full name,doc,other\n';

test('a subscriber is found in a file, by its number in any spelling, and read as it stands there [I.3-9]', async () => {
  const records = csv(`${HEAD}+44 20 7946,Ada “Quick” Brook,00123,x\n+44 20 7947,Bo,2,y\n`);
  expect(await records.find('+44(20)79-46')).toEqual(ADA);
  expect(await records.find('+44 20 7948')).toBeUndefined();
});

test('what is written into a number is a number, and no part of the question', async () => {
  const records = csv(`${HEAD}1,A,2,x\n`);
  for (const hostile of ["1' OR '1'='1", '1"; DROP TABLE x; --', '%', '.*'])
    expect(await records.find(hostile)).toBeUndefined();
});

test('a number that stands there twice, a column that is missing, and a file that is away answer nothing', async () => {
  await expect(csv(`${HEAD}1,A,2,x\n 1 ,B,3,y\n`).find('1')).rejects.toThrow('twice');
  await expect(csv('number,name\n1,A\n').find('1')).rejects.toThrow('full name');
  const away = openRecords({ kind: 'csv', file: join(folder, 'none.csv'), columns });
  await expect(away.find('1')).rejects.toThrow();
});

test('the file of settings is held to its shape, and its paths stand beside it', () => {
  const file = join(folder, 'identity.json');
  const sound = {
    portal: 'http://localhost:3000',
    account: 'A-9',
    home: 'state',
    anchor: 'anchor.json',
    records: { kind: 'csv', file: 'subscribers.csv', columns },
  };
  const load = (config: unknown) => {
    writeFileSync(file, JSON.stringify(config));
    return loadIdentityConfig(file);
  };
  const loaded = load(sound);
  expect(loaded.ok && loaded.value.records).toMatchObject({ file: join(folder, 'subscribers.csv') });
  expect(loaded.ok && loaded.value.decide).toBe('review');
  const table = { kind: 'postgres', url: 'postgresql://x@localhost/crm', table: 'crm.subscribers', columns };
  expect(load({ ...sound, records: table }).ok).toBe(true);
  for (const records of [
    { ...table, table: 'subscribers; DROP' },
    { ...table, url: 'https://localhost' },
    { ...table, columns: { name: 'a' } },
    { kind: 'csv', file: '', columns },
    { kind: 'other' },
  ])
    expect(load({ ...sound, records }).ok).toBe(false);
  expect(load({ ...sound, validDays: 401 }).ok).toBe(false);
});
