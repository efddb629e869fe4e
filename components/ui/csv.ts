import { TOKEN_DECIMALS } from './format.ts';
import { writeNumber } from './number.ts';

/** Tables as files for spreadsheets, RFC 4180. Pure. */

type Cell = string | number | null;

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

/** Rows under their heads, a line each, ended by CRLF. */
export function toCsv(heads: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [heads, ...rows].map((row) => `${row.map(cellOf).join(',')}\r\n`).join('');
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
