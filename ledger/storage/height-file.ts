import { dirname } from 'node:path';
import type { Disk } from './disk.ts';
import { StorageHalt } from './halt.ts';

/** More than any height and its line end take. */
const BYTES_READ = 32;

/** The one height that a file holds; undefined where there is no such file. Halts when the file holds anything else. */
export function readHeightFile(disk: Disk, path: string): bigint | undefined {
  if (!disk.exists(path)) return undefined;
  const file = disk.open(path, 'read');
  try {
    const text = Buffer.from(file.read(0, BYTES_READ)).toString('ascii');
    if (!/^\d{1,19}\n$/.test(text)) throw new StorageHalt(`${path} is damaged at offset 0; it must hold one height.`);
    return BigInt(text.trim());
  } finally {
    file.close();
  }
}

/** Durable when it returns; a crash before that leaves what stood there. */
export function writeHeightFile(disk: Disk, path: string, height: bigint): void {
  replaceFile(disk, path, heightBytes(height));
}

/** What such a file holds. */
export function heightBytes(height: bigint): Uint8Array {
  return Buffer.from(`${height}\n`, 'ascii');
}

/** Puts these bytes into a file's place. Durable when it returns; a crash before that leaves what stood there. */
export function replaceFile(disk: Disk, path: string, bytes: Uint8Array): void {
  const unfinished = `${path}.new`;
  disk.remove(unfinished);
  const file = disk.open(unfinished, 'create');
  file.write(0, bytes);
  file.sync();
  file.close();
  disk.rename(unfinished, path);
  disk.syncFolder(dirname(path));
}
