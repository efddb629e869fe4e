import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import type { AnswerBytes, Format } from '#ledger/contracts/kinds/data.ts';
import { sqlText } from './database.ts';
import { csvField, csvRows, csvValue, jsonRows, jsonValue, renderRows, writeParquet } from './output.ts';
import type { RowQuery } from './query.ts';
import type { DataSource } from './source.ts';

/** Rows and values that are measured at most: of a larger source its first rows. A test of the source is run again and again. */
export const MEASURED_ROWS_MAX = 50_000;
const MEASURED_VALUES_MAX = 400_000;

/** What the answers of a source weigh, column by column, written by the code that writes them. `rows`: how many the source has, at least one. */
export async function measureAnswers(
  source: DataSource,
  connection: DuckDBConnection,
  rows: number,
): Promise<AnswerBytes> {
  const columns = source.columns.length;
  const measured = Math.min(rows, MEASURED_ROWS_MAX, Math.max(1, Math.floor(MEASURED_VALUES_MAX / columns)));
  const selected = source.columns.map((_, position) => position);
  const queryOf = (format: Format): RowQuery => {
    return { selected, where: null, order: [], limit: measured, offset: 0, format };
  };
  return {
    rows: measured,
    csv: await csvBytes(source, connection, queryOf('csv')),
    json: await jsonBytes(source, connection, queryOf('json')),
    parquet: await parquetBytes(source, connection, queryOf('parquet')),
  };
}

/** Each name and each value, with the comma or the line end behind it. */
async function csvBytes(source: DataSource, connection: DuckDBConnection, query: RowQuery): Promise<number[]> {
  const names = source.columns.map(({ name }) => length(csvField(name)) + 1);
  return addUp(names, csvRows(source, connection, query), (value, position) => {
    return length(csvValue(value, source.columns[position], '')) + 1;
  });
}

/** Each value with its name and colon before it, and the comma or the brace behind it. */
async function jsonBytes(source: DataSource, connection: DuckDBConnection, query: RowQuery): Promise<number[]> {
  const names = source.columns.map(({ name }) => length(JSON.stringify(name)) + 2);
  return addUp(zeros(names.length), jsonRows(source, connection, query), (value, position) => {
    return length(jsonValue(value, source.columns[position])) + (names[position] ?? 0);
  });
}

/**
 * The file of all columns, shared out by what each of them takes in it: what a file needs besides its columns is shared out with them.
 * Names may hold what the engine puts between the parts of a path, so that the columns of the file that tells it are called by position.
 */
async function parquetBytes(source: DataSource, connection: DuckDBConnection, query: RowQuery): Promise<number[]> {
  let whole = 0;
  for await (const piece of renderRows(source, connection, query)) whole += piece.bytes.length;
  const file = join(source.scratchFolder, `${randomUUID()}.parquet`);
  try {
    await writeParquet({ source, connection, query, file }, (position) => `c${position}`);
    const found = await connection.runAndReadAll(
      `SELECT path_in_schema, total_compressed_size FROM parquet_metadata(${sqlText(file)})`,
    );
    const taken = zeros(source.columns.length);
    for (const [path, bytes] of found.getRows()) {
      const position = Number(/^c(\d+)/.exec(String(path))?.[1]);
      taken[position] = (taken[position] ?? 0) + Number(bytes);
    }
    return shareOut(whole, taken);
  } finally {
    await rm(file, { force: true });
  }
}

/** Whole numbers in proportion to `parts` whose sum is `whole`. */
function shareOut(whole: number, parts: readonly number[]): number[] {
  const all = parts.reduce((sum, part) => sum + part, 0);
  let before = 0;
  let given = 0;
  return parts.map((part) => {
    before += part;
    const share = Math.round((whole * before) / all) - given;
    given += share;
    return share;
  });
}

async function addUp(
  begin: readonly number[],
  batches: AsyncGenerator<DuckDBValue[][]>,
  bytesOf: (value: DuckDBValue, position: number) => number,
): Promise<number[]> {
  const sums = [...begin];
  for await (const rows of batches) {
    for (const row of rows) {
      for (const [position, value] of row.entries()) sums[position] = (sums[position] ?? 0) + bytesOf(value, position);
    }
  }
  return sums;
}

function zeros(count: number): number[] {
  return Array.from({ length: count }, () => 0);
}

function length(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}
