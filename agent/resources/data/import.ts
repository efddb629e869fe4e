import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Dialect } from '#ledger/contracts/kinds/data.ts';
import { done, failed, type Outcome } from '#agent/outcome.ts';
import { scanCsv, type Scan } from './csv-scan.ts';
import { openForImport, sqlText } from './database.ts';
import { checkEncoding, dialectOf, fieldsOf } from './dialect.ts';
import type { SourceColumn, SourceConfig } from './source-config.ts';
import { readingsOf, statedReading, TEXT, type Reading } from './typing.ts';

const COLUMNS_MAX = 128;
const COLUMN_NAME_LENGTH_MAX = 64;
const TYPE_LENGTH_MAX = 128;
/** Rows that suggest a type, which all rows have to bear out. */
const SAMPLE_ROWS = 10_000;
const READ_CHUNK_BYTES = 1024 * 1024;
const HINT = 'Correct the file, or say in the config how it is to be read ("dialect").';

/** A relation of the file's rows, its columns named c0, c1, … and t0, t1, … where a CSV file's text says more than the value. */
interface Relation {
  readonly sql: string;
  readonly columns: readonly SourceColumn[];
  readonly rows: number;
  readonly dialect: Dialect | null;
}

/** Reads into a temporary database first: a crash in the middle leaves no half snapshot under the final name. */
export async function importFile(config: SourceConfig, snapshot: string): Promise<Outcome<null>> {
  const unfinished = `${snapshot}.${randomUUID()}.unfinished`;
  const text = `${unfinished}.csv`;
  await mkdir(dirname(snapshot), { recursive: true, mode: 0o700 });
  try {
    const imported = await importInto(unfinished, config, text);
    if (!imported.ok) return failed(`The source ${config.id} cannot be read. ${imported.sentence}`);
    await rename(unfinished, snapshot);
    return imported;
  } finally {
    for (const path of [unfinished, `${unfinished}.wal`, text]) await rm(path, { force: true });
  }
}

async function importInto(unfinished: string, config: SourceConfig, text: string): Promise<Outcome<null>> {
  const utf8 = config.format === 'csv' ? await asUtf8(config, text) : done(config.path);
  if (!utf8.ok) return utf8;
  const { instance, connection } = await openForImport(unfinished, utf8.value);
  try {
    const relation =
      config.format === 'csv'
        ? await csvRelation(connection, config, utf8.value)
        : await parquetRelation(connection, utf8.value);
    if (!relation.ok) return relation;
    return await store(connection, relation.value);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** The file itself where it is UTF-8, else what it says as UTF-8 in `text`. */
async function asUtf8(config: SourceConfig, text: string): Promise<Outcome<string>> {
  const encoding = config.dialect.encoding ?? 'utf-8';
  const checked = await checkEncoding(config.path, encoding);
  if (!checked.ok) return checked;
  if (encoding === 'utf-8') return done(config.path);
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    await pipeline(
      createReadStream(config.path),
      async function* decoded(chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }), 'utf8');
        yield Buffer.from(decoder.decode(), 'utf8');
      },
      createWriteStream(text, { mode: 0o600 }),
    );
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return failed(`It is not in the encoding ${encoding} that the config says.`);
  }
  return done(text);
}

async function csvRelation(
  connection: DuckDBConnection,
  config: SourceConfig,
  path: string,
): Promise<Outcome<Relation>> {
  const dialect = await dialectOf(path, config.dialect);
  const scanned = await scanCsv(createReadStream(path, { highWaterMark: READ_CHUNK_BYTES }), dialect);
  if (!scanned.ok) return failed(`${scanned.sentence} ${HINT}`);
  const names = namesOf(scanned.value, dialect);
  const refused = refuseNames(names);
  if (refused !== null) return failed(refused);
  const unknown = Object.keys(config.types).find((name) => !names.includes(name));
  if (unknown !== undefined)
    return failed(`The config states a type for the column ${shown(unknown)}, and the file has none of that name.`);
  const file = csvReader(path, dialect, names.length);
  const readings = await readingsOfColumns(connection, file, { names, types: config.types, dialect });
  if (!readings.ok) return readings;
  const columns = readings.value.map(({ reading, isTextKept }, position) => ({
    name: names[position] ?? '',
    type: reading.type,
    isTextKept,
  }));
  const parts = readings.value.flatMap(({ reading, isTextKept }, position) => [
    `${reading.value(`c${position}`)} AS c${position}`,
    ...(isTextKept ? [`c${position} AS t${position}`] : []),
  ]);
  const rows = scanned.value.records - (dialect.header ? 1 : 0);
  return done({ sql: `SELECT ${parts.join(', ')} FROM ${file}`, columns, rows, dialect });
}

function namesOf({ first, columns }: Scan, dialect: Dialect): string[] {
  if (!dialect.header) return Array.from({ length: columns }, (_, position) => `column_${position + 1}`);
  return fieldsOf(first, dialect);
}

/** Every field as its text; nothing is detected by the engine. A quoted empty field is an empty text, one without quotes is absent. */
function csvReader(path: string, dialect: Dialect, width: number): string {
  const columns = Array.from({ length: width }, (_, position) => `'c${position}': 'VARCHAR'`);
  const options = [
    'auto_detect=false',
    // A character that no text holds stands for “no delimiter”: the scan has counted one field a line.
    `delim=${sqlText(dialect.delimiter === '' ? '\u001f' : dialect.delimiter)}`,
    `quote=${sqlText(dialect.quote)}`,
    `escape=${sqlText(dialect.escape)}`,
    `header=${dialect.header}`,
    `skip=${dialect.skip}`,
    `nullstr=[${['', ...dialect.nulls].map(sqlText).join(', ')}]`,
    'allow_quoted_nulls=false',
    'null_padding=false',
    'ignore_errors=false',
    'strict_mode=true',
    'hive_partitioning=false',
    `columns={${columns.join(', ')}}`,
  ];
  return `read_csv(${sqlText(path)}, ${options.join(', ')})`;
}

interface ColumnReading {
  readonly reading: Reading;
  /** Whether the value, written out again, is other text than the file's. */
  readonly isTextKept: boolean;
}

async function readingsOfColumns(
  connection: DuckDBConnection,
  file: string,
  of: { names: readonly string[]; types: SourceConfig['types']; dialect: Dialect },
): Promise<Outcome<readonly ColumnReading[]>> {
  const stated = of.names.map((name) =>
    Object.hasOwn(of.types, name) ? statedReading(of.types[name] ?? '', of.dialect) : null,
  );
  const open = stated.flatMap((reading, position) => (reading === null ? [position] : []));
  const sampled = await fitting(connection, `(SELECT * FROM ${file} LIMIT ${SAMPLE_ROWS})`, open, of.dialect);
  const suggested = stated.map((reading, position) => reading ?? sampled.get(position) ?? TEXT);
  const checked = await checkReadings(connection, file, suggested);
  const broken = checked.flatMap(({ fits }, position) => (fits ? [] : [position]));
  const refused = broken.find((position) => stated[position] !== null);
  if (refused !== undefined)
    return failed(await misfit(connection, file, { ...of, position: refused, reading: suggested[refused] ?? TEXT }));
  if (broken.length === 0) return done(checked);
  const found = await fitting(connection, file, broken, of.dialect);
  return done(
    await checkReadings(
      connection,
      file,
      suggested.map((reading, position) => found.get(position) ?? reading),
    ),
  );
}

/** For each of these columns the first type that fits all its values; none where it has no values. */
async function fitting(
  connection: DuckDBConnection,
  relation: string,
  positions: readonly number[],
  dialect: Dialect,
): Promise<ReadonlyMap<number, Reading>> {
  if (positions.length === 0) return new Map();
  const readings = readingsOf(dialect);
  const tests = positions.flatMap((position) =>
    readings.map(({ fits }) => `bool_and(${fits(`c${position}`)}) FILTER (c${position} IS NOT NULL)`),
  );
  const result = await connection.runAndReadAll(`SELECT ${tests.join(', ')} FROM ${relation}`);
  const row = result.getRows()[0] ?? [];
  return new Map(
    positions.map((position, at) => {
      const answers = row.slice(at * readings.length, (at + 1) * readings.length);
      return [position, readings[answers.indexOf(true)] ?? TEXT];
    }),
  );
}

async function checkReadings(
  connection: DuckDBConnection,
  file: string,
  readings: readonly Reading[],
): Promise<(ColumnReading & { readonly fits: boolean })[]> {
  const tests = readings.flatMap((reading, position) => {
    const column = `c${position}`;
    const fits = `(${reading.fits(column)})`;
    const written = `CAST(CASE WHEN ${fits} THEN ${reading.value(column)} END AS VARCHAR)`;
    return [
      `coalesce(bool_and(${fits}) FILTER (${column} IS NOT NULL), true)`,
      `coalesce(bool_or(${written} IS DISTINCT FROM ${column}), false)`,
    ];
  });
  const result = await connection.runAndReadAll(`SELECT ${tests.join(', ')} FROM ${file}`);
  const row = result.getRows()[0] ?? [];
  return readings.map((reading, position) => ({
    reading,
    fits: row[position * 2] === true,
    isTextKept: row[position * 2 + 1] === true,
  }));
}

/** The first value that a stated type does not hold. */
async function misfit(
  connection: DuckDBConnection,
  file: string,
  { names, position, reading }: { names: readonly string[]; position: number; reading: Reading },
): Promise<string> {
  const column = `c${position}`;
  const result = await connection.runAndReadAll(
    `SELECT row, ${column} FROM (SELECT row_number() OVER () AS row, ${column} FROM ${file}) WHERE ${column} IS NOT NULL AND NOT (${reading.fits(column)}) LIMIT 1`,
  );
  const [row, value] = result.getRows()[0] ?? [];
  return `Row ${String(row)} has ${shown(String(value))} in the column ${shown(names[position] ?? '')}, which is no ${reading.type} as the config states it.`;
}

async function parquetRelation(connection: DuckDBConnection, path: string): Promise<Outcome<Relation>> {
  const file = sqlText(path);
  const names = await parquetNames(connection, file);
  const refused = refuseNames(names);
  if (refused !== null) return failed(refused);
  // The folder's name is not the file's: nothing in it becomes a column.
  const reader = `read_parquet(${file}, hive_partitioning=false)`;
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${reader}`);
  const types = described.getRowObjectsJson().map((row) => String(row['column_type']));
  const columns = names.map((name, position) => ({ name, type: types[position] ?? '', isTextKept: false }));
  const complex = columns.find(({ type }) => type.length > TYPE_LENGTH_MAX);
  if (complex !== undefined)
    return failed(`The column ${shown(complex.name)} has a type that is too complex to publish.`);
  const counted = await connection.runAndReadAll(`SELECT num_rows FROM parquet_file_metadata(${file})`);
  const aliases = columns.map((_, position) => `c${position}`).join(', ');
  const rows = Number(counted.getRows()[0]?.[0] ?? 0);
  return done({ sql: `SELECT * FROM ${reader} AS file(${aliases})`, columns, rows, dialect: null });
}

/** Names of a Parquet file's columns as they stand in it: the engine's own list renames those that are there twice. */
async function parquetNames(connection: DuckDBConnection, file: string): Promise<string[]> {
  const result = await connection.runAndReadAll(`SELECT name, num_children FROM parquet_schema(${file})`);
  const nodes = result.getRows().map(([name, children]) => ({ name: String(name), children: Number(children ?? 0) }));
  const names: string[] = [];
  let at = 1;
  while (at < nodes.length) {
    names.push(nodes[at]?.name ?? '');
    for (let open = 1; open > 0; at += 1) open += (nodes[at]?.children ?? 0) - 1;
  }
  return names;
}

function refuseNames(names: readonly string[]): string | null {
  if (names.length === 0) return 'It has no columns.';
  if (names.length > COLUMNS_MAX) return `It has ${names.length} columns; at most ${COLUMNS_MAX} can be shared.`;
  const first = new Map<string, number>();
  for (const [position, name] of names.entries()) {
    if (name.length === 0 || name.length > COLUMN_NAME_LENGTH_MAX || /\p{C}/u.test(name)) {
      return `The name of column ${position + 1} is empty, longer than ${COLUMN_NAME_LENGTH_MAX} characters or not plain text: ${shown(name)}.`;
    }
    const earlier = first.get(name.toLowerCase());
    if (earlier !== undefined) {
      return `Columns ${earlier + 1} and ${position + 1} are both called ${shown(name)}, capitals aside. Rename one of them.`;
    }
    first.set(name.toLowerCase(), position);
  }
  return null;
}

/** Writes the snapshot; rows are counted again, and there have to be as many as the file has. */
async function store(connection: DuckDBConnection, relation: Relation): Promise<Outcome<null>> {
  const { sql, columns, rows, dialect } = relation;
  await connection.run(`CREATE TABLE source AS ${sql}`);
  const counted = await connection.runAndReadAll('SELECT count(*) FROM source');
  const stored = Number(counted.getRows()[0]?.[0] ?? 0);
  if (stored !== rows) return failed(`It has ${rows} rows and ${stored} of them could be read. ${HINT}`);
  await connection.run('CREATE TABLE columns (position INTEGER, name VARCHAR, type VARCHAR, is_text_kept BOOLEAN)');
  for (const [position, { name, type, isTextKept }] of columns.entries()) {
    await connection.run('INSERT INTO columns VALUES ($1, $2, $3, $4)', [position, name, type, isTextKept]);
  }
  await connection.run('CREATE TABLE reading (dialect VARCHAR)');
  if (dialect !== null) await connection.run('INSERT INTO reading VALUES ($1)', [JSON.stringify(dialect)]);
  await connection.run('CHECKPOINT');
  return done(null);
}

function shown(name: string): string {
  const points = [...name.replaceAll(/\p{C}/gu, ' ')];
  return `“${points.length <= COLUMN_NAME_LENGTH_MAX ? points.join('') : `${points.slice(0, COLUMN_NAME_LENGTH_MAX).join('')}…`}”`;
}
