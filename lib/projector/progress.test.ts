import { expect, test } from 'vitest';
import { createReplayReport } from './progress.ts';

/** Heights of 200 with the milliseconds at which they are reached, to the per cent that are said. */
function reported(steps: readonly (readonly [height: bigint, atMs: number])[]): number[] {
  const said: number[] = [];
  let nowMs = 0;
  const report = createReplayReport(
    (line) => said.push((line as { replay: { percent: number } }).replay.percent),
    () => nowMs,
  );
  for (const [height, atMs] of steps) {
    nowMs = atMs;
    report(height, 200n);
  }
  return said;
}

test('a new read model is told of at its begin, once a second at most, and once at its end', () => {
  expect(
    reported([
      [0n, 0],
      [20n, 10],
      [40n, 1_000],
      [41n, 1_800],
      [60n, 1_900],
      [200n, 2_700],
      [201n, 9_000],
    ]),
  ).toEqual([0, 20, 100]);
});

test('one that has caught up before is not spoken of, however the ledger goes on', () => {
  expect(
    reported([
      [200n, 0],
      [260n, 5_000],
    ]),
  ).toEqual([]);
});
