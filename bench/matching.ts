import loadHighs from 'highs';
import { firstComeFirstServed, matchBatch } from '#ledger/contracts/plan/matching/batch.ts';
import { groundOf } from '#ledger/contracts/plan/matching/ground.ts';
import { pricesOf } from '#ledger/contracts/plan/matching/prices.ts';
import { valueOf, type Assignment, type MatchingValue } from '#ledger/contracts/plan/matching/value.ts';
import { batchOf, type Batch, type BatchForm } from '#ledger/contracts/testing/batches.ts';
import { median } from './statistics.ts';

const WIDE = { asks: 3_000, rooms: 500, meters: 3, optionsMax: 20 } as const;
const FORMS: Readonly<Record<string, BatchForm>> = {
  /** Offers with room for five or so of those served; seven customers in eight can be served. */
  mixed: { ...WIDE, amountMax: 64, room: [16, 64] },
  /** Half the room: four of those served, two customers in three. */
  scarce: { ...WIDE, amountMax: 64, room: [8, 32] },
  /** Fewer and larger offers: sixteen of those served, four customers in five. */
  fine: { ...WIDE, rooms: 150, amountMax: 64, room: [40, 160] },
};
const SEEDS = [1, 2, 3, 4, 5];
const STEPS = 40_000_000;

/** The linear relaxation in CPLEX's LP format: everybody at most once, by parts, no meter of a room beyond what is free. */
function relaxation({ asks, rooms }: Batch): string {
  const names: string[] = [];
  const rows: string[] = [];
  const loads = new Map<bigint, string[][]>(rooms.map(({ resource, free }) => [resource, free.map(() => [])]));
  asks.forEach(({ options }, ask) => {
    const mine = options.map(({ resource, amounts }) => {
      const name = `x${ask}_${resource}`;
      amounts.forEach((amount, meter) => loads.get(resource)![meter]!.push(`${amount} ${name}`));
      return name;
    });
    names.push(...mine);
    rows.push(`${mine.join('\n + ')} <= 1`);
  });
  for (const { resource, free } of rooms) {
    loads.get(resource)!.forEach((terms, meter) => {
      if (terms.length > 0) rows.push(`${terms.join('\n + ')} <= ${free[meter]}`);
    });
  }
  const numbered = rows.map((row, index) => ` r${index}: ${row}`).join('\n');
  return `Maximize\n obj: ${names.join('\n + ')}\nSubject To\n${numbered}\nEnd\n`;
}

function worthOf(found: Assignment, { asks, rooms }: Batch): MatchingValue {
  const value = valueOf(found, asks, rooms);
  if (value === undefined) throw new Error('The assignment is not feasible.');
  return value;
}

function thousandths(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

/** How many customers a batch serves, divided by the linear bound of HiGHS and by first come, first served, and how long it takes. */
export async function benchMatching(): Promise<void> {
  const highs = await loadHighs();
  for (const [form, shape] of Object.entries(FORMS)) {
    const runs: { ofBound: number; toPlain: number; costEach: number; seconds: number }[] = [];
    for (const seed of SEEDS) {
      const batch = batchOf(shape, seed);
      const begunAt = performance.now();
      const usedAt = process.cpuUsage();
      const found = matchBatch(batch.asks, batch.rooms, STEPS);
      const seconds = (performance.now() - begunAt) / 1_000;
      const used = process.cpuUsage(usedAt);
      const { served, costMicro } = worthOf(found, batch);
      const plain = worthOf(firstComeFirstServed(batch.asks, batch.rooms), batch);
      const { Status, ObjectiveValue: bound } = highs.solve(relaxation(batch), { solver: 'ipm' });
      if (Status !== 'Optimal') throw new Error(`HiGHS did not solve the relaxation: ${Status}.`);
      const run = {
        served,
        ofBound: thousandths(served / bound),
        toPlain: thousandths(served / plain.served),
        costEach: thousandths(Number(costMicro) / served / (Number(plain.costMicro) / plain.served)),
        seconds: thousandths(seconds),
        processorSeconds: thousandths((used.user + used.system) / 1e6),
        ownBound: thousandths(pricesOf(groundOf(batch.asks, batch.rooms)).servedMax / bound),
      };
      runs.push(run);
      console.log(JSON.stringify({ figure: form, seed, ...run, bound: thousandths(bound), plain: plain.served }));
    }
    const middles = (['ofBound', 'toPlain', 'costEach', 'seconds'] as const).map((name) => [
      name,
      median(runs.map((run) => run[name])),
    ]);
    console.log(JSON.stringify({ figure: 'P7c', form, ...Object.fromEntries(middles) }));
  }
}
