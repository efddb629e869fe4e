import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureReadModel } from '#lib/projector/creation.ts';
import { lockOf, placeOf, readModelSchema } from '#lib/read-model.ts';
import { migrationsFolder, startCluster } from '#lib/testing/postgres.ts';
import { migrate, unsuitable, type MigrationOptions } from './migration-runner.ts';
import { dropOldReadModels } from './old-read-models.ts';

let cluster: Awaited<ReturnType<typeof startCluster>>;
let scratch: string;

beforeAll(async () => {
  cluster = await startCluster();
  scratch = await mkdtemp(path.join(tmpdir(), 'interpool-migrations-'));
});
afterAll(async () => {
  await cluster.stop();
  await rm(scratch, { recursive: true, force: true });
});

function options(database: string, folder = migrationsFolder): MigrationOptions {
  return {
    databaseUrl: cluster.urlFor('postgres', database),
    webUrl: cluster.urlFor('interpool_web', database),
    projectorUrl: cluster.urlFor('interpool_projector', database),
    monitorUrl: cluster.urlFor('interpool_monitor', database),
    folder,
  };
}

async function attempt(url: string, sql: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
    return 'done';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  } finally {
    await client.end();
  }
}

async function folderWith(name: string, sql: string): Promise<string> {
  const folder = await mkdtemp(path.join(scratch, 'm-'));
  await cp(migrationsFolder, folder, { recursive: true });
  await mkdir(path.join(folder, name), { recursive: true });
  await writeFile(path.join(folder, name, 'migration.sql'), sql);
  return folder;
}

async function makeReadModel(projectorUrl: string): Promise<void> {
  const client = new pg.Client(projectorUrl);
  await client.connect();
  await ensureReadModel(client);
  await client.end();
}

const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs the command that a start runs, in a process of its own; answers its only line. */
async function runCommand(
  database: string,
  changes: Record<string, string> = {},
  flags: string[] = [],
): Promise<string> {
  const { databaseUrl, webUrl, projectorUrl, monitorUrl } = options(database);
  const roles = { DATABASE_URL_WEB: webUrl, DATABASE_URL_PROJECTOR: projectorUrl, DATABASE_URL_MONITOR: monitorUrl };
  const urls = { DATABASE_URL: databaseUrl, ...roles };
  const env = { ...process.env, ...urls, ...changes };
  const args = ['--conditions=react-server', 'prisma/migrate.ts', ...flags];
  try {
    return (await promisify(execFile)(process.execPath, args, { cwd: root, env })).stdout.trim();
  } catch (error) {
    const { code, stderr } = error as { code: number; stderr: string };
    return `exit ${code}: ${stderr.trim()}`;
  }
}

async function asSuperuser(sql: string, database = 'postgres'): Promise<void> {
  expect([sql, await attempt(cluster.urlFor('postgres', database), sql)]).toEqual([sql, 'done']);
}

describe('migrations', () => {
  test('four processes that start at once on no database at all apply every migration once [7.2.3-c]', async () => {
    const said = await Promise.all([1, 2, 3, 4].map(() => runCommand('four')));
    const applied = said.filter((line) => line.startsWith('Applied'));
    expect(applied).toEqual([`Applied ${(await readdir(migrationsFolder)).toSorted().join(', ')}.`]);
    expect(said.filter((line) => line === 'The database is up to date.')).toHaveLength(3);
  });

  test('a migration that fails tells each of four that start at once by a sentence, and leaves nothing', async () => {
    const broken = await folderWith('9997_broken', 'CREATE TABLE operations.broken (id integer); SELECT 1/0;');
    const results = await Promise.allSettled([1, 2, 3, 4].map(() => migrate(options('broken', broken))));
    for (const result of results) {
      expect(result.status === 'rejected' ? String(result.reason) : 'applied').toMatch(
        /^MigrationError: Migration 9997_broken could not be applied, and nothing of it was kept: division by zero\.$/,
      );
    }
    expect(await migrate(options('broken'))).toEqual([]);
  });

  test('a role that may create roles and databases is enough, and so is an owner of what an operator prepared', async () => {
    await asSuperuser(`CREATE ROLE maker LOGIN CREATEDB CREATEROLE PASSWORD 'test'`);
    await asSuperuser(`CREATE ROLE owner LOGIN PASSWORD 'test'`);
    for (const role of ['interpool_web', 'interpool_projector', 'interpool_monitor'])
      await asSuperuser(
        `DO $$ BEGIN CREATE ROLE ${role} LOGIN PASSWORD 'test'; EXCEPTION WHEN duplicate_object THEN END $$`,
      );
    const fresh = { ...options('made'), databaseUrl: cluster.urlFor('maker', 'made') };
    expect(await migrate(fresh)).not.toEqual([]);
    expect(await migrate(fresh)).toEqual([]);
    const owned = { ...options('owned'), databaseUrl: cluster.urlFor('owner', 'owned') };
    await expect(migrate(owned)).rejects.toThrow(/no database owned, and owner may not create it: create it first/);
    await asSuperuser(`CREATE DATABASE owned OWNER owner ENCODING 'UTF8' TEMPLATE template0`);
    expect(await migrate(owned)).not.toEqual([]);
    for (const { databaseUrl, webUrl, projectorUrl } of [fresh, owned]) {
      await makeReadModel(projectorUrl);
      expect(await attempt(webUrl, `SELECT * FROM ${placeOf('accounts')}`)).toBe('done');
      // The tables are the projector's, and their schema is whose rights made it.
      const other = `SELECT public.create_read_model('readmodel_00000001'); CREATE TABLE readmodel_00000001.own (id integer)`;
      expect(await attempt(projectorUrl, other)).toBe('done');
      expect(await dropOldReadModels(databaseUrl)).toEqual({ dropped: ['readmodel_00000001'], kept: [] });
    }
    const webUrl = owned.webUrl.replace(':test@', ':other@');
    await expect(migrate({ ...owned, webUrl })).rejects.toThrow(/refuses the password of interpool_web/);
  });

  test('an old server, a database that is not UTF-8 and a wrong address are refused with one sentence and exit code 1', async () => {
    expect(unsuitable({ versionNumber: 140_012, encoding: 'UTF8' })).toMatch(/PostgreSQL 14: version 15 or newer/);
    for (const versionNumber of [150_000, 180_004])
      expect(unsuitable({ versionNumber, encoding: 'UTF8' })).toBeUndefined();
    await asSuperuser(`CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0`);
    expect(await runCommand('latin')).toMatch(/^exit 1: The database holds text as LATIN1: .*\.$/);
    const nowhere = options('x').databaseUrl.replace(String(cluster.port), '1');
    expect(await runCommand('x', { DATABASE_URL: nowhere })).toMatch(
      /^exit 1: PostgreSQL at .* nothing listens there\.$/,
    );
  });

  test('applied by two processes at once and then again, every migration runs exactly once', async () => {
    const [first, second] = await Promise.all([migrate(options('twice')), migrate(options('twice'))]);
    expect([...first, ...second].toSorted()).toEqual((await readdir(migrationsFolder)).toSorted());
    expect(await migrate(options('twice'))).toEqual([]);
  });

  test('a database that is a version ahead, or a migration that was changed, is refused with a sentence', async () => {
    const ahead = await folderWith('9999_later', 'CREATE TABLE operations.later (id integer);');
    await migrate(options('ahead', ahead));
    await expect(migrate(options('ahead'))).rejects.toThrow(/ahead of this program: it holds migration 9999_later/);
    const changed = await folderWith('0001_schemas', '-- other');
    await expect(migrate(options('ahead', changed))).rejects.toThrow(/ahead|was changed after/);
  });

  test('a migration that fails half way leaves nothing of itself', async () => {
    await migrate(options('half'));
    const broken = await folderWith('9998_broken', 'CREATE TABLE operations.broken (id integer); SELECT 1/0;');
    await expect(migrate(options('half', broken))).rejects.toThrow(/9998_broken could not be applied/);
    expect(await attempt(cluster.urlFor('postgres', 'half'), 'SELECT * FROM operations.broken')).toBe('42P01');
    expect(await migrate(options('half'))).toEqual([]);
  });

  test('the web role only selects the read model, the projector role reaches nothing else [7.2.5-a]', async () => {
    await migrate(options('grants'));
    const web = cluster.urlFor('interpool_web', 'grants');
    const projector = cluster.urlFor('interpool_projector', 'grants');
    await makeReadModel(projector);
    expect(await attempt(web, `SELECT * FROM ${placeOf('accounts')}`)).toBe('done');
    for (const sql of [
      `DELETE FROM ${placeOf('accounts')}`,
      `TRUNCATE ${placeOf('blocks')}`,
      `UPDATE ${placeOf('balances')} SET "balanceMicro" = 1`,
      `DROP TABLE ${placeOf('accounts')}`,
      `CREATE TABLE ${readModelSchema}.own (id integer)`,
      `SELECT public.create_read_model('readmodel_00000000')`,
      'CREATE TABLE public.own (id integer)',
      'DROP TABLE operations.sessions',
    ]) {
      expect([sql, await attempt(web, sql)]).toEqual([sql, '42501']);
    }
    expect(await attempt(projector, `DELETE FROM ${placeOf('accounts')}`)).toBe('done');
    for (const sql of [
      'SELECT * FROM identity.profiles',
      'SELECT * FROM operations.sessions',
      'SELECT * FROM public.migrations',
      'CREATE TABLE public.own (id integer)',
      'CREATE SCHEMA own',
      `DROP SCHEMA ${readModelSchema} CASCADE`,
    ]) {
      expect([sql, await attempt(projector, sql)]).toEqual([sql, '42501']);
    }
    for (const name of [`'operations'`, `'readmodel_0000000'`, `'readmodel_00000000; DROP SCHEMA operations'`, 'NULL'])
      expect([name, await attempt(projector, `SELECT public.create_read_model(${name})`)]).toEqual([name, 'P0001']);
  });

  test('the command drops the read models of other versions when it is told to, and by itself none [8.3.1-d]', async () => {
    const { projectorUrl } = options('versions');
    expect(await runCommand('versions')).toMatch(/^Applied /);
    await makeReadModel(projectorUrl);
    for (const name of ['readmodel_00000001', 'readmodel_fffffffe'])
      expect(await attempt(projectorUrl, `SELECT public.create_read_model('${name}')`)).toBe('done');
    expect(await runCommand('versions')).toBe('The database is up to date.');
    const writer = new pg.Client(projectorUrl);
    await writer.connect();
    await writer.query('SELECT pg_advisory_lock($1, $2)', [...lockOf('readmodel_fffffffe')]);
    expect(await runCommand('versions', {}, ['--drop-old'])).toBe(
      'Dropped readmodel_00000001. Kept readmodel_fffffffe: a projector still writes it.',
    );
    await writer.query('SELECT pg_advisory_unlock_all()');
    await writer.end();
    expect(await runCommand('versions', {}, ['--drop-old'])).toBe('Dropped readmodel_fffffffe.');
    expect(await runCommand('versions', {}, ['--drop-old'])).toBe('There is no old read model to drop.');
    expect(await attempt(projectorUrl, `SELECT * FROM ${placeOf('accounts')}`)).toBe('done');
    expect(await runCommand('versions', {}, ['--drop-all'])).toMatch(/^exit 1: .* one option, --drop-old/);
  });
});
