import { expect, test } from 'vitest';
import { USE_POINTS_MAX, historyOfUse, type ClaimedUse } from './use-history.ts';

function claimed(untilMs: number, calls: number): ClaimedUse {
  return { untilMs: BigInt(untilMs), used: [{ meter: 'calls', amount: String(calls) }] };
}

test('every claim of a short order is a point, and a repeated one counts once, with its latest figures', () => {
  expect(historyOfUse([claimed(10, 1), claimed(20, 5), claimed(20, 7)])).toEqual([
    { untilMs: 10, used: [{ meter: 'calls', amount: 1 }] },
    { untilMs: 20, used: [{ meter: 'calls', amount: 7 }] },
  ]);
  expect(historyOfUse([])).toEqual([]);
});

test('a month of claims is thinned to what a drawing shows, evenly and with the last one', () => {
  const claims = Array.from({ length: 4_464 }, (_, index) => claimed(index + 1, index));
  const points = historyOfUse(claims);
  expect(points.length).toBeLessThanOrEqual(USE_POINTS_MAX);
  expect(points.at(-1)?.untilMs).toBe(4_464);
  const gaps = points.slice(1).map(({ untilMs }, index) => untilMs - (points[index]?.untilMs ?? 0));
  expect(new Set(gaps).size).toBe(1);
});
