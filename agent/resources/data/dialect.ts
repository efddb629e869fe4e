import { open, type FileHandle } from 'node:fs/promises';
import { ENCODINGS, type Dialect } from '#ledger/contracts/kinds/data.ts';
import { done, failed, type Outcome } from '#agent/outcome.ts';
import { soundRecords } from './csv-scan.ts';

/** What the provider says of a CSV file; the rest is found in the file. */
export type StatedDialect = Partial<Dialect>;

const DELIMITERS = [',', ';', '\t', '|'];
const HEAD_BYTES = 1024 * 1024;

/** How a CSV file is read that says nothing else: RFC 4180 in UTF-8, numbers and dates as programs write them. */
const USUAL: Dialect = {
  delimiter: ',',
  quote: '"',
  escape: '"',
  header: true,
  encoding: 'utf-8',
  skip: 0,
  decimal: '.',
  dateFormat: '',
  nulls: [],
};

/**
 * The whole dialect of a file: what was stated, and the delimiter by what the first line has and most lines after it keep to. Nothing
 * else is guessed: a guess that is wrong changes values silently. `path` is a file in UTF-8.
 */
export async function dialectOf(path: string, stated: StatedDialect): Promise<Dialect> {
  const known = { ...USUAL, ...stated };
  const usual = { ...known, escape: stated.escape ?? known.quote };
  if (stated.delimiter !== undefined) return usual;
  const file = await open(path);
  try {
    return { ...usual, delimiter: await delimiterOf(await headOf(file), usual) };
  } finally {
    await file.close();
  }
}

/** Whether the beginning of a file can be in the encoding that is stated for it; a file that begins with a mark says it itself. */
export async function checkEncoding(path: string, stated: Dialect['encoding']): Promise<Outcome<null>> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    const marked =
      bytesRead === 2 ? ENCODINGS.find((name) => buffer.toString('hex') === BYTE_ORDER_MARKS[name]) : undefined;
    if (marked === undefined || marked === stated) return done(null);
    return failed(
      `Its first bytes say that its encoding is ${marked}, not ${stated}. Save the file as UTF-8, or say "encoding": "${marked}" in the config.`,
    );
  } finally {
    await file.close();
  }
}

const BYTE_ORDER_MARKS: Readonly<Partial<Record<Dialect['encoding'], string>>> = {
  'utf-16le': 'fffe',
  'utf-16be': 'feff',
};

/** Whole lines of the beginning: a record that the cut goes through would look unsound. */
async function headOf(file: FileHandle): Promise<Uint8Array> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
  const read = buffer.subarray(0, bytesRead);
  const lastLineFeed = read.lastIndexOf(10);
  return bytesRead < HEAD_BYTES || lastLineFeed < 0 ? read : read.subarray(0, lastLineFeed + 1);
}

/** The delimiter with the most sound records, and of those the one with the most fields; none where the first line has none of them. */
async function delimiterOf(head: Uint8Array, dialect: Dialect): Promise<string> {
  let best = { delimiter: '', records: -1, columns: 1 };
  for (const delimiter of DELIMITERS) {
    const { records, columns } = await soundRecords(head, { ...dialect, delimiter });
    if (columns < 2) continue;
    if (records > best.records || (records === best.records && columns > best.columns)) {
      best = { delimiter, records, columns };
    }
  }
  return best.delimiter;
}

/** Fields of one sound record, without their quotes. */
export function fieldsOf(record: string, { delimiter, quote, escape }: Dialect): string[] {
  const fields: string[] = [];
  let field = '';
  let isQuoted = false;
  const characters = [...record];
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? '';
    const next = characters[at + 1];
    if (isQuoted && character === escape && (next === quote || (next === escape && escape !== quote))) {
      field += next;
      at += 1;
    } else if (quote !== '' && character === quote) isQuoted = !isQuoted;
    else if (!isQuoted && delimiter !== '' && character === delimiter) {
      fields.push(field);
      field = '';
    } else field += character;
  }
  return [...fields, field];
}
