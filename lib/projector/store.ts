import 'server-only';
import { assert } from '#ledger/core/assert.ts';
import { inTransaction, type Database } from '#lib/database-session.ts';
import type { ColumnKind } from '#lib/projections/definition.ts';
import type { ColumnValue, RowChange, TableName } from '#lib/projections/row-change.ts';
import { definition, tables } from '#lib/projections/tables.ts';
import { HEIGHT_CHANNEL, placeOf } from '#lib/read-model.ts';
import { applyChange, emptyRowSet, missingKeys, pendingWrites, putLoaded, type AnyRow } from './rows.ts';

/** Where the read model stands. Its row changes in the same database transaction as the rows it speaks of. */
export interface Checkpoint {
  /** genesisHash, hex. */
  network: string;
  height: bigint;
  /** Hash of the block at `height`, hex; empty at height 0. */
  blockHash: string;
  timeMs: bigint;
}

const columnNames = (table: TableName): string[] => Object.keys(tables[table].columns);
const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');

/** Text that PostgreSQL cannot hold (U+0000, half a surrogate pair) becomes U+FFFD: a hostile string must not stop the projector. */
function storable(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return typeof value === 'string' ? value.replace(/\0|\p{Surrogate}/gu, '\uFFFD') : value;
}

function asJson(rows: readonly AnyRow[]): string {
  return JSON.stringify(rows, storable);
}

function fromDatabase(table: TableName, row: Record<string, unknown>): AnyRow {
  const columns = tables[table].columns as Readonly<Record<string, ColumnKind>>;
  return Object.fromEntries(
    Object.entries(columns).map(([name, kind]) => {
      const value = row[name];
      const isInteger = (kind === 'bigint' || kind === 'bigint?') && typeof value === 'string';
      return [name, isInteger ? BigInt(value) : (value as ColumnValue)];
    }),
  );
}

async function load(database: Database, table: TableName, keys: readonly AnyRow[]): Promise<AnyRow[]> {
  const place = placeOf(table);
  const columns = columnNames(table).map((name) => `t."${name}"`);
  const { rows } = await database.query<Record<string, unknown>>(
    `SELECT ${columns.join(', ')} FROM ${place} t JOIN json_populate_recordset(NULL::${place}, $1) k USING (${quoted(tables[table].key)})`,
    [asJson(keys)],
  );
  return rows.map((row) => fromDatabase(table, row));
}

async function write(database: Database, table: TableName, rows: readonly AnyRow[], isNew: boolean): Promise<void> {
  if (rows.length === 0) return;
  const place = placeOf(table);
  const names = columnNames(table);
  const changes = names.map((name) => `"${name}" = EXCLUDED."${name}"`).join(', ');
  const onConflict = isNew ? '' : ` ON CONFLICT (${quoted(tables[table].key)}) DO UPDATE SET ${changes}`;
  await database.query(
    `INSERT INTO ${place} (${quoted(names)}) SELECT ${quoted(names)} FROM json_populate_recordset(NULL::${place}, $1)${onConflict}`,
    [asJson(rows)],
  );
}

export async function readCheckpoint(database: Database): Promise<Checkpoint | undefined> {
  const { rows } = await database.query<{ network: string; height: string; blockHash: string; timeMs: string }>(
    `SELECT "network", "height", "blockHash", "timeMs" FROM ${placeOf('checkpoint')} WHERE "id" = 1`,
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  return { network: row.network, height: BigInt(row.height), blockHash: row.blockHash, timeMs: BigInt(row.timeMs) };
}

async function moveCheckpoint(database: Database, to: Checkpoint, from: Checkpoint | undefined): Promise<void> {
  const values = [to.network, to.height.toString(), to.blockHash, to.timeMs.toString()];
  const result =
    from === undefined
      ? await database.query(
          `INSERT INTO ${placeOf('checkpoint')} ("id", "network", "height", "blockHash", "timeMs") VALUES (1, $1, $2, $3, $4)`,
          values,
        )
      : await database.query(
          `UPDATE ${placeOf('checkpoint')} SET "network" = $1, "height" = $2, "blockHash" = $3, "timeMs" = $4
           WHERE "id" = 1 AND "height" = $5 AND "blockHash" = $6`,
          [...values, from.height.toString(), from.blockHash],
        );
  if (result.rowCount !== 1) throw new Error('the checkpoint was moved by another projector');
}

async function beginReplay(database: Database, untilHeight: bigint): Promise<void> {
  await database.query(`INSERT INTO ${placeOf('replay')} ("id", "untilHeight") VALUES (1, $1)`, [
    untilHeight.toString(),
  ]);
}

/** The height that the ledger had when this read model began: at or above it, the read model is of use. */
export async function readReplayUntil(database: Database): Promise<bigint> {
  const { rows } = await database.query<{ untilHeight: string }>(
    `SELECT "untilHeight" FROM ${placeOf('replay')} WHERE "id" = 1`,
  );
  assert(rows[0] !== undefined, 'a read model that has begun says until which height it is replayed');
  return BigInt(rows[0].untilHeight);
}

/** Applies changes and moves the checkpoint, all in one transaction or nothing; open pages hear of the new height when it commits. */
export async function commitChanges(
  database: Database,
  changes: readonly RowChange[],
  move: { from: Checkpoint | undefined; to: Checkpoint; replayUntil?: bigint },
): Promise<void> {
  await inTransaction(database, async () => {
    const set = emptyRowSet();
    for (const [table, keys] of missingKeys(changes, set)) {
      for (const row of await load(database, table, keys)) putLoaded(set, table, row);
    }
    for (const change of changes) applyChange(set, change);
    for (const { table, inserted, changed } of pendingWrites(set)) {
      await write(database, table, inserted, true);
      await write(database, table, changed, false);
    }
    await moveCheckpoint(database, move.to, move.from);
    if (move.replayUntil !== undefined) await beginReplay(database, move.replayUntil);
    const news = JSON.stringify({ height: Number(move.to.height), timeMs: Number(move.to.timeMs) });
    await database.query('SELECT pg_notify($1, $2)', [HEIGHT_CHANNEL, news]);
  });
}

/** Empties every table, checkpoint and replay too, in one transaction. */
export async function dropRows(database: Database): Promise<void> {
  const places = (Object.keys(definition.tables) as (keyof typeof definition.tables)[]).map(placeOf);
  await database.query(`TRUNCATE ${places.join(', ')}`);
}
