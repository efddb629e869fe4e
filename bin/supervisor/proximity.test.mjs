import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Fault } from './fault.mjs';
import { hasSessions, isWanted, openRecords } from './proximity.mjs';

let home;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'ip-added-'));
  mkdirSync(join(home, 'identity'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

test('a data folder that has the sample keeps it, without being asked for it again', () => {
  expect(isWanted(home, { additions: [] })).toBe(false);
  expect(isWanted(home, { additions: ['proximity'] })).toBe(true);
  writeFileSync(join(home, 'proximity-people.json'), '{}');
  expect(isWanted(home, { additions: [] })).toBe(true);
  expect(hasSessions(home)).toBe(false);
});

test('where the operator’s PostgreSQL does not start, its program reads a file, and the start goes on', async () => {
  const running = { add: () => Promise.reject(new Fault('There is no PostgreSQL here.')) };
  const secrets = { operatorPassword: 'a1', operatorReaderPassword: 'b2' };
  const signal = new AbortController().signal;
  const records = await openRecords({ home, secrets, running, signal, open: () => ({}) });
  expect(records).toMatchObject({ kind: 'csv', file: 'subscribers.csv' });
  expect(readFileSync(join(home, 'identity', 'subscribers.csv'), 'utf8')).toContain('+1 555 0113');
});
