import { chmodSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { realDisk } from './disk.ts';
import { haltFor } from './halt.ts';

/**
 * Writes a file whole or not at all, in place of what stood there; its owner alone can read it unless `mode` says otherwise. Content
 * and name are durable when it returns: a key or a genesis that others were told of must still be here after a power cut.
 */
export function writeWhole(path: string, text: string, mode = 0o600): void {
  const unfinished = `${path}.new`;
  try {
    rmSync(unfinished, { force: true });
    writeFileSync(unfinished, text, { mode, flush: true });
    chmodSync(unfinished, mode);
    renameSync(unfinished, path);
  } catch (error) {
    throw haltFor(`Writing ${path}`, error);
  }
  realDisk.syncFolder(dirname(path));
}
