import { join } from 'node:path';
import type { Disk } from './disk.ts';
import { replaceFile } from './height-file.ts';
import { listSegments } from './segment.ts';
import { listSnapshots, saveSnapshot, type StoredSnapshot } from './snapshot-store.ts';

/** What a folder begins with that has no blocks below a snapshot. */
export interface Beginning {
  /** The genesis hash. */
  readonly network: Uint8Array;
  readonly snapshot: StoredSnapshot;
  /** The file that says so, and what it holds. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * A folder without a block becomes that of one that begins with a snapshot; its journal is closed. Durable when it returns. The file that
 * says so comes last: a crash before it leaves a folder without a block.
 */
export function beginWith(disk: Disk, folder: string, { network, snapshot, name, bytes }: Beginning): void {
  // The journal holds no block, and newer snapshots are of blocks that were lost: they would push this one out.
  const newer = listSnapshots(disk, folder).filter(({ height }) => height > snapshot.height);
  for (const old of [...listSegments(disk, folder), ...newer]) disk.remove(old.path);
  saveSnapshot(disk, folder, network, snapshot);
  replaceFile(disk, join(folder, name), bytes);
}
