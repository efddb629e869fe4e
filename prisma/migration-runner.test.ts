import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrationsFolder, startCluster } from '#lib/testing/postgres.ts';
import { migrate, type MigrationOptions } from './migration-runner.ts';

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

describe('migrations', () => {
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
    expect(await attempt(web, 'SELECT * FROM readmodel.accounts')).toBe('done');
    for (const sql of [
      'DELETE FROM readmodel.accounts',
      'TRUNCATE readmodel.blocks',
      `UPDATE readmodel.balances SET "balanceMicro" = 1`,
      'CREATE TABLE readmodel.own (id integer)',
      'CREATE TABLE public.own (id integer)',
      'DROP TABLE operations.sessions',
    ]) {
      expect([sql, await attempt(web, sql)]).toEqual([sql, '42501']);
    }
    expect(await attempt(projector, 'DELETE FROM readmodel.accounts')).toBe('done');
    expect(await attempt(projector, 'SELECT * FROM identity.profiles')).toBe('42501');
    expect(await attempt(projector, 'SELECT * FROM operations.sessions')).toBe('42501');
  });
});
