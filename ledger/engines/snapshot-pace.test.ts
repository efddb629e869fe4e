import { expect, test } from 'vitest';
import type { ExecutionRecord } from './execution.ts';
import { isSnapshotDue } from './snapshot-pace.ts';

/** Heights at which a snapshot is due, in a chain whose blocks hold so many items each. */
function dueHeights(
  itemsPerBlock: number,
  { heights, index = 0, records = 1_000 }: { heights: number; index?: number; records?: number },
): bigint[] {
  const due: bigint[] = [];
  for (let height = 1; height <= heights; height += 1) {
    const size = BigInt((height - 1) * itemsPerBlock);
    const transactions = Array.from({ length: itemsPerBlock });
    const record = { frontier: { size, roots: [] }, due: [], transactions } as unknown as ExecutionRecord;
    if (isSnapshotDue({ height: BigInt(height), record, records }, { every: 100n, index, of: 4 }))
      due.push(BigInt(height));
  }
  return due;
}

test('a snapshot is due after so many heights at most, and the sooner the more there would be to replay [8.2.1-a]', () => {
  expect(dueHeights(0, { heights: 350 })).toEqual([100n, 200n, 300n]);
  expect(dueHeights(0, { heights: 350, index: 1 })).toEqual([75n, 175n, 275n]);
  for (const items of [1, 4, 40, 400]) {
    const due = dueHeights(items, { heights: 350 });
    const gaps = due.map((height, at) => Number(height - (due[at - 1] ?? 0n)));
    // Never more to replay than 100 empty blocks, or 400 items, cost; one block more where the last one went over it.
    for (const gap of gaps) expect((gap - 1) * (1 + items / 4)).toBeLessThanOrEqual(100);
  }
});

test('of a large state snapshots are made more seldom, by as much as making one costs more [8.2.1-a]', () => {
  expect(dueHeights(0, { heights: 900, records: 3_200 })).toHaveLength(9);
  expect(dueHeights(0, { heights: 900, records: 3_201 })).toEqual([200n, 400n, 600n, 800n]);
  expect(dueHeights(40, { heights: 900, records: 25_600 }).length).toBe(Math.floor((900 * 11) / 800));
  expect(dueHeights(40, { heights: 900, records: 25_600, index: 2 })[0]).toBe(37n);
});
