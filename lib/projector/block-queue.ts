import 'server-only';
import type { CommittedBlock } from '#ledger/core/committed.ts';

/** Blocks between the ledger's stream and the database: bounded, so that a slow database slows the stream and not the memory. */
export interface BlockQueue {
  /** Resolves once the block has a place. */
  push(block: CommittedBlock): Promise<void>;
  /** Everything that waits, at least one block; empty only after `close`. */
  take(): Promise<CommittedBlock[]>;
  close(): void;
}

export const QUEUED_BLOCKS_MAX = 256;
/** A batch ends early at this many executed items, so that one database transaction stays small. */
export const BATCH_ITEMS_MAX = 4_096;

export function createBlockQueue(blocksMax = QUEUED_BLOCKS_MAX): BlockQueue {
  const waiting: CommittedBlock[] = [];
  let isClosed = false;
  let wakeReader: (() => void) | undefined;
  let wakeWriter: (() => void) | undefined;

  const takeBatch = (): CommittedBlock[] => {
    let items = 0;
    let count = 0;
    while (count < waiting.length && (count === 0 || items < BATCH_ITEMS_MAX))
      items += waiting[count++]?.items.length ?? 0;
    return waiting.splice(0, count);
  };

  return {
    async push(block) {
      while (waiting.length >= blocksMax && !isClosed) await new Promise<void>((resolve) => (wakeWriter = resolve));
      if (isClosed) return;
      waiting.push(block);
      wakeReader?.();
    },
    async take() {
      while (waiting.length === 0 && !isClosed) await new Promise<void>((resolve) => (wakeReader = resolve));
      const batch = isClosed ? [] : takeBatch();
      wakeWriter?.();
      return batch;
    },
    close() {
      isClosed = true;
      wakeReader?.();
      wakeWriter?.();
    },
  };
}
