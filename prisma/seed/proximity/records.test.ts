import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfig } from '#agent/config.ts';
import { openRecords } from '#agent/identity/records.ts';
import { startPostgres, type TestPostgres } from '#lib/testing/postgres.ts';
import { placeAgent } from '#prisma/seed/place-agent.ts';
import { SERVICE_NODES } from './relays.ts';
import { ROWS, STATED } from './subscribers.ts';

const PASSWORD = 'reader1';
let home: string;
let postgres: TestPostgres;
/** A database with nothing of the product in it, as an operator's own. */
const DATABASE = `operator_${process.pid}`;
let url: URL;

async function asOwner(...statements: string[]): Promise<void> {
  const owner = new pg.Client({ connectionString: postgres.url });
  await owner.connect();
  for (const statement of statements) await owner.query(statement);
  await owner.end();
}

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'ip-proximity-'));
  mkdirSync(join(home, 'identity'));
  postgres = await startPostgres();
  await asOwner(`CREATE DATABASE ${DATABASE}`);
  url = new URL(postgres.url);
  url.pathname = DATABASE;
});
afterAll(async () => {
  await asOwner(`DROP DATABASE ${DATABASE}`, 'DROP ROLE identity');
  await postgres.stop();
  rmSync(home, { recursive: true, force: true });
});

function fill(env: Record<string, string>): void {
  const args = ['prisma/seed/proximity/records.ts', '--home', home];
  execFileSync(process.execPath, args, { stdio: 'pipe', env: { ...process.env, ...env } });
}

test('the operator’s table is made once and completed, and its program’s role reads it and no more [I.3-9]', async () => {
  const env = { OPERATOR_DATABASE_URL: url.href, OPERATOR_READER_PASSWORD: PASSWORD };
  for (let times = 0; times < 2; times += 1) fill(env);
  const own = new URL(url);
  [own.username, own.password] = ['identity', PASSWORD];
  const columns = { name: 'full_name', document: 'document', subscriber: 'msisdn' };
  const records = openRecords({ kind: 'postgres', url: own.href, table: 'subscribers', columns });
  for (const claim of ROWS) expect(await records.find(claim.subscriber)).toEqual(claim);
  const reader = new pg.Client({ connectionString: own.href });
  await reader.connect();
  await expect(reader.query('DELETE FROM subscribers')).rejects.toThrow('permission denied');
  expect((await reader.query('SELECT FROM subscribers')).rowCount).toBe(ROWS.length);
  await reader.end();
});

test('where there is no PostgreSQL the same rows are in a file', async () => {
  fill({});
  const columns = { name: 'name', document: 'document', subscriber: 'number' };
  const file = join(home, 'identity', 'subscribers.csv');
  const records = openRecords({ kind: 'csv', file, columns });
  for (const claim of Object.values(STATED)) expect(await records.find(claim.subscriber)).toEqual(claim);
  expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(ROWS.length + 1);
});

test('both service nodes have a config that an agent takes, with ports and a folder of their own', () => {
  for (const agent of SERVICE_NODES) placeAgent(home, agent, 'http://localhost:3000');
  const configs = SERVICE_NODES.map(({ folder }) => loadConfig(join(home, folder, 'config.json')));
  const loaded = configs.map((config) => {
    if (!config.ok) throw new Error(config.sentence);
    return config.value;
  });
  expect(new Set(loaded.map(({ gateway }) => gateway.port)).size).toBe(SERVICE_NODES.length);
  expect(loaded.flatMap(({ sources }) => sources.map(({ id }) => id))).toEqual(['lake-hotspot', 'hill-hotspot']);
});
