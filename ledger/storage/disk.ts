import {
  closeSync,
  constants,
  existsSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { haltFor } from './halt.ts';

/**
 * The few file operations that storage uses, so that a test can put a disk that loses and tears unsynced writes in its place.
 * Crash rules: bytes are durable after `sync` of the file; a name is durable after `syncFolder` of its folder; `rename` is atomic.
 * Every method throws `StorageHalt` with a sentence on failure and is never retried.
 */
export interface Disk {
  /** Names (not paths) in a folder, sorted; empty when the folder does not exist. */
  list(folder: string): string[];
  makeFolder(folder: string): void;
  exists(path: string): boolean;
  /** `create`: must not exist yet. `write`: must exist. `read`: must exist, never written. */
  open(path: string, mode: 'create' | 'write' | 'read'): DiskFile;
  rename(from: string, to: string): void;
  remove(path: string): void;
  syncFolder(folder: string): void;
}

export interface DiskFile {
  readonly path: string;
  size(): number;
  /** Shorter than `length` only at the end of the file. */
  read(position: number, length: number): Uint8Array;
  write(position: number, bytes: Uint8Array): void;
  truncate(size: number): void;
  sync(): void;
  close(): void;
}

function attempt<Value>(what: string, action: () => Value): Value {
  try {
    return action();
  } catch (error) {
    throw haltFor(what, error);
  }
}

function readFully(fd: number, position: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(fd, bytes, filled, length - filled, position + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled === length ? bytes : bytes.slice(0, filled);
}

function writeFully(fd: number, position: number, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) {
    written += writeSync(fd, bytes, written, bytes.length - written, position + written);
  }
}

function fileOf(path: string, fd: number): DiskFile {
  return {
    path,
    size: () => attempt(`Reading ${path}`, () => fstatSync(fd).size),
    read: (position, length) => attempt(`Reading ${path}`, () => readFully(fd, position, length)),
    write: (position, bytes) => attempt(`Writing ${path}`, () => writeFully(fd, position, bytes)),
    truncate: (size) => attempt(`Writing ${path}`, () => ftruncateSync(fd, size)),
    sync: () => attempt(`Syncing ${path} to disk`, () => fdatasyncSync(fd)),
    close: () => attempt(`Closing ${path}`, () => closeSync(fd)),
  };
}

const FLAGS = {
  create: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL,
  write: constants.O_RDWR,
  read: constants.O_RDONLY,
} as const;

function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** The real file system. Files are made 0600, folders 0700: validators' keys and logs are their operator's alone. */
export const realDisk: Disk = {
  list: (folder) => attempt(`Listing ${folder}`, () => (existsSync(folder) ? readdirSync(folder).sort() : [])),
  makeFolder: (folder) => attempt(`Making ${folder}`, () => void mkdirSync(folder, { recursive: true, mode: 0o700 })),
  exists: (path) => existsSync(path),
  open: (path, mode) =>
    fileOf(
      path,
      attempt(`Opening ${path}`, () => openSync(path, FLAGS[mode], 0o600)),
    ),
  rename: (from, to) => attempt(`Renaming ${from}`, () => renameSync(from, to)),
  remove: (path) => attempt(`Removing ${path}`, () => rmSync(path, { force: true })),
  syncFolder: (folder) => attempt(`Syncing ${folder} to disk`, () => syncFolder(folder)),
};
