import type { CommittedBlock } from '#ledger/core/committed.ts';

/** Decided blocks kept in memory for subscribers. */
const RECENT_MAX = 64;
/** Between attempts to read a block that could not be given. */
const RETRY_MS = 100;
/** A subscriber looks again after this long even when nobody told of a new height. */
const LOOK_MS = 60_000;

/** Committed blocks in order to any number of subscribers, each at its own pace; gap-free, because every block is read by its height. */
export interface BlockFeed {
  /** Highest height that can be read. */
  height(): bigint;
  /** A new height can be read from now on. */
  advance(height: bigint): void;
  /** Every block from `from` on, each once; the next one comes after `onBlock` has resolved. Gives the function that ends it. */
  subscribe(from: bigint, onBlock: (block: CommittedBlock) => Promise<void>): () => void;
  stop(): void;
}

/** Those who wait for something new, each for a bounded time. */
function createSleepers(): { sleep(forMs: number): Promise<void>; wakeAll(): void } {
  const sleepers = new Set<() => void>();
  return {
    sleep: (forMs) =>
      new Promise((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          sleepers.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, forMs);
        sleepers.add(wake);
      }),
    wakeAll: () => {
      for (const wake of [...sleepers]) wake();
    },
  };
}

/** `read` gives a block that was advanced to; undefined when it cannot be given now. */
export function createBlockFeed(source: {
  readonly read: (height: bigint) => Promise<CommittedBlock | undefined>;
  readonly firstHeight: () => bigint;
}): BlockFeed {
  const recent = new Map<bigint, CommittedBlock>();
  const { sleep, wakeAll } = createSleepers();
  let height = 0n;
  let isStopped = false;

  const blockAt = async (at: bigint): Promise<CommittedBlock | undefined> => {
    const kept = recent.get(at);
    if (kept !== undefined) return kept;
    const block = await source.read(at);
    if (block === undefined) return undefined;
    recent.set(at, block);
    for (const old of recent.keys()) {
      if (recent.size <= RECENT_MAX) break;
      recent.delete(old);
    }
    return block;
  };
  const follow = async (
    from: bigint,
    onBlock: (block: CommittedBlock) => Promise<void>,
    isEnded: () => boolean,
  ): Promise<void> => {
    let next = from;
    while (!isEnded() && !isStopped) {
      if (next > height) {
        await sleep(LOOK_MS);
        continue;
      }
      const first = source.firstHeight();
      if (next < first) next = first;
      const block = await blockAt(next);
      if (block === undefined) {
        await sleep(RETRY_MS);
        continue;
      }
      if (isEnded()) return;
      await onBlock(block);
      next += 1n;
    }
  };

  return {
    height: () => height,
    advance: (to) => {
      if (to <= height) return;
      height = to;
      wakeAll();
    },
    subscribe: (from, onBlock) => {
      let isEnded = false;
      const end = (): void => {
        isEnded = true;
        wakeAll();
      };
      // A subscriber that fails ends its own subscription; it can begin another one where it stands.
      follow(from, onBlock, () => isEnded).catch(end);
      return end;
    },
    stop: () => {
      isStopped = true;
      wakeAll();
    },
  };
}
