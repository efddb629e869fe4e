import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { done, failed, reasonOf, type Outcome } from '#agent/outcome.ts';
import { openForImport, openForQueries, sqlText } from './database.ts';

const COLUMNS_MAX = 128;
const COLUMN_NAME_LENGTH_MAX = 64;
const TYPE_LENGTH_MAX = 128;
/** A younger file may be a reading that another process is at. */
const TIDY_AFTER_MS = 3_600_000;
const SOURCE_BYTES_MAX = 4 * 1024 * 1024 * 1024;

export type SourceFormat = 'csv' | 'parquet';

export interface SourceConfig {
  readonly id: string;
  readonly title: string;
  readonly format: SourceFormat;
  /** Absolute path of the file. */
  readonly path: string;
  /** DuckDB types of CSV columns that must not be guessed, e.g. {"zip_code": "VARCHAR"}. */
  readonly types: Readonly<Record<string, string>>;
  /** Publish the smallest and largest value of each column. Off by default: a range can tell what rows must not. */
  readonly publishRanges: boolean;
}

/** Position i in the source is column `c<i>` of the snapshot, so that no name of a source ever stands in a query. */
export interface SourceColumn {
  readonly name: string;
  readonly type: string;
}

/**
 * A source as it was when it was opened: an immutable snapshot, named by the checksum of the file it was read from. A customer gets
 * the data that was described, also when the file changes later; the probe compares file and description [I.2-7].
 */
export class DataSource {
  readonly config: SourceConfig;
  readonly checksum: string;
  readonly bytes: number;
  readonly columns: readonly SourceColumn[];
  readonly scratchFolder: string;
  readonly #instance: DuckDBInstance;

  constructor(parts: {
    config: SourceConfig;
    checksum: string;
    bytes: number;
    columns: readonly SourceColumn[];
    scratchFolder: string;
    instance: DuckDBInstance;
  }) {
    this.config = parts.config;
    this.checksum = parts.checksum;
    this.bytes = parts.bytes;
    this.columns = parts.columns;
    this.scratchFolder = parts.scratchFolder;
    this.#instance = parts.instance;
  }

  /** One connection per request; the caller closes it. */
  connect(): Promise<DuckDBConnection> {
    return this.#instance.connect();
  }

  close(): void {
    this.#instance.closeSync();
  }
}

/** SHA-256 and length of a file, read once from start to end. */
export async function fingerprint(path: string): Promise<{ checksum: string; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { checksum: hash.digest('hex'), bytes };
}

/** Reads the whole file into a snapshot (or finds the one made earlier) and opens it for queries. Every column is read: an unreadable one fails here. */
export async function openSource(config: SourceConfig, dataFolder: string): Promise<Outcome<DataSource>> {
  try {
    const about = await stat(config.path);
    if (!about.isFile()) return failed(`The source ${config.id} is not a file: ${config.path}.`);
    if (about.size === 0) return failed(`The source ${config.id} is empty: ${config.path}.`);
    if (about.size > SOURCE_BYTES_MAX) return failed(`The source ${config.id} is larger than 4 GiB.`);
    const { checksum, bytes } = await fingerprint(config.path);
    const snapshot = snapshotPath(config, checksum, dataFolder);
    if (!(await exists(snapshot))) {
      const imported = await importFile(config, snapshot);
      if (!imported.ok) return imported;
      const after = await fingerprint(config.path);
      if (after.checksum !== checksum) {
        await rm(snapshot, { force: true });
        return failed(`The source ${config.id} changed while it was being read; try again when it is at rest.`);
      }
    }
    return await openSnapshot(config, { checksum, bytes }, dataFolder);
  } catch (error) {
    return failed(`The source ${config.id} cannot be opened as ${config.format}: ${reasonOf(error)}`);
  }
}

/** Opens an earlier reading by the checksum it was published with; the file itself may have changed or gone since. */
export async function openSnapshot(
  config: SourceConfig,
  file: { readonly checksum: string; readonly bytes: number },
  dataFolder: string,
): Promise<Outcome<DataSource>> {
  const { checksum, bytes } = file;
  const snapshot = snapshotPath(config, checksum, dataFolder);
  if (!(await exists(snapshot))) return failed(`The source ${config.id} has no snapshot of what was published.`);
  try {
    const scratchFolder = join(dataFolder, 'scratch', `${config.id}-${checksum.slice(0, 16)}`);
    await mkdir(join(scratchFolder, 'spill'), { recursive: true, mode: 0o700 });
    const database = await openForQueries(snapshot, scratchFolder);
    const columns = await readColumns(database.connection);
    database.connection.closeSync();
    return done(new DataSource({ config, checksum, bytes, columns, scratchFolder, instance: database.instance }));
  } catch (error) {
    return failed(`The snapshot of ${config.id} cannot be opened: ${reasonOf(error)}`);
  }
}

/** Removes what no order and no listing can ask for: snapshots other than `kept`, and what a crash left unfinished an hour ago. */
export async function tidySnapshots(
  dataFolder: string,
  kept: readonly { readonly config: SourceConfig; readonly checksum: string }[],
): Promise<void> {
  const folder = join(dataFolder, 'snapshots');
  const keptPaths = new Set(kept.map(({ config, checksum }) => snapshotPath(config, checksum, dataFolder)));
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const about = await stat(path).catch(() => null);
    if (keptPaths.has(path) || about === null || Date.now() - about.mtimeMs < TIDY_AFTER_MS) continue;
    await rm(path, { force: true });
  }
}

/** The types are part of the name: another reading of the same bytes is another snapshot. */
function snapshotPath(config: SourceConfig, checksum: string, dataFolder: string): string {
  const reading = createHash('sha256')
    .update(JSON.stringify([config.format, config.types]))
    .digest('hex');
  return join(dataFolder, 'snapshots', `${config.id}-${checksum.slice(0, 32)}-${reading.slice(0, 8)}.duckdb`);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Reads into a temporary database first: a crash in the middle leaves no half snapshot under the final name. */
async function importFile(config: SourceConfig, snapshot: string): Promise<Outcome<null>> {
  const unfinished = `${snapshot}.${randomUUID()}.unfinished`;
  await mkdir(dirname(snapshot), { recursive: true, mode: 0o700 });
  const { instance, connection } = await openForImport(unfinished, config.path);
  try {
    const reader = readerOf(config);
    const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${reader}`);
    const columns = described.getRowObjectsJson().map((row) => ({
      name: String(row['column_name']),
      type: String(row['column_type']),
    }));
    const refused = refuseColumns(config.id, columns);
    if (refused !== null) {
      await rm(unfinished, { force: true });
      return failed(refused);
    }
    const aliases = columns.map((_, position) => `c${position}`).join(', ');
    await connection.run(`CREATE TABLE source AS SELECT * FROM ${reader} AS file(${aliases})`);
    await connection.run('CREATE TABLE columns (position INTEGER, name VARCHAR, type VARCHAR)');
    for (const [position, column] of columns.entries()) {
      await connection.run('INSERT INTO columns VALUES ($1, $2, $3)', [position, column.name, column.type]);
    }
    await connection.run('CHECKPOINT');
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  await rename(unfinished, snapshot);
  return done(null);
}

function readerOf(config: SourceConfig): string {
  const file = sqlText(config.path);
  if (config.format === 'parquet') return `read_parquet(${file})`;
  const types = Object.entries(config.types).map(([name, type]) => `${sqlText(name)}: ${sqlText(type)}`);
  const typed = types.length === 0 ? '' : `, types={${types.join(', ')}}`;
  // The whole file is sampled, so that a type found in the first rows cannot fail in the last.
  return `read_csv(${file}, header=true, sample_size=-1${typed})`;
}

function refuseColumns(id: string, columns: readonly SourceColumn[]): string | null {
  if (columns.length === 0) return `The source ${id} has no columns.`;
  if (columns.length > COLUMNS_MAX)
    return `The source ${id} has ${columns.length} columns; at most ${COLUMNS_MAX} can be shared.`;
  if (new Set(columns.map(({ name }) => name)).size !== columns.length)
    return `The source ${id} has two columns of one name.`;
  for (const { name, type } of columns) {
    if (type.length > TYPE_LENGTH_MAX)
      return `The source ${id} has a column whose type is too complex to publish: ${name}.`;
    if (name.length === 0 || name.length > COLUMN_NAME_LENGTH_MAX || /\p{C}/u.test(name)) {
      return `The source ${id} has a column whose name is empty, longer than ${COLUMN_NAME_LENGTH_MAX} characters or not plain text.`;
    }
  }
  return null;
}

async function readColumns(connection: DuckDBConnection): Promise<SourceColumn[]> {
  const rows = await connection.runAndReadAll('SELECT name, type FROM columns ORDER BY position');
  return rows.getRowObjectsJson().map((row) => ({ name: String(row['name']), type: String(row['type']) }));
}
