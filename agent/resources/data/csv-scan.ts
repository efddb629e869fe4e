import { isUtf8 } from 'node:buffer';
import type { Dialect } from '#ledger/contracts/kinds/data.ts';
import { done, failed, type Outcome } from '#agent/outcome.ts';

/** What a dialect says of lines and fields. */
export type Separators = Pick<Dialect, 'delimiter' | 'quote' | 'escape' | 'skip'>;

export interface Scan {
  /** Records, the first included. */
  readonly records: number;
  readonly columns: number;
  /** The first record as it stands, without its line end. */
  readonly first: string;
}

type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** The engine that reads the rows afterwards knows no longer record. */
const RECORD_BYTES_MAX = 2_000_000;
const EXCERPT_LENGTH_MAX = 80;
const LF = 10;
const CR = 13;
const MARK = Buffer.from('\ufeff', 'utf8');

/**
 * Reads a CSV file's bytes (UTF-8) once and counts its records without building any: every record has the fields of the first, quotes
 * open and close, lines end in one way; or the sentence says which line does not, and shows it. Where a line is one field
 * (no delimiter), an empty line is an absent value; elsewhere only empty lines at the end may be there, and they do not count.
 */
export async function scanCsv(chunks: Chunks, separators: Separators): Promise<Outcome<Scan>> {
  const scanner = new CsvScanner(separators);
  for await (const line of linesOf(chunks)) {
    if (!scanner.take(line)) break;
  }
  return scanner.end();
}

/** How many records of a file's beginning are sound under these separators, and their fields: for choosing between separators. */
export async function soundRecords(
  head: Uint8Array,
  separators: Separators,
): Promise<{ records: number; columns: number }> {
  const scanner = new CsvScanner(separators);
  for await (const line of linesOf([head])) {
    if (!scanner.take(line)) break;
  }
  return scanner.counted;
}

interface Line {
  /** Without its line feed. */
  readonly bytes: Buffer;
  readonly hasLineFeed: boolean;
}

/** Lines as they are in the file; one that outgrows a record's bound is cut there, for the scanner to refuse. */
async function* linesOf(chunks: Chunks): AsyncGenerator<Line> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, start)) {
      yield { bytes: bytes.subarray(start, end), hasLineFeed: true };
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (rest.length > RECORD_BYTES_MAX) break;
  }
  if (rest.length > 0) yield { bytes: rest, hasLineFeed: false };
}

class CsvScanner {
  readonly #separators: Separators;
  readonly #fieldsOf: FieldCounter;
  #fault: string | null = null;
  #lines = 0;
  #records = 0;
  #columns = 0;
  #first = '';
  #lineEnd: 'LF' | 'CRLF' | null = null;
  /** First of the empty lines that nothing has followed yet; null when there is none. */
  #emptyLine: number | null = null;
  /** The lines of the record that is being read, and the number of the first of them. */
  #record: Buffer[] = [];
  #recordBytes = 0;
  #recordLine = 1;

  constructor(separators: Separators) {
    this.#separators = separators;
    this.#fieldsOf = new FieldCounter(separators);
  }

  get counted(): { records: number; columns: number } {
    return { records: this.#records, columns: this.#columns };
  }

  /** False once the file is refused. */
  take(line: Line): boolean {
    this.#lines += 1;
    if (this.#lines <= this.#separators.skip) return true;
    const isMarked = this.#lines === 1 && line.bytes.subarray(0, MARK.length).equals(MARK);
    const bytes = isMarked ? line.bytes.subarray(MARK.length) : line.bytes;
    if (this.#record.length === 0) this.#recordLine = this.#lines;
    this.#recordBytes += bytes.length + 1;
    // A record's later lines are needed for its fields alone, unless it is the first, which names the columns.
    if (this.#record.length === 0 || this.#records === 0) this.#record.push(bytes);
    this.#fault = this.#faultOfLine({ bytes, hasLineFeed: line.hasLineFeed });
    return this.#fault === null;
  }

  end(): Outcome<Scan> {
    if (this.#fault === null && this.#fieldsOf.isOpen)
      this.#fault = `Line ${this.#recordLine} has a quote that is never closed${this.#shown()}`;
    if (this.#fault !== null) return failed(this.#fault);
    return done({ records: this.#records, columns: this.#columns, first: this.#first });
  }

  #faultOfLine({ bytes, hasLineFeed }: Line): string | null {
    if (!isUtf8(bytes)) {
      return `Line ${this.#lines} is not UTF-8: “${excerpt(bytes)}”. Save the file as UTF-8, or say its encoding in the config.`;
    }
    if (this.#recordBytes > RECORD_BYTES_MAX)
      return `Line ${this.#recordLine} is longer than ${RECORD_BYTES_MAX / 1_000_000} MB.`;
    const isCrlf = hasLineFeed && bytes.at(-1) === CR;
    const text = isCrlf ? bytes.subarray(0, -1) : bytes;
    const fault = this.#fieldsOf.take(text);
    if (fault !== null) return `Line ${this.#recordLine} ${fault}${this.#shown()}`;
    if (this.#fieldsOf.isOpen) return null;
    const isEmpty = text.length === 0 && this.#recordLine === this.#lines;
    return (hasLineFeed ? this.#faultOfLineEnd(isCrlf ? 'CRLF' : 'LF') : null) ?? this.#faultOfRecord(isEmpty);
  }

  #faultOfLineEnd(lineEnd: 'LF' | 'CRLF'): string | null {
    this.#lineEnd ??= lineEnd;
    if (this.#lineEnd === lineEnd) return null;
    return `Line ${this.#lines} ends in ${lineEnd} and the lines before it in ${this.#lineEnd}: all lines of a file have to end in one way${this.#shown()}`;
  }

  #faultOfRecord(isEmpty: boolean): string | null {
    const record = this.#record;
    this.#record = [];
    this.#recordBytes = 0;
    const fields = this.#fieldsOf.endRecord();
    if (isEmpty && this.#separators.delimiter !== '') {
      this.#emptyLine ??= this.#recordLine;
      return null;
    }
    if (this.#emptyLine !== null) return `Line ${this.#emptyLine} is empty, and lines with fields follow it.`;
    if (this.#records === 0) {
      this.#columns = fields;
      this.#first = Buffer.concat(record.flatMap((line, at) => (at === 0 ? [line] : [Buffer.of(LF), line])))
        .toString('utf8')
        .replace(/\r$/, '');
    }
    if (fields !== this.#columns) {
      const has = fields === 1 ? '1 field' : `${fields} fields`;
      return `Line ${this.#recordLine} has ${has} and the first has ${this.#columns}: “${excerpt(record[0])}”.`;
    }
    this.#records += 1;
    return null;
  }

  /** The first line of the record as the end of a sentence. */
  #shown(): string {
    return `: “${excerpt(this.#record[0])}”.`;
  }
}

/** Counts the fields of a record line by line. */
class FieldCounter {
  readonly #delimiter: number;
  readonly #quote: number;
  readonly #escape: number;
  #fields = 1;
  /** Inside a quoted field, which goes on over the line's end. */
  isOpen = false;

  constructor({ delimiter, quote, escape }: Separators) {
    const code = (text: string): number => (text === '' ? -1 : text.charCodeAt(0));
    this.#delimiter = code(delimiter);
    this.#quote = code(quote);
    this.#escape = code(escape);
  }

  /** What is wrong with a line, as the middle of a sentence; null when it is sound. */
  take(line: Buffer): string | null {
    if (this.isOpen || (this.#quote >= 0 && line.includes(this.#quote))) return this.#takeQuoted(line);
    if (line.includes(CR)) return 'holds a carriage return: all lines of a file have to end in LF, or all in CRLF';
    if (this.#delimiter >= 0) {
      for (let at = line.indexOf(this.#delimiter); at >= 0; at = line.indexOf(this.#delimiter, at + 1)) {
        this.#fields += 1;
      }
    }
    return null;
  }

  endRecord(): number {
    const fields = this.#fields;
    this.#fields = 1;
    return fields;
  }

  #takeQuoted(line: Buffer): string | null {
    let isFieldStart = !this.isOpen;
    for (let at = 0; at < line.length; at += 1) {
      if (this.isOpen) {
        at = this.#endOfQuoted(line, at);
        const next = line[at + 1];
        if (!this.isOpen && next !== undefined && next !== this.#delimiter) {
          return 'has a quote that does not end its field';
        }
        continue;
      }
      const byte = line[at];
      if (byte === this.#delimiter) {
        this.#fields += 1;
        isFieldStart = true;
        continue;
      }
      if (byte === this.#quote && !isFieldStart) return 'has a quote inside a field that does not begin with one';
      if (byte === CR) return 'holds a carriage return: all lines of a file have to end in LF, or all in CRLF';
      this.isOpen = byte === this.#quote;
      isFieldStart = false;
    }
    return null;
  }

  /** Position of the quote that closes the field, and the field is no longer open; the line's last position where none does. */
  #endOfQuoted(line: Buffer, from: number): number {
    for (let at = from; at < line.length; at += 1) {
      const byte = line[at];
      const next = line[at + 1];
      const isEscape = byte === this.#escape && (next === this.#quote || (next === this.#escape && next !== undefined));
      if (isEscape) at += 1;
      else if (byte === this.#quote) {
        this.isOpen = false;
        return at;
      }
    }
    return line.length - 1;
  }
}

function excerpt(line: Uint8Array | undefined): string {
  const text = Buffer.from(line ?? [])
    .toString('utf8')
    .replace(/\r$/, '')
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ');
  const points = [...text.slice(0, 4 * EXCERPT_LENGTH_MAX)];
  return points.length <= EXCERPT_LENGTH_MAX ? points.join('') : `${points.slice(0, EXCERPT_LENGTH_MAX).join('')}…`;
}
