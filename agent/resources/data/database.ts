import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

const MEMORY_LIMIT = '256MB';
const THREADS = '2';
const SPILL_LIMIT = '1GB';

/** No extension is ever fetched or loaded: what the agent can read is what this build of DuckDB contains. */
const COMMON_OPTIONS = {
  threads: THREADS,
  memory_limit: MEMORY_LIMIT,
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  allow_community_extensions: 'false',
  allow_unsigned_extensions: 'false',
};

/** Text as an SQL literal. Only for the agent's own paths and for names read from a source; what a customer sends is always bound. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A column's name as an SQL identifier. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Writable database in `path` (or in memory) that can read exactly one file beside it; its settings are locked. */
export async function openForImport(path: string, sourceFile: string): Promise<OpenDatabase> {
  const instance = await DuckDBInstance.create(path, COMMON_OPTIONS);
  return lock(instance, [`SET allowed_paths=[${sqlText(sourceFile)}]`]);
}

/** Read-only database that can write result files into `scratchFolder` and touch nothing else; its settings are locked. */
export async function openForQueries(path: string, scratchFolder: string): Promise<OpenDatabase> {
  const instance = await DuckDBInstance.create(path, { ...COMMON_OPTIONS, access_mode: 'READ_ONLY' });
  return lock(instance, [
    `SET temp_directory=${sqlText(`${scratchFolder}/spill`)}`,
    `SET max_temp_directory_size='${SPILL_LIMIT}'`,
    `SET allowed_directories=[${sqlText(`${scratchFolder}/`)}]`,
  ]);
}

export interface OpenDatabase {
  readonly instance: DuckDBInstance;
  readonly connection: DuckDBConnection;
}

async function lock(instance: DuckDBInstance, settings: readonly string[]): Promise<OpenDatabase> {
  const connection = await instance.connect();
  for (const setting of settings) await connection.run(setting);
  // Times with a zone are read and written in UTC, whatever zone the host is set to.
  await connection.run("SET GLOBAL TimeZone='UTC'");
  await connection.run('SET enable_external_access=false');
  await connection.run('SET lock_configuration=true');
  return { instance, connection };
}
