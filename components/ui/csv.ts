import { TOKEN_DECIMALS } from './format.ts';
import { writeNumber } from './number.ts';

/** Tables as files for spreadsheets, RFC 4180. Pure. */

export type Cell = string | number | null;

/** A spreadsheet runs a text that begins like a formula; an apostrophe makes it text again. Plain numbers stay numbers. */
function guarded(text: string): string {
  const isNumber = /^-?\d+(?:\.\d+)?$/.test(text);
  return /^[=+\-@\t\r]/.test(text) && !isNumber ? `'${text}` : text;
}

function cellOf(cell: Cell): string {
  if (cell === null) return '';
  const text = guarded(String(cell));
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A line for each row, ended by CRLF: a part of a table that is sent as it is read. */
export function csvLines(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(cellOf).join(',')}\r\n`).join('');
}

/** Rows under their heads. */
export function toCsv(heads: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return csvLines([heads, ...rows]);
}

/** Micro-units as a plain number of tokens, which every spreadsheet reads: no grouped digits, the minus of ASCII. */
export function csvTokens(amountMicro: string): string {
  const amount = BigInt(amountMicro);
  const places = { decimals: TOKEN_DECIMALS, decimalsMin: TOKEN_DECIMALS };
  return `${amount < 0n ? '-' : ''}${writeNumber(amount < 0n ? -amount : amount, places)}`;
}

/** A time in the notation of ISO 8601, in UTC. */
export function csvTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

/** Rows under their heads. */
export interface CsvTable {
  readonly header: readonly string[];
  /** A cell is null where the value is missing. */
  readonly rows: readonly (readonly (string | null)[])[];
}

/** One field of CSV: a quoted one with its quotes doubled inside, or a plain one; then what ends it. */
const FIELD = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\r|\n|$)/y;

/** CSV (RFC 4180) as programs write it: an empty field is a missing value, "" an empty text. */
export function readCsv(text: string): CsvTable {
  const rows: (string | null)[][] = [[]];
  FIELD.lastIndex = 0;
  while (FIELD.lastIndex < text.length) {
    const [, quoted, plain = '', end] = FIELD.exec(text) ?? [];
    if (end === undefined) break;
    rows.at(-1)?.push(quoted === undefined ? plain || null : quoted.replaceAll('""', '"'));
    if (end !== ',') rows.push([]);
  }
  const [header = [], ...body] = rows.filter((row) => row.length > 0);
  return { header: header.map((name) => name ?? ''), rows: body };
}
