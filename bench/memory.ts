import { decideAll, signTransfers } from '#ledger/engines/testing/load.ts';
import { startEmbedded } from './contestants.ts';
import { anonymousKiB } from './process-use.ts';
import { rounded } from './statistics.ts';

/** Between these accounts alone: the state stays as it is. */
const MEMBERS = 64;
const TRANSACTIONS = 200_000;
const CHUNK = 10_000;
const VALIDATORS = 4;
/** Until then caches fill up and V8 finds the size of its generations. */
const SETTLED = 0.3;
const MILLION = 1_000_000;

interface Point {
  readonly transactions: number;
  readonly MiB: number;
}

/** MiB for each transaction, by least squares. */
function slopeOf(points: readonly Point[]): number {
  const mean = (of: (point: Point) => number): number =>
    points.reduce((sum, each) => sum + of(each), 0) / points.length;
  const [x, y] = [mean((each) => each.transactions), mean((each) => each.MiB)];
  const products = points.map(
    (each) => [(each.transactions - x) * (each.MiB - y), (each.transactions - x) ** 2] as const,
  );
  return products.reduce((sum, [of]) => sum + of, 0) / products.reduce((sum, [, of]) => sum + of, 0);
}

/** P9 of the bar: what a validator's memory grows by while the state stays as it is. The argument is how many transfers there are (200,000). */
export async function benchMemory(countText = String(TRANSACTIONS)): Promise<void> {
  const count = Number(countText);
  const contestant = await startEmbedded(MEMBERS);
  const { doors, ledger, pids } = contestant;
  try {
    const points: Point[] = [];
    const begunAt = performance.now();
    for (let done = CHUNK; done <= count; done += CHUNK) {
      await decideAll(doors, ledger, signTransfers(ledger, CHUNK));
      points.push({ transactions: done, MiB: anonymousKiB(pids[0]!) / 1_024 });
      console.log(JSON.stringify({ figure: 'memory', transactions: done, MiB: Math.round(points.at(-1)!.MiB) }));
    }
    const settled = points.filter(({ transactions }) => transactions > count * SETTLED);
    const { stateRecords } = await doors[0]!.figures();
    console.log(
      JSON.stringify({
        figure: 'P9',
        growthMiBOfAMillion: rounded((slopeOf(settled) * MILLION) / VALIDATORS),
        mustHold: 64,
        aim: 4,
        stateRecords,
        perSecond: Math.round((count * 1_000) / (performance.now() - begunAt)),
      }),
    );
  } finally {
    await contestant.stop();
  }
}
