import 'server-only';
import { createTables } from '#lib/projections/sql.ts';
import { definition } from '#lib/projections/tables.ts';
import { placeOf, readModelSchema } from '#lib/read-model.ts';
import { inTransaction, type Database } from '#lib/database-session.ts';

const NO_SUCH_FUNCTION = '42883';
const NO_SUCH_SCHEMA = '3F000';

function isUnprepared(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && (error.code === NO_SUCH_FUNCTION || error.code === NO_SUCH_SCHEMA)
  );
}

async function isThere(database: Database): Promise<boolean> {
  // The tables come in one transaction, so one of them stands for all.
  const { rows } = await database.query<{ isThere: boolean }>('SELECT to_regclass($1) IS NOT NULL AS "isThere"', [
    placeOf('checkpoint'),
  ]);
  return rows[0]?.isThere === true;
}

/** Makes this version's read model, empty, when the database has none: schema, tables, indexes and grants in one transaction. */
export async function ensureReadModel(database: Database): Promise<void> {
  if (await isThere(database)) return;
  try {
    await inTransaction(database, async () => {
      await database.query('SELECT public.create_read_model($1)', [readModelSchema]);
      await database.query(createTables(definition, readModelSchema));
    });
  } catch (error) {
    throw isUnprepared(error) ? new Error('the database is not prepared: the migrations have to run first') : error;
  }
}
