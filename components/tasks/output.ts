import { readCsv, type CsvTable } from '#components/ui/csv.ts';
import { visibleText } from '#ledger/contracts/shared/foreign-text.ts';

/** What bytes that a program wrote can be shown as. */
export type Output =
  | { readonly kind: 'picture'; readonly type: string; readonly ending: string }
  | { readonly kind: 'table'; readonly table: CsvTable; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes' }
  | { readonly kind: 'nothing' };

/** Larger results are not looked at, only saved. */
const TEXT_BYTES_MAX = 1_000_000;
const TABLE_ROWS_MAX = 200;
const TABLE_COLUMNS_MAX = 30;

const PICTURES = [
  { magic: [0x42, 0x4d], type: 'image/bmp', ending: 'bmp' },
  { magic: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], type: 'image/png', ending: 'png' },
  { magic: [0xff, 0xd8, 0xff], type: 'image/jpeg', ending: 'jpg' },
] as const;
/** A bitmap's head has its own length in it: two letters alone would take texts for pictures. */
const BMP_HEAD_BYTES = 26;

function isPicture(bytes: Uint8Array, magic: readonly number[]): boolean {
  if (!magic.every((byte, index) => bytes[index] === byte)) return false;
  if (magic.length > 2) return true;
  if (bytes.length < BMP_HEAD_BYTES) return false;
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(2, true) === bytes.length;
}

/** The text that the bytes are in UTF-8; undefined where they are none. */
function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.length > TEXT_BYTES_MAX) return undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

/** A text that is CSV of a modest size: every line has as many fields as the first, two or more. */
function tableOf(text: string): CsvTable | undefined {
  const table = readCsv(text);
  const columns = table.header.length;
  const isModest = table.rows.length >= 1 && table.rows.length <= TABLE_ROWS_MAX && columns <= TABLE_COLUMNS_MAX;
  const isNamed = new Set(table.header).size === columns && table.header.every((name) => name !== '');
  return isModest && isNamed && columns >= 2 && table.rows.every((row) => row.length === columns) ? table : undefined;
}

/** By the bytes alone: a program says nothing of what it wrote. */
export function outputOf(bytes: Uint8Array): Output {
  if (bytes.length === 0) return { kind: 'nothing' };
  const picture = PICTURES.find(({ magic }) => isPicture(bytes, magic));
  if (picture !== undefined) return { kind: 'picture', type: picture.type, ending: picture.ending };
  const text = textOf(bytes);
  if (text === undefined) return { kind: 'bytes' };
  const table = tableOf(text);
  return table === undefined ? { kind: 'text', text } : { kind: 'table', table, text };
}

function endingOf(output: Output): string {
  switch (output.kind) {
    case 'picture':
      return output.ending;
    case 'table':
      return 'csv';
    case 'text':
      return 'txt';
    case 'bytes':
    case 'nothing':
      return 'bin';
  }
}

/** Under which a result is saved: a plain name, whatever the module that wrote it is called. */
export function fileNameOf(name: string, output: Output): string {
  const plain = name.replaceAll(/[^\p{L}\p{N} ._-]/gu, '').slice(0, 80);
  return `${plain === '' ? 'result' : plain}.${endingOf(output)}`;
}

/** A text that a program wrote as a page shows it: what hides in it is marked, tabs and line ends of every system are what they mean. */
export function shownText(text: string): string {
  return visibleText(text.replaceAll('\r\n', '\n').replaceAll('\t', '    '));
}
