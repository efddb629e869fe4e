import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';

/** Thrown for everything an operator can put right; the message is one sentence. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

export interface MigrationOptions {
  /** Superuser's address; its database is created when missing. */
  databaseUrl: string;
  /** Addresses of interpool_web and interpool_projector: their passwords become the roles'. */
  webUrl: string;
  projectorUrl: string;
  /** Folder of NNNN_name/migration.sql. */
  folder: string;
}

interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

/** Any number will do, as long as every migrator uses the same: two at once apply one after the other. */
const MIGRATION_LOCK = 7_234_501;
const LOCK_TIMEOUT = '60s';
const NAME_PATTERN = /^\d{4}_[a-z0-9_]+$/;

async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory() && NAME_PATTERN.test(entry.name))
    .map((entry) => entry.name);
  return Promise.all(
    names.toSorted().map(async (name) => {
      const sql = await readFile(path.join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

async function createDatabaseIfMissing(databaseUrl: string): Promise<void> {
  const url = new URL(databaseUrl);
  const name = decodeURIComponent(url.pathname.slice(1));
  url.pathname = '/postgres';
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0)
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)} ENCODING 'UTF8' TEMPLATE template0`);
  } catch (error) {
    // Another migrator was quicker: what was wanted is there.
    if (!isPostgresError(error, ['42P04', '23505'])) throw error;
  } finally {
    await client.end();
  }
}

function isPostgresError(error: unknown, codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}

async function ensureRole(client: pg.Client, role: { name: string; url: string }): Promise<void> {
  const url = new URL(role.url);
  if (decodeURIComponent(url.username) !== role.name) {
    throw new MigrationError(`The address of ${role.name} names another user, ${decodeURIComponent(url.username)}.`);
  }
  const password = decodeURIComponent(url.password);
  if (password === '') throw new MigrationError(`The address of ${role.name} carries no password.`);
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role.name]);
  const verb = rowCount === 0 ? 'CREATE' : 'ALTER';
  const options = 'LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE';
  await client.query(`${verb} ROLE ${role.name} ${options} PASSWORD ${client.escapeLiteral(password)}`);
}

async function appliedMigrations(client: pg.Client): Promise<Map<string, string>> {
  await client.query(
    `CREATE TABLE IF NOT EXISTS public.migrations (name text PRIMARY KEY, checksum text NOT NULL, "appliedAt" timestamptz NOT NULL DEFAULT now())`,
  );
  const { rows } = await client.query<{ name: string; checksum: string }>(
    'SELECT name, checksum FROM public.migrations',
  );
  return new Map(rows.map((row) => [row.name, row.checksum]));
}

function refuseOtherHistory(applied: Map<string, string>, migrations: readonly Migration[]): void {
  const known = new Map(migrations.map((migration) => [migration.name, migration.checksum]));
  for (const [name, checksum] of applied) {
    if (!known.has(name)) {
      throw new MigrationError(
        `The database is ahead of this program: it holds migration ${name}, which this version does not know. Start the newer version, or restore an older backup.`,
      );
    }
    if (known.get(name) !== checksum) {
      throw new MigrationError(
        `Migration ${name} was changed after it had been applied. Restore its file; a change needs a new migration.`,
      );
    }
  }
}

async function applyOne(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(migration.sql);
    await client.query('INSERT INTO public.migrations (name, checksum) VALUES ($1, $2)', [
      migration.name,
      migration.checksum,
    ]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    const reason = error instanceof Error ? error.message : 'unknown reason';
    throw new MigrationError(
      `Migration ${migration.name} could not be applied, and nothing of it was kept: ${reason}.`,
    );
  }
}

/**
 * Brings a database to this program's version and answers the names that were applied. Each migration and its record are one
 * transaction; safe when run twice or by two processes at once.
 */
export async function migrate(options: MigrationOptions): Promise<string[]> {
  const migrations = await readMigrations(options.folder);
  await createDatabaseIfMissing(options.databaseUrl);
  const client = new pg.Client({ connectionString: options.databaseUrl });
  await client.connect();
  try {
    await client.query(`SET lock_timeout = '${LOCK_TIMEOUT}'`);
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const applied = await appliedMigrations(client);
    refuseOtherHistory(applied, migrations);
    await ensureRole(client, { name: 'interpool_web', url: options.webUrl });
    await ensureRole(client, { name: 'interpool_projector', url: options.projectorUrl });
    const pending = migrations.filter((migration) => !applied.has(migration.name));
    for (const migration of pending) await applyOne(client, migration);
    return pending.map((migration) => migration.name);
  } finally {
    await client.end();
  }
}
