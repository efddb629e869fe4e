import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { connectionFault, databaseOptions } from '#lib/database-address.ts';

/** Thrown for everything an operator can put right; the message is one sentence. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

export interface MigrationOptions {
  /** Address of a superuser, whose database is created when missing, or of the owner of one that is there, with the three roles. */
  databaseUrl: string;
  /** Addresses of interpool_web, interpool_projector and interpool_monitor: their passwords become the roles'. */
  webUrl: string;
  projectorUrl: string;
  monitorUrl: string;
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
const MAJOR_MIN = 15;
const NOT_ALLOWED = '42501';
const NO_SUCH_DATABASE = '3D000';
/** Two who change one role at once: roles belong to the server, the lock to the database. */
const ROLE_COLLISIONS = ['42710', '23505', 'XX000'];
const ROLE_ATTEMPTS = 10;
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

/** A connection, or one sentence that says why there is none; a database that is not there is PostgreSQL's own error. */
export async function connect(address: string): Promise<pg.Client> {
  const client = new pg.Client(databaseOptions(address));
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    if (isPostgresError(error, [NO_SUCH_DATABASE])) throw error;
    throw new MigrationError(connectionFault(error, address) ?? `The database cannot be opened: ${reasonOf(error)}.`);
  }
}

async function createDatabase(databaseUrl: string): Promise<void> {
  const url = new URL(databaseUrl);
  const name = decodeURIComponent(url.pathname.slice(1));
  url.pathname = '/postgres';
  const client = await connect(url.href);
  try {
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)} ENCODING 'UTF8' TEMPLATE template0`);
  } catch (error) {
    if (isPostgresError(error, [NOT_ALLOWED])) {
      throw new MigrationError(`There is no database ${name}, and ${url.username} may not create it: create it first.`);
    }
    // Another migrator was quicker: what was wanted is there.
    if (!isPostgresError(error, ['42P04', '23505'])) throw error;
  } finally {
    await client.end();
  }
}

async function connectOrCreate(databaseUrl: string): Promise<pg.Client> {
  try {
    return await connect(databaseUrl);
  } catch (error) {
    if (!isPostgresError(error, [NO_SUCH_DATABASE])) throw error;
    await createDatabase(databaseUrl);
    return connect(databaseUrl);
  }
}

/** What a server must be; the sentence says what it is instead, and is undefined when nothing is wrong. */
export function unsuitable(server: { versionNumber: number; encoding: string }): string | undefined {
  const { versionNumber, encoding } = server;
  const major = Math.floor(versionNumber / 10_000);
  if (major < MAJOR_MIN) return `The server is PostgreSQL ${major}: version ${MAJOR_MIN} or newer is needed.`;
  if (encoding !== 'UTF8') {
    return `The database holds text as ${encoding}: create it with ENCODING 'UTF8' TEMPLATE template0, because people write in every script.`;
  }
  return undefined;
}

async function refuseUnsuitable(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ versionNumber: number; encoding: string }>(
    `SELECT current_setting('server_version_num')::int AS "versionNumber", current_setting('server_encoding') AS "encoding"`,
  );
  const sentence = rows[0] && unsuitable(rows[0]);
  if (sentence !== undefined) throw new MigrationError(sentence);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown reason';
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
  for (let attempt = 1; ; attempt++) {
    const { rows } = await client.query<{ isThere: boolean; isSuperuser: boolean }>(
      `SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = $1) AS "isThere",
        (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS "isSuperuser"`,
      [role.name],
    );
    const verb = rows[0]?.isThere === true ? 'ALTER' : 'CREATE';
    // Only a superuser may say what a role is not; a new role is none of these by itself.
    const options = rows[0]?.isSuperuser === true ? 'LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE' : 'LOGIN';
    try {
      await client.query(`${verb} ROLE ${role.name} ${options} PASSWORD ${client.escapeLiteral(password)}`);
      return;
    } catch (error) {
      if (isPostgresError(error, [NOT_ALLOWED])) return useStanding(role, verb === 'ALTER');
      if (attempt === ROLE_ATTEMPTS || !isPostgresError(error, ROLE_COLLISIONS)) throw error;
    }
  }
}

/** Who may not make roles works with those that an operator has made: they must be there, and let their address in. */
async function useStanding(role: { name: string; url: string }, isThere: boolean): Promise<void> {
  if (!isThere) {
    throw new MigrationError(`There is no role ${role.name}, and this address may not create it: create it first.`);
  }
  await (await connect(role.url)).end();
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
    await client.query('ROLLBACK').catch(() => undefined);
    throw new MigrationError(
      `Migration ${migration.name} could not be applied, and nothing of it was kept: ${reasonOf(error)}.`,
    );
  }
}

async function lock(client: pg.Client): Promise<void> {
  try {
    await client.query(`SET lock_timeout = '${LOCK_TIMEOUT}'`);
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
  } catch (error) {
    if (!isPostgresError(error, ['55P03'])) throw error;
    throw new MigrationError(
      `Another process has been preparing this database for ${LOCK_TIMEOUT}: wait until it is done, then start again.`,
    );
  }
}

/**
 * Brings a database to this program's version and answers the names that were applied. Each migration and its record are one
 * transaction; safe when run twice or by two processes at once.
 */
export async function migrate(options: MigrationOptions): Promise<string[]> {
  const migrations = await readMigrations(options.folder);
  const client = await connectOrCreate(options.databaseUrl);
  // A connection that breaks fails the statement that runs; without a listener it would end the process with a stack.
  client.on('error', () => undefined);
  try {
    await refuseUnsuitable(client);
    await lock(client);
    const applied = await appliedMigrations(client);
    refuseOtherHistory(applied, migrations);
    await ensureRole(client, { name: 'interpool_web', url: options.webUrl });
    await ensureRole(client, { name: 'interpool_projector', url: options.projectorUrl });
    await ensureRole(client, { name: 'interpool_monitor', url: options.monitorUrl });
    const pending = migrations.filter((migration) => !applied.has(migration.name));
    for (const migration of pending) await applyOne(client, migration);
    return pending.map((migration) => migration.name);
  } finally {
    await client.end();
  }
}
