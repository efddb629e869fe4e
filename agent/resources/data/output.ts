import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { assert } from '#ledger/core/assert.ts';
import type { Format } from '#ledger/contracts/kinds/data.ts';
import { sqlName, sqlText } from './database.ts';
import { rowStatement, type RowQuery } from './query.ts';
import type { DataSource } from './source.ts';
import type { QueryColumn } from './source-config.ts';
import { isNested, nestedJson } from './nested.ts';

export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  json: 'application/json; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
};

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

/**
 * RFC 4180: CRLF, quotes where needed; an absent value is empty and an empty text is "". Where one column is asked for, an absent value
 * is "" as well: other readers pass over an empty line, and a row would be lost.
 */
async function* renderCsv(source: DataSource, connection: DuckDBConnection, query: RowQuery): AsyncGenerator<RowPiece> {
  const columns = selectedColumns(source, query);
  yield { bytes: utf8(`${columns.map(({ name }) => csvField(name)).join(',')}\r\n`), rows: 0 };
  const absent = columns.length === 1 ? '""' : '';
  for await (const rows of csvRows(source, connection, query)) {
    const texts = rows.map((row) => row.map((value, at) => csvValue(value, columns[at], absent)).join(','));
    yield { bytes: utf8(texts.map((text) => `${text}\r\n`).join('')), rows: rows.length };
  }
}

/** Values of the selected columns as a CSV answer begins with them. */
export function csvRows(
  source: DataSource,
  connection: DuckDBConnection,
  query: RowQuery,
): AsyncGenerator<DuckDBValue[][]> {
  const statement = rowStatement(query, (position) => textSql(columnAt(source, position), position));
  return streamRows(connection, statement, query);
}

export function csvValue(value: DuckDBValue, column: QueryColumn | undefined, absent: string): string {
  if (value === null) return absent;
  return csvField(column && isNested(column.tree) ? nestedJson(value, column.tree) : String(value));
}

export function csvField(text: string): string {
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One array of objects. Numbers are those of the CSV answer, digit by digit; whole numbers beyond 2^53, decimals and what JSON does not know are text. */
async function* renderJson(
  source: DataSource,
  connection: DuckDBConnection,
  query: RowQuery,
): AsyncGenerator<RowPiece> {
  const columns = selectedColumns(source, query);
  const keys = columns.map(({ name }) => JSON.stringify(name));
  yield { bytes: utf8('['), rows: 0 };
  let isFirst = true;
  for await (const rows of jsonRows(source, connection, query)) {
    const objects = rows.map((row) => {
      const members = row.map((value, at) => `${keys[at]}:${jsonValue(value, columns[at])}`);
      return `{${members.join(',')}}`;
    });
    yield { bytes: utf8(`${isFirst ? '\n' : ',\n'}${objects.join(',\n')}`), rows: rows.length };
    isFirst = false;
  }
  yield { bytes: utf8('\n]\n'), rows: 0 };
}

/** Values of the selected columns as a JSON answer begins with them. */
export function jsonRows(
  source: DataSource,
  connection: DuckDBConnection,
  query: RowQuery,
): AsyncGenerator<DuckDBValue[][]> {
  const statement = rowStatement(query, (position) => valueSql(columnAt(source, position), position));
  return streamRows(connection, statement, query);
}

/** Types whose values JSON has as they are. */
const WHOLE = /^U?(TINY|SMALL|BIG)?INT(EGER)?$/;
const FLOATING = new Set(['FLOAT', 'DOUBLE']);
const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/;

export function jsonValue(value: DuckDBValue, column: QueryColumn | undefined): string {
  if (value === null || column === undefined) return 'null';
  const { type, tree } = column;
  if (isNested(tree)) return nestedJson(value, tree);
  const text = String(value);
  if (type === 'BOOLEAN') return text;
  const isNumber = WHOLE.test(type) ? Number.isSafeInteger(Number(text)) : FLOATING.has(type);
  return isNumber && JSON_NUMBER.test(text) ? text : JSON.stringify(text);
}

/** A query names only positions that the source has. */
function columnAt({ columns }: DataSource, position: number): QueryColumn {
  const column = columns[position];
  assert(column, 'a query names positions of its source alone');
  return column;
}

function selectedColumns(source: DataSource, query: RowQuery): readonly QueryColumn[] {
  return query.selected.map((position) => columnAt(source, position));
}

/** The column as the file has it, where it says more than the value. */
function textSql(column: QueryColumn, position: number): string {
  return column.isTextKept ? `t${position}` : valueSql(column, position);
}

/** A value as text; a nested one as it is; a time with a zone in UTC, as ISO 8601 writes it. */
function valueSql({ type, tree }: QueryColumn, position: number): string {
  if (isNested(tree)) return `c${position}`;
  const text = `CAST(c${position} AS VARCHAR)`;
  return type === 'TIMESTAMP WITH TIME ZONE' ? `replace(replace(${text}, ' ', 'T'), '+00', 'Z')` : text;
}

/** What Parquet as this engine writes it would turn into a double, which loses digits. */
const NOT_IN_PARQUET = new Set(['HUGEINT', 'UHUGEINT']);

async function* renderParquet(
  source: DataSource,
  connection: DuckDBConnection,
  query: RowQuery,
): AsyncGenerator<RowPiece> {
  const file = join(source.scratchFolder, `${randomUUID()}.parquet`);
  try {
    const rows = await writeParquet({ source, connection, query, file }, (position) => columnAt(source, position).name);
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

/** Writes the rows to a file in the scratch folder, with a name for each selected position; answers how many they are. */
export async function writeParquet(
  of: { source: DataSource; connection: DuckDBConnection; query: RowQuery; file: string },
  nameOf: (position: number) => string,
): Promise<number> {
  const { source, connection, query, file } = of;
  const statement = rowStatement(query, (position) => {
    const isText = NOT_IN_PARQUET.has(columnAt(source, position).type);
    const value = isText ? `CAST(c${position} AS VARCHAR)` : `c${position}`;
    return `${value} AS ${sqlName(nameOf(position))}`;
  });
  const prepared = await connection.prepare(`COPY (${statement}) TO ${sqlText(file)} (FORMAT parquet)`);
  prepared.bind([...(query.where?.values ?? [])]);
  const result = await prepared.run();
  return result.rowsChanged;
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
