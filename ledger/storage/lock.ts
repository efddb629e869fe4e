import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { haltFor, StorageHalt } from './halt.ts';

export interface FolderLock {
  release(): void;
}

/**
 * Takes a folder for this process alone, or halts with a sentence. Node has no flock; SQLite's exclusive transaction is a lock of the
 * operating system's on `<folder>/lock`: it ends with its process however that ends, and also keeps two threads of one process apart.
 */
export function lockFolder(folder: string): FolderLock {
  const path = join(folder, 'lock');
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    database.exec('PRAGMA busy_timeout=0; PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE');
    chmodSync(path, 0o600);
  } catch (error) {
    database?.close();
    const message = error instanceof Error ? error.message : '';
    if (message.includes('locked'))
      throw new StorageHalt(`${folder} is in use by another process; stop that one first.`);
    throw haltFor(`Locking ${folder}`, error);
  }
  const held = database;
  return { release: () => held.close() };
}
