import type { SlicedSnapshot } from '#ledger/abci/application.ts';
import type { Disk } from '#ledger/storage/disk.ts';
import { removeUnfinishedSnapshots, saveInSteps } from '#ledger/storage/snapshot-store.ts';

export interface SnapshotMakerOptions {
  readonly disk: Disk;
  readonly folder: string;
  /** Genesis hash. */
  readonly network: Uint8Array;
  /** Of the state as it stands. */
  readonly snapshot: () => SlicedSnapshot;
  /** Makes the journal durable up to that state. */
  readonly sync: () => void;
  /** Runs an action soon, but after whatever waits already. What the action throws must halt. */
  readonly later: (action: () => void) => void;
  /** Sentences for people. */
  readonly notice: (sentence: string) => void;
}

export interface SnapshotMaker {
  /** Begins a snapshot of the state as it stands; skipped, and said once, while the last one is still being made. */
  begin(): void;
  /** Gives up what is being made; nothing is begun after it. */
  stop(): void;
}

/**
 * Makes snapshots of one application beside its other work, in steps of a few milliseconds, one at a time. A failure of the disk is thrown out of
 * the step that meets it, and nothing is made any more: a failed write is never retried. Opening it clears what a crash left unfinished.
 */
export function openSnapshotMaker(options: SnapshotMakerOptions): SnapshotMaker {
  const { disk, folder, network } = options;
  let making: Generator<undefined, void> | undefined;
  let isEnded = false;
  let hasToldSkip = false;
  removeUnfinishedSnapshots(disk, folder);

  const step = (): void => {
    if (isEnded || making === undefined) return;
    // Holds until the step has gone well.
    isEnded = true;
    const isDone = making.next().done === true;
    isEnded = false;
    if (isDone) making = undefined;
    else options.later(step);
  };
  return {
    begin: () => {
      if (isEnded) return;
      if (making !== undefined) {
        if (!hasToldSkip) {
          options.notice(
            'A snapshot was due before the last one was made, and is skipped, as others will be that come too early: make them less often (LEDGER_SNAPSHOT_HEIGHTS).',
          );
        }
        hasToldSkip = true;
        return;
      }
      // The snapshot must never be newer than the durable end of the journal.
      options.sync();
      making = saveInSteps(disk, folder, { ...options.snapshot(), network });
      options.later(step);
    },
    stop: () => {
      if (isEnded) return;
      isEnded = true;
      if (making === undefined) return;
      making.return();
      removeUnfinishedSnapshots(disk, folder);
    },
  };
}
