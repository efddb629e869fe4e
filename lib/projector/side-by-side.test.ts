import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { makeLedgerHome, type LedgerHome } from '#ledger/engines/testing/ledger-home.ts';
import { startNodeProcess, type NodeProcess } from '#ledger/engines/testing/node-process.ts';
import { runAs } from '#lib/auth/viewer.ts';
import { getBlocks } from '#lib/queries/explorer.ts';
import { getHealth } from '#lib/queries/health.ts';
import { readModelSchema } from '#lib/read-model.ts';
import { startPostgres, type TestPostgres } from '#lib/testing/postgres.ts';
import { startProjector, type LockingProcess } from '#lib/testing/locking-process.ts';
import { untilHeight } from '#lib/testing/read-model-dump.ts';
import { setWebEnvironment } from '#lib/testing/read-model.ts';
import { dropOldReadModels } from '#prisma/old-read-models.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const COPIED = ['lib', 'ledger', 'metrics', 'bin', 'prisma', 'package.json'];
const READY = /^\{"ready":true,"height"/;
const REVISION = /revision: (\d+),/;

let folder: string;
let ledger: LedgerHome;
let node: NodeProcess;
let postgres: TestPostgres;
const running = new Set<LockingProcess>();

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'interpool-versions-'));
  ledger = makeLedgerHome(path.join(folder, 'home'), 2, nativeCrypto);
  [node, postgres] = await Promise.all([startNodeProcess(ledger.home), startPostgres()]);
  setWebEnvironment({ home: ledger.home, databaseUrl: postgres.webUrl });
});
afterAll(async () => {
  for (const each of running) await each.end('SIGKILL');
  const { database } = await import('#lib/db.ts');
  await database().$disconnect();
  await node.stop();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The program as its next version would be: the same code with another revision of the read model. */
async function makeNextVersion(): Promise<string> {
  const next = path.join(folder, 'next');
  for (const name of COPIED) await cp(path.join(root, name), path.join(next, name), { recursive: true });
  await symlink(path.join(root, 'node_modules'), path.join(next, 'node_modules'));
  const tables = path.join(next, 'lib/projections/tables.ts');
  const text = await readFile(tables, 'utf8');
  const revision = Number(REVISION.exec(text)?.[1]);
  await writeFile(tables, text.replace(REVISION, `revision: ${revision + 1},`));
  return next;
}

function projector(program?: string): LockingProcess {
  const started = startProjector({ home: ledger.home, databaseUrl: postgres.projectorUrl, program });
  running.add(started);
  return started;
}

/** A transfer on the ledger; answers its height. */
async function transfer(): Promise<bigint> {
  const [from, to] = ledger.members;
  const submitted = await node.client.submit(ledger.transfer(from!, to!));
  if (!submitted.ok) throw new Error(`refused with ${submitted.code}`);
  return (await node.client.outcome(submitted.txId, 30_000))?.height ?? 0n;
}

async function query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
  const client = new pg.Client(postgres.url);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function schemas(): Promise<string[]> {
  const rows = await query<{ name: string }>(
    `SELECT nspname AS name FROM pg_namespace WHERE nspname LIKE 'readmodel%' ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

/** Highest block that a page of this version's portal shows. */
async function shown(): Promise<number> {
  const blocks = await runAs({ kind: 'public' }, () => getBlocks(1));
  return blocks.items[0]?.height ?? 0;
}

/** Asks until the next version's read model stands at `height`, and until then expects of each question that this portal goes on. */
async function untilNextAt(schema: string, height: bigint): Promise<void> {
  for (;;) {
    expect(await shown()).toBeGreaterThan(0);
    const rows = await query<{ height: string }>(`SELECT "height" FROM "${schema}"."checkpoint"`);
    if (BigInt(rows[0]?.height ?? -1) >= height) return;
  }
}

test('a portal goes on with its own read model while the next version’s is made beside it, killed, and made to the end [7.2.3-c] [8.3.1-d]', async () => {
  const own = projector();
  await own.said(READY);
  let height = 0n;
  for (let turn = 0; turn < 5; turn++) height = await transfer();
  await untilHeight(postgres.projectorUrl, height);
  expect(await schemas()).toEqual([readModelSchema]);

  const program = await makeNextVersion();
  const first = projector(program);
  await first.said(READY);
  await first.end('SIGKILL');
  const [nextSchema] = (await schemas()).filter((name) => name !== readModelSchema);
  expect(nextSchema).toMatch(/^readmodel_[0-9a-f]{8}$/);
  const second = projector(program);
  await untilNextAt(nextSchema!, height);
  // Neither kept the other waiting, and both go on with what the ledger decides next.
  height = await transfer();
  await untilHeight(postgres.projectorUrl, height);
  await untilNextAt(nextSchema!, height);
  expect(await shown()).toBeGreaterThanOrEqual(Number(height));
  expect((await getHealth()).status).toBe('ok');
  expect([own, second].map((each) => each.count(/standing by/))).toEqual([0, 0]);

  await expectSameRows(nextSchema!, height);
  await expectDropping(nextSchema!, second);
});

async function expectSameRows(nextSchema: string, height: bigint): Promise<void> {
  for (const table of ['transactions', 'events', 'token_entries', 'balances', 'accounts']) {
    const upTo = ['balances', 'accounts'].includes(table) ? '' : `WHERE "height" <= ${height}`;
    const rowsIn = (schema: string): Promise<object[]> =>
      query(`SELECT t::text FROM "${schema}"."${table}" t ${upTo} ORDER BY 1`);
    const rows = await rowsIn(readModelSchema);
    expect(rows.length).toBeGreaterThan(0);
    expect([table, await rowsIn(nextSchema)]).toEqual([table, rows]);
  }
}

/** What a projector writes is kept; what none writes is dropped, but never what this version itself reads. */
async function expectDropping(nextSchema: string, its: LockingProcess): Promise<void> {
  expect(await dropOldReadModels(postgres.url)).toEqual({ dropped: [], kept: [nextSchema] });
  await its.end('SIGTERM');
  let result = await dropOldReadModels(postgres.url);
  // PostgreSQL may need a moment to end the session of a process that has ended.
  while (result.kept.length > 0) result = await dropOldReadModels(postgres.url);
  expect(result.dropped).toEqual([nextSchema]);
  expect(await schemas()).toEqual([readModelSchema]);
  expect(await shown()).toBeGreaterThan(0);
}
