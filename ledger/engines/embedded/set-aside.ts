import { join } from 'node:path';
import type { Disk } from '#ledger/storage/disk.ts';
import { noteFollow } from './validator-files.ts';

const KEPT = ['key.json', 'follow'];
const ASIDE = /^aside-\d+$/;
/** Of one validator; the operator removes them when nobody wants to look into them any more. */
export const ASIDES_MAX = 3;

/** Whether another state may be set aside in this folder. */
export function hasRoomAside(disk: Disk, folder: string): boolean {
  return disk.list(folder).filter((name) => ASIDE.test(name)).length < ASIDES_MAX;
}

/**
 * Moves everything that a validator knows, but its key, into a folder beside it; the validator must have ended. The height up to which it may
 * have voted is on the disk before anything is moved: below it, it only follows. A crash in between leaves a folder that can be set aside again.
 */
export function setAside(disk: Disk, folder: string, followUntilHeight: bigint): void {
  noteFollow(disk, folder, followUntilHeight);
  const aside = join(folder, `aside-${followUntilHeight}`);
  disk.makeFolder(aside);
  for (const name of disk.list(folder)) {
    if (!KEPT.includes(name) && !ASIDE.test(name)) disk.rename(join(folder, name), join(aside, name));
  }
  disk.syncFolder(aside);
  disk.syncFolder(folder);
}
