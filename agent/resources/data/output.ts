import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import type { Format } from '#ledger/contracts/kinds/data.ts';
import { sqlName, sqlText } from './database.ts';
import { rowStatement, type RowQuery } from './query.ts';
import type { DataSource } from './source.ts';

export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  json: 'application/json; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
};

/** Types whose values JSON can carry as they are; every other value becomes text. */
const JSON_NATIVE = new Set([
  'BOOLEAN',
  'TINYINT',
  'SMALLINT',
  'INTEGER',
  'UTINYINT',
  'USMALLINT',
  'UINTEGER',
  'BIGINT',
  'UBIGINT',
  'FLOAT',
  'DOUBLE',
]);
const FILE_CHUNK_BYTES = 64 * 1024;

/** A piece of the body and how many rows are complete with it. */
export interface RowPiece {
  readonly bytes: Uint8Array;
  readonly rows: number;
}

/** The answer's body in pieces, lazily; ends or throws when the connection is interrupted. Parquet is written to a file first. */
export function renderRows(
  source: DataSource,
  connection: DuckDBConnection,
  query: RowQuery,
): AsyncGenerator<RowPiece> {
  switch (query.format) {
    case 'csv':
      return renderCsv(source, connection, query);
    case 'json':
      return renderJson(source, connection, query);
    case 'parquet':
      return renderParquet(source, connection, query);
  }
}

/** RFC 4180: CRLF, quotes where needed; an absent value is empty and an empty text is "". */
async function* renderCsv(source: DataSource, connection: DuckDBConnection, query: RowQuery): AsyncGenerator<RowPiece> {
  const names = query.selected.map((position) => source.columns[position]?.name ?? '');
  yield { bytes: utf8(`${names.map(csvField).join(',')}\r\n`), rows: 0 };
  const statement = rowStatement(query, (position) => `CAST(c${position} AS VARCHAR)`);
  for await (const rows of streamRows(connection, statement, query)) {
    const lines = rows.map(
      (row) => `${row.map((value) => (value === null ? '' : csvField(String(value)))).join(',')}\r\n`,
    );
    yield { bytes: utf8(lines.join('')), rows: rows.length };
  }
}

function csvField(text: string): string {
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One array of objects; whole numbers beyond 2^53 and numbers JSON does not know are text. */
async function* renderJson(
  source: DataSource,
  connection: DuckDBConnection,
  query: RowQuery,
): AsyncGenerator<RowPiece> {
  const columns = query.selected.map((position) => source.columns[position] ?? { name: '', type: '' });
  const keys = columns.map(({ name }) => JSON.stringify(name));
  const statement = rowStatement(query, (position) =>
    JSON_NATIVE.has(source.columns[position]?.type ?? '') ? `c${position}` : `CAST(c${position} AS VARCHAR)`,
  );
  yield { bytes: utf8('['), rows: 0 };
  let isFirst = true;
  for await (const rows of streamRows(connection, statement, query)) {
    const objects = rows.map((row) => `{${row.map((value, index) => `${keys[index]}:${jsonValue(value)}`).join(',')}}`);
    yield { bytes: utf8(`${isFirst ? '\n' : ',\n'}${objects.join(',\n')}`), rows: rows.length };
    isFirst = false;
  }
  yield { bytes: utf8('\n]\n'), rows: 0 };
}

function jsonValue(value: DuckDBValue): string {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? String(number) : `"${value}"`;
  }
  if (typeof value === 'number' && !Number.isFinite(value)) return `"${value}"`;
  return JSON.stringify(value) ?? 'null';
}

async function* renderParquet(
  source: DataSource,
  connection: DuckDBConnection,
  query: RowQuery,
): AsyncGenerator<RowPiece> {
  const file = join(source.scratchFolder, `${randomUUID()}.parquet`);
  try {
    const statement = rowStatement(
      query,
      (position) => `c${position} AS ${sqlName(source.columns[position]?.name ?? '')}`,
    );
    const prepared = await connection.prepare(`COPY (${statement}) TO ${sqlText(file)} (FORMAT parquet)`);
    prepared.bind([...(query.where?.values ?? [])]);
    const result = await prepared.run();
    const rows = result.rowsChanged;
    let isFirst = true;
    for await (const chunk of createReadStream(file, { highWaterMark: FILE_CHUNK_BYTES })) {
      // A Parquet file can only be read whole: its rows count with its first piece.
      yield { bytes: chunk as Buffer, rows: isFirst ? rows : 0 };
      isFirst = false;
    }
  } finally {
    await rm(file, { force: true });
  }
}

async function* streamRows(
  connection: DuckDBConnection,
  statement: string,
  query: RowQuery,
): AsyncGenerator<DuckDBValue[][]> {
  const prepared = await connection.prepare(statement);
  prepared.bind([...(query.where?.values ?? [])]);
  const result = await prepared.stream();
  for await (const rows of result.yieldRows()) {
    if (rows.length > 0) yield rows;
  }
}

function utf8(text: string): Uint8Array {
  return Buffer.from(text, 'utf8');
}
