import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dealt, inARow } from './shares.ts';

test('sub-tasks are dealt out without a rest: everybody’s part, rounded down or up, and nobody’s is empty [I.1-5a]', () => {
  const anyUnits = fc.array(fc.bigInt(1n, 1_024n), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(anyUnits, fc.bigInt(0n, 1_000_000n), (units, beyond) => {
      const all = units.reduce((sum, each) => sum + each, 0n);
      const subtasks = all + beyond;
      const counts = dealt(subtasks, units);
      expect(counts.reduce((sum, each) => sum + each, 0n)).toBe(subtasks);
      counts.forEach((count, index) => {
        expect(count).toBeGreaterThan(0n);
        // Within less than one of the exact part: count × all against subtasks × units.
        const distance = count * all - subtasks * units[index]!;
        expect(distance > -all && distance < all).toBe(true);
      });
    }),
  );
});

test('the largest remainders get one more, the earlier one where they are equal', () => {
  expect(dealt(10n, [1n, 1n, 1n])).toEqual([4n, 3n, 3n]);
  expect(dealt(11n, [1n, 4n, 1n])).toEqual([2n, 7n, 2n]);
  expect(inARow([2n, 7n, 2n], 4)).toEqual([
    { part: 4n, first: 0n, count: 2n },
    { part: 5n, first: 2n, count: 7n },
    { part: 6n, first: 9n, count: 2n },
  ]);
});
