import type { Database } from '#lib/database-session.ts';
import pg from 'pg';
import type { TableName } from '#lib/projections/row-change.ts';
import { tables } from '#lib/projections/tables.ts';
import { readCheckpoint, type Checkpoint } from '#lib/projector/store.ts';
import { HEIGHT_CHANNEL, placeOf } from '#lib/read-model.ts';

/** Every row of the read model as text, in order, all of one moment. */
export async function dumpReadModel(database: Database): Promise<string> {
  const parts: string[] = [];
  await database.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  for (const table of [...(Object.keys(tables) as TableName[]), 'checkpoint' as const]) {
    const { rows } = await database.query<{ row: string }>(`SELECT t::text AS row FROM ${placeOf(table)} t ORDER BY 1`);
    parts.push(`${table}\n${rows.map(({ row }) => row).join('\n')}`);
  }
  await database.query('COMMIT');
  return parts.join('\n\n');
}

/** A projector that has only just been started may not have made the tables yet. */
async function checkpointIfAny(database: Database): Promise<Checkpoint | undefined> {
  const { rows } = await database.query<{ isThere: boolean }>('SELECT to_regclass($1) IS NOT NULL AS "isThere"', [
    placeOf('checkpoint'),
  ]);
  return rows[0]?.isThere === true ? readCheckpoint(database) : undefined;
}

/** Resolves once the read model stands at `height` or above; woken by the projector's own word. */
export async function untilHeight(address: string, height: bigint): Promise<bigint> {
  const client = new pg.Client(address);
  await client.connect();
  try {
    let wake = (): void => undefined;
    client.on('notification', () => wake());
    await client.query(`LISTEN ${HEIGHT_CHANNEL}`);
    for (;;) {
      const told = new Promise<void>((resolve) => (wake = resolve));
      const standing = (await checkpointIfAny(client))?.height ?? -1n;
      if (standing >= height) return standing;
      await told;
    }
  } finally {
    await client.end();
  }
}
