import { expect, test } from 'vitest';
import { partitionsOf } from './partitions.ts';

test('four nodes can be parted in fourteen ways, in each of which every node is in one group', () => {
  const all = partitionsOf(4);
  expect(new Set(all.map((groups) => JSON.stringify(groups.map((group) => [...group].sort()).sort()))).size).toBe(14);
  for (const groups of all) expect(groups.flat().sort()).toEqual([0, 1, 2, 3]);
  const sizes = all
    .map((groups) =>
      groups
        .map(({ length }) => length)
        .sort()
        .join('|'),
    )
    .sort();
  expect(sizes).toEqual(
    [...Array(6).fill('1|1|2'), '1|1|1|1', ...Array(4).fill('1|3'), ...Array(3).fill('2|2')].sort(),
  );
});
