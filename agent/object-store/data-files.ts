import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, unlinkSync } from 'node:fs';
import { open, rm, unlink, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { StoredFile } from './bucket-index.ts';
import { S3Failure } from './failure.ts';

const READ_BYTES = 256 * 1024;

/** What is needed of a file that is being written. */
export type NewFile = Pick<FileHandle, 'write' | 'sync' | 'close'>;

/** Makes a file that is not there yet and opens it for writing. */
export type CreateFile = (path: string) => Promise<NewFile>;

const createFile: CreateFile = (path) => open(path, 'wx', 0o600);

/** Errors of the system that say the disk has no room left. */
const FULL = new Set(['ENOSPC', 'EDQUOT']);

/**
 * Files of data in one flat folder, under random names that have nothing to do with keys. A file that `write` returned from survives a crash;
 * one that is being read is removed only when its last reader is done.
 */
export class DataFiles {
  readonly #folder: string;
  readonly #create: CreateFile;
  readonly #readers = new Map<string, number>();
  readonly #doomed = new Set<string>();

  constructor(folder: string, create: CreateFile = createFile) {
    this.#folder = folder;
    this.#create = create;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    syncFolder(folder);
  }

  /** Writes a new file to its end and answers its CRC-32, or leaves nothing: also when the data fails or nobody waits for it any more. */
  async write(id: string, data: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<number> {
    const path = join(this.#folder, id);
    const pieces = data[Symbol.asyncIterator]();
    let file: NewFile | undefined;
    let sum = 0;
    try {
      file = await this.#create(path);
      // While one piece is written the next one arrives, and is hashed.
      for (let written = Promise.resolve(); ;) {
        const [next] = await Promise.all([unlessAborted(pieces.next(), signal), written]);
        if (next.done === true) break;
        written = writeWhole(file, next.value);
        sum = crc32(next.value, sum);
      }
      await file.sync();
      await file.close();
      file = undefined;
      syncFolder(this.#folder);
      return sum;
    } catch (error) {
      // Not waited for: it may be in the middle of what never comes.
      pieces.return?.().catch(() => undefined);
      await file?.close().catch(() => undefined);
      // What cannot be removed is swept at the next start: no row of the index names it.
      await unlink(path).catch(() => undefined);
      throw fullDisk(error) ?? error;
    }
  }

  /**
   * Bytes of a file from `from` up to but not including `to`; throws when the file ends before. Who reads a file whole gets its last bytes
   * only when all of them are those that were written: a disk can change what it was given.
   */
  async *read({ id, bytes, crc32: expected }: StoredFile, from: number, to: number): AsyncGenerator<Uint8Array> {
    const file = await open(join(this.#folder, id), 'r');
    const isChecked = expected !== null && from === 0 && to === bytes;
    let sum = 0;
    try {
      for (let at = from; at < to;) {
        const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, to - at));
        const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
        if (bytesRead === 0) throw new Error(`the data file ${id} is shorter than the index says`);
        const piece = buffer.subarray(0, bytesRead);
        at += bytesRead;
        if (isChecked) sum = crc32(piece, sum);
        if (isChecked && at === to && sum !== expected)
          throw new Error(`the data file ${id} holds other bytes than were stored in it: the disk has changed them`);
        yield piece;
      }
    } finally {
      await file.close();
    }
  }

  /** From now until `unpin`, these files stay. */
  pin(ids: readonly string[]): void {
    for (const id of ids) this.#readers.set(id, (this.#readers.get(id) ?? 0) + 1);
  }

  unpin(ids: readonly string[]): void {
    for (const id of ids) {
      const left = (this.#readers.get(id) ?? 1) - 1;
      if (left > 0) this.#readers.set(id, left);
      else this.#readers.delete(id);
      if (left === 0 && this.#doomed.delete(id)) this.remove(id);
    }
  }

  /** Removes a file that no row of the index names any more; failing that, the next start does. */
  remove(id: string): void {
    if (this.#readers.has(id)) {
      this.#doomed.add(id);
      return;
    }
    unlink(join(this.#folder, id)).catch(() => undefined);
  }

  /** Removes what a crash left: every file that is not wanted. */
  sweep(isWanted: (id: string) => boolean): void {
    for (const id of readdirSync(this.#folder)) if (!isWanted(id)) unlinkSync(join(this.#folder, id));
  }
}

/** The failure for a disk without room; undefined for every other error. */
export function fullDisk(error: unknown): S3Failure | undefined {
  const { code, errcode } = error as { readonly code?: unknown; readonly errcode?: unknown };
  const SQLITE_FULL = 13;
  if ((typeof code !== 'string' || !FULL.has(code)) && errcode !== SQLITE_FULL) return undefined;
  return new S3Failure('InsufficientStorage', 'The provider’s disk is full; nothing of this request was kept.');
}

/** Does not wait for data that may never come once nobody wants it. */
function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new S3Failure('RequestTimeout', 'The upload was given up.'));
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

async function writeWhole(file: NewFile, piece: Uint8Array): Promise<void> {
  for (let at = 0; at < piece.length;) at += (await file.write(piece, at)).bytesWritten;
}

/** A new name in a folder is durable only after the folder itself. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Removes what a bucket left in its folder, open no more; repeating it changes nothing. Nothing of it opens again once this was called, crash or not. */
export async function eraseBucket(folder: string): Promise<void> {
  const erased = `${folder}.erased`;
  await rm(erased, { recursive: true, force: true });
  if (existsSync(folder)) {
    renameSync(folder, erased);
    syncFolder(dirname(folder));
  }
  await rm(erased, { recursive: true, force: true });
}
