import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { VARCHAR, type DuckDBConnection, type DuckDBInstance } from '@duckdb/node-api';
import type { Dialect } from '#ledger/contracts/kinds/data.ts';
import { done, failed, reasonOf, type Outcome } from '#agent/outcome.ts';
import { openForQueries } from './database.ts';
import { importFile } from './import.ts';
import type { QueryColumn, SourceConfig } from './source-config.ts';

/** Rises when the same file and config are read in another way than before, so that no older snapshot stands in for a new one. */
const READING_VERSION = 2;
/** A younger file may be a reading that another process is at. */
const TIDY_AFTER_MS = 3_600_000;
const SOURCE_BYTES_MAX = 4 * 1024 * 1024 * 1024;

/**
 * A source as it was when it was opened: an immutable snapshot, named by the checksum of the file it was read from. A customer gets
 * the data that was described, also when the file changes later; the probe compares file and description [I.2-7].
 */
export class DataSource {
  readonly config: SourceConfig;
  readonly checksum: string;
  readonly bytes: number;
  readonly columns: readonly QueryColumn[];
  /** Null for a Parquet file. */
  readonly dialect: Dialect | null;
  readonly scratchFolder: string;
  readonly #instance: DuckDBInstance;

  constructor(parts: {
    config: SourceConfig;
    checksum: string;
    bytes: number;
    columns: readonly QueryColumn[];
    dialect: Dialect | null;
    scratchFolder: string;
    instance: DuckDBInstance;
  }) {
    this.config = parts.config;
    this.checksum = parts.checksum;
    this.bytes = parts.bytes;
    this.columns = parts.columns;
    this.dialect = parts.dialect;
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
    const dialect = await readDialect(database.connection);
    database.connection.closeSync();
    const { instance } = database;
    return done(new DataSource({ config, checksum, bytes, columns, dialect, scratchFolder, instance }));
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

/** What the config says of the reading is part of the name: another reading of the same bytes is another snapshot. */
function snapshotPath(config: SourceConfig, checksum: string, dataFolder: string): string {
  const reading = createHash('sha256')
    .update(JSON.stringify([READING_VERSION, config.format, config.types, config.dialect]))
    .digest('hex');
  return join(dataFolder, 'snapshots', `${config.id}-${checksum.slice(0, 32)}-${reading.slice(0, 8)}.duckdb`);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function readColumns(connection: DuckDBConnection): Promise<QueryColumn[]> {
  const rows = await connection.runAndReadAll('SELECT name, type, is_text_kept FROM columns ORDER BY position');
  const positions = rows.getRowObjectsJson().map((_, position) => `c${position}`);
  const trees = (await connection.runAndReadAll(`SELECT ${positions.join(', ')} FROM source LIMIT 0`)).columnTypes();
  return rows.getRowObjectsJson().map((row, position) => ({
    name: String(row['name']),
    type: String(row['type']),
    isTextKept: row['is_text_kept'] === true,
    tree: trees[position] ?? VARCHAR,
  }));
}

/** How a CSV file was read when the snapshot was made; null for a Parquet file. */
async function readDialect(connection: DuckDBConnection): Promise<Dialect | null> {
  const rows = await connection.runAndReadAll('SELECT dialect FROM reading');
  const text = rows.getRows()[0]?.[0];
  return typeof text === 'string' ? (JSON.parse(text) as Dialect) : null;
}
