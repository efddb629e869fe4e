import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { done, failed, reasonOf, type Outcome } from './outcome.ts';

export interface HomeLock {
  release(): void;
}

/**
 * Takes a home for this process alone: two agents on one home would lose each other's counts, two programs would buy twice. `who` is said where
 * another has it. Node has no flock; SQLite's
 * exclusive transaction is a lock of the operating system's, and it ends with its process however that ends.
 */
export function lockHome(home: string, who: string): Outcome<HomeLock> {
  const path = join(home, 'lock');
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    database.exec('PRAGMA busy_timeout=0; PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE');
    chmodSync(path, 0o600);
  } catch (error) {
    database?.close();
    const reason = reasonOf(error);
    if (reason.includes('locked')) return failed(`Another ${who} works in ${home}; stop that one first.`);
    return failed(`The home ${home} of the ${who} cannot be used: ${reason}`);
  }
  const held = database;
  return done({ release: () => held.close() });
}
