import type pg from 'pg';
import { lockOf, readModelSchema, SCHEMA_PATTERN } from '#lib/read-model.ts';
import { connect, MigrationError } from './migration-runner.ts';

/** A page that is being made holds the tables for a moment; who holds them longer is a program that should have been stopped. */
const LOCK_TIMEOUT = '60s';
const LOCK_NOT_AVAILABLE = '55P03';

export interface OldReadModels {
  dropped: string[];
  /** Still written by a projector of their version, so that its portals still show them. */
  kept: string[];
}

async function dropOne(client: pg.Client, schema: string): Promise<boolean> {
  const key = [...lockOf(schema)];
  const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1, $2) AS locked', key);
  if (rows[0]?.locked !== true) return false;
  try {
    await client.query(`DROP SCHEMA ${client.escapeIdentifier(schema)} CASCADE`);
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === LOCK_NOT_AVAILABLE)) throw error;
    throw new MigrationError(`${schema} has been read for ${LOCK_TIMEOUT} without a pause: stop what reads it first.`);
  } finally {
    await client.query('SELECT pg_advisory_unlock($1, $2)', key);
  }
}

/** Drops the read models of other versions but those that a projector writes. The ledger makes any of them again. */
export async function dropOldReadModels(databaseUrl: string): Promise<OldReadModels> {
  const client = await connect(databaseUrl);
  client.on('error', () => undefined);
  try {
    await client.query(`SET lock_timeout = '${LOCK_TIMEOUT}'`);
    const { rows } = await client.query<{ name: string }>(
      'SELECT nspname AS name FROM pg_namespace WHERE nspname ~ $1 AND nspname <> $2 ORDER BY 1',
      [SCHEMA_PATTERN, readModelSchema],
    );
    const result: OldReadModels = { dropped: [], kept: [] };
    for (const { name } of rows) ((await dropOne(client, name)) ? result.dropped : result.kept).push(name);
    return result;
  } finally {
    await client.end();
  }
}
