import {
  closeSync,
  fdatasyncSync,
  ftruncateSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { done, failed, reasonOf, type Outcome } from './outcome.ts';

/** What was handed to the disk may or may not be there: the process has to end and read the file again. */
export class JournalFailure extends Error {
  override readonly name = 'JournalFailure';
}

/** What a journal holds: its first record names it, so that no version reads records whose meaning it does not know. */
export interface JournalShape<Entry> {
  /** Name and version, such as `orders/2`; another one is refused. */
  readonly name: string;
  /** The entry that a record holds; undefined when it holds none. */
  parse(value: unknown): Entry | undefined;
}

const RECORD_BYTES_MAX = 256 * 1024;
const FILE_BYTES_MAX = 1024 * 1024 * 1024;

/**
 * Append-only file of JSON records, one a line: checksum, space, JSON; the first names the journal's shape. What `append` returned from is on the disk. A line cut by a
 * crash at the end of the file is dropped, as its append never returned; damage anywhere else refuses to open. A failed write or sync
 * is never retried: it throws, and the agent stops (the page cache can no longer be trusted).
 */
export class Journal<Entry> {
  readonly #path: string;
  readonly #shape: JournalShape<Entry>;
  #file: number;
  #bytes: number;
  #isBroken = false;

  private constructor(path: string, shape: JournalShape<Entry>, opened: { file: number; bytes: number }) {
    this.#path = path;
    this.#shape = shape;
    this.#file = opened.file;
    this.#bytes = opened.bytes;
  }

  /** Opens or creates; answers the records in order. */
  static open<Entry>(path: string, shape: JournalShape<Entry>): Outcome<{ journal: Journal<Entry>; entries: Entry[] }> {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const file = openSync(path, 'a+', 0o600);
    const content = readFileSync(path);
    if (content.length > FILE_BYTES_MAX) {
      closeSync(file);
      return failed(`The file ${path} is larger than 1 GiB; the agent does not write files that large.`);
    }
    const read = readEntries(content, shape);
    if (read.isOtherShape) {
      closeSync(file);
      return failed(
        `The file ${path} was written by another version of the agent, whose records this one does not read: start this version with a home of its own.`,
      );
    }
    if (read.damagedLine !== null) {
      closeSync(file);
      return failed(
        `The file ${path} is damaged at line ${read.damagedLine}; restore it from a copy, or move it away and tell your customers.`,
      );
    }
    if (read.bytesGood < content.length) ftruncateSync(file, read.bytesGood);
    fsyncSync(file);
    syncFolder(path);
    const journal = new Journal<Entry>(path, shape, { file, bytes: read.bytesGood });
    if (read.bytesGood === 0) journal.#write(headOf(shape));
    return done({ journal, entries: read.entries });
  }

  /** Durable when it returns. Throws, and writes nothing, for an entry that could not be read again. */
  append(entry: Entry): void {
    if (this.#shape.parse(entry) === undefined)
      throw new Error('A record could not be read again, so it is not written.');
    this.#write(entry);
  }

  #write(record: unknown): void {
    const line = lineOf(record);
    this.#try(() => {
      writeWhole(this.#file, line);
      fdatasyncSync(this.#file);
    });
    this.#bytes += line.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Replaces the whole content at once: a crash leaves either the old file or the new one. */
  rewrite(entries: Iterable<Entry>): void {
    this.#try(() => {
      const next = `${this.#path}.next`;
      const file = openSync(next, 'w', 0o600);
      const head = lineOf(headOf(this.#shape));
      writeWhole(file, head);
      let bytes = head.length;
      for (const entry of entries) {
        const line = lineOf(entry);
        writeWhole(file, line);
        bytes += line.length;
      }
      fsyncSync(file);
      closeSync(file);
      renameSync(next, this.#path);
      syncFolder(this.#path);
      closeSync(this.#file);
      this.#file = openSync(this.#path, 'a', 0o600);
      this.#bytes = bytes;
    });
  }

  close(): void {
    closeSync(this.#file);
  }

  /** After one failure nothing more is written: the page cache may hold what the disk does not. */
  #try(work: () => void): void {
    if (this.#isBroken) throw new JournalFailure(`The file ${this.#path} failed before and takes no more records.`);
    try {
      work();
    } catch (error) {
      this.#isBroken = true;
      throw new JournalFailure(`The file ${this.#path} cannot be written: ${reasonOf(error)}`);
    }
  }
}

function writeWhole(file: number, line: Buffer): void {
  for (let written = 0; written < line.length;) written += writeSync(file, line, written);
}

function lineOf(entry: unknown): Buffer {
  const json = JSON.stringify(entry);
  const line = Buffer.from(`${checksum(json)} ${json}\n`, 'utf8');
  if (line.length > RECORD_BYTES_MAX)
    throw new Error(`A record of ${line.length} bytes is longer than a journal takes.`);
  return line;
}

function checksum(json: string): string {
  return crc32(json).toString(16).padStart(8, '0');
}

function headOf({ name }: JournalShape<unknown>): { readonly journal: string } {
  return { journal: name };
}

interface ReadJournal<Entry> {
  readonly entries: Entry[];
  readonly bytesGood: number;
  readonly damagedLine: number | null;
  readonly isOtherShape: boolean;
}

function readEntries<Entry>(content: Buffer, shape: JournalShape<Entry>): ReadJournal<Entry> {
  const entries: Entry[] = [];
  const head = JSON.stringify(headOf(shape));
  let offset = 0;
  for (let line = 1; offset < content.length; line += 1) {
    const end = content.indexOf(0x0a, offset);
    // Without its line feed the last line was never acknowledged.
    if (end < 0) break;
    const record = readRecord(content.toString('utf8', offset, end));
    const isHead = line === 1 && JSON.stringify(record) === head;
    const entry = isHead ? undefined : shape.parse(record);
    if (line === 1 && !isHead && record !== undefined)
      return { entries, bytesGood: 0, damagedLine: null, isOtherShape: true };
    if (entry === undefined && !isHead) {
      if (end === content.length - 1) break;
      return { entries, bytesGood: offset, damagedLine: line, isOtherShape: false };
    }
    if (entry !== undefined) entries.push(entry);
    offset = end + 1;
  }
  return { entries, bytesGood: offset, damagedLine: null, isOtherShape: false };
}

/** The value of a line whose checksum holds; undefined otherwise. */
function readRecord(line: string): unknown {
  const json = line.slice(9);
  if (line[8] !== ' ' || checksum(json) !== line.slice(0, 8)) return undefined;
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** A new name in a folder is durable only after the folder itself. */
function syncFolder(path: string): void {
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
