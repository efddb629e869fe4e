import { expect, test } from 'vitest';
import { nextTime } from './countdown.tsx';

test('what comes once is never later than it was; what comes again is at the next of its times', () => {
  expect([0, 999, 1_000, 5_000].map((nowMs) => nextTime(nowMs, { untilMs: 1_000 }))).toEqual(Array(4).fill(1_000));
  const times = [0, 999, 1_000, 1_099, 1_100, 5_050].map((nowMs) => nextTime(nowMs, { untilMs: 1_000, everyMs: 100 }));
  expect(times).toEqual([1_000, 1_000, 1_100, 1_100, 1_200, 5_100]);
});
