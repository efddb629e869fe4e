import 'server-only';

const BATCH_ITEMS_MAX = 1_000;
/** More that wait than this are refused: their callers come again, and the memory stays bounded. */
const WAITING_MAX = 20_000;

/** Too much waits for the database at once. */
export class IntakeFull extends Error {
  override readonly name = 'IntakeFull';
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Makes one statement of what comes at about the same time. `write` answers one result for each item, in order; what it throws reaches
 * everybody of its batch. One batch is on its way at a time: what comes meanwhile is the next one.
 * The first of a batch waits `waitMs` for others.
 */
export function createBatcher<Item, Result>(
  write: (items: readonly Item[]) => Promise<readonly Result[]>,
  waitMs: number,
): (item: Item) => Promise<Result> {
  const waiting: Waiting<Item, Result>[] = [];
  let isRunning = false;

  const runOne = async (): Promise<void> => {
    const batch = waiting.splice(0, BATCH_ITEMS_MAX);
    try {
      const results = await write(batch.map(({ item }) => item));
      // `write` answers for every item, so each index is there.
      batch.forEach(({ resolve }, index) => resolve(results[index] as Result));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  };
  const run = async (): Promise<void> => {
    while (waiting.length > 0) await runOne();
    isRunning = false;
  };
  return (item) =>
    new Promise((resolve, reject) => {
      if (waiting.length >= WAITING_MAX) return reject(new IntakeFull('too much waits for the database'));
      waiting.push({ item, resolve, reject });
      if (isRunning) return;
      isRunning = true;
      setTimeout(() => void run(), waitMs);
    });
}
