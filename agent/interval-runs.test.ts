import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keepsPromise } from '#ledger/contracts/kinds/kind.ts';
import {
  decodeRuns,
  encodeRuns,
  INTERVAL_STATES,
  RUNS_MAX,
  type IntervalState,
  type Run,
} from '#ledger/contracts/shared/runs.ts';
import { runsOf, type RunTerms } from './interval-runs.ts';
import type { Interval } from './intervals.ts';
import type { LedgerKind } from './resources/kind.ts';

const promises: LedgerKind['promises'] = {
  firstByteMs: { unit: 'ms', title: 'First byte', kept: 'atMost', max: 600_000n },
  rateKbit: { unit: 'kbit/s', title: 'Rate', kept: 'atLeast', max: 10_000_000n },
};
const promise = [
  { meter: 'firstByteMs', amount: 100 },
  { meter: 'rateKbit', amount: 500 },
];

/** Windows that change often, so that many of them have more than 256 runs. */
const windows = fc
  .tuple(
    fc.array(
      fc.record({
        count: fc.integer({ min: 1, max: 3 }),
        isServed: fc.boolean(),
        firstByteMs: fc.constantFrom(0, 20, 100, 900),
        rateKbit: fc.constantFrom(0, 400, 700),
      }),
      { maxLength: 900, size: 'max' },
    ),
    fc.integer({ min: 0, max: 1_000 }),
  )
  .map(([parts, degradedPerMille]) => {
    const intervals = parts.flatMap(({ count, isServed, firstByteMs, rateKbit }) => {
      const state = isServed ? servedState([firstByteMs, rateKbit]) : 'down';
      return Array.from({ length: count }, (): Interval => ({
        ...interval(state),
        measured: { firstByteMs, rateKbit },
      }));
    });
    return { intervals, terms: { promise, degradedPerMille, promises } };
  });

function interval(state: IntervalState): Interval {
  return { fromMs: 0, toMs: 1, state, measured: {} };
}

/** As the contract decides it. */
function servedState(measured: readonly number[]): IntervalState {
  const isKept = promise.every(({ meter, amount }, index) =>
    keepsPromise(promises[meter], { measured: BigInt(measured[index] ?? 0), promised: BigInt(amount) }),
  );
  return isKept ? 'kept' : 'degraded';
}

function worth(state: IntervalState, { degradedPerMille }: RunTerms): number {
  return { down: 0, degraded: degradedPerMille, kept: 1_000 }[state];
}

function unrolled(runs: readonly Run[]): Run[] {
  return runs.flatMap((run) => Array.from({ length: run.count }, () => run));
}

describe('the runs of a claim', () => {
  test('cover exactly the intervals, each in its own state or a worse one, and are at most 256 [8.1.2-b]', () => {
    fc.assert(
      fc.property(windows, ({ intervals, terms }) => {
        const runs = runsOf(intervals, terms);
        expect(runs.length <= RUNS_MAX).toBe(true);
        const each = unrolled(runs);
        expect(each.length).toBe(intervals.length);
        each.forEach((run, index) => {
          const state = intervals[index]?.state ?? 'down';
          expect(INTERVAL_STATES.indexOf(run.state) <= INTERVAL_STATES.indexOf(state)).toBe(true);
        });
      }),
      { numRuns: 60 },
    );
  });

  test('never make the bill dearer, and change nothing where there is room [8.1.2-b]', () => {
    fc.assert(
      fc.property(windows, ({ intervals, terms }) => {
        const runs = runsOf(intervals, terms);
        const total = (states: readonly { state: IntervalState }[]): number =>
          states.reduce((sum, { state }) => sum + worth(state, terms), 0);
        expect(total(unrolled(runs)) <= total(intervals)).toBe(true);
        if (intervals.length > RUNS_MAX) return;
        expect(unrolled(runs).map(({ state, measured }) => [state, ...measured])).toEqual(
          intervals.map(({ state, measured }) =>
            state === 'down' ? [state, 0, 0] : [state, measured['firstByteMs'], measured['rateKbit']],
          ),
        );
      }),
      { numRuns: 60 },
    );
  });

  test('never tell a better measurement than any that they stand for, and nothing of what was down [8.1.2-b]', () => {
    fc.assert(
      fc.property(windows, ({ intervals, terms }) => {
        unrolled(runsOf(intervals, terms)).forEach(({ state, measured }, index) => {
          const [firstByteMs = 0, rateKbit = 0] = measured;
          const own = intervals[index]?.measured ?? {};
          if (state === 'down') expect(measured).toEqual([0, 0]);
          else expect(firstByteMs >= (own['firstByteMs'] ?? 0) && rateKbit <= (own['rateKbit'] ?? 0)).toBe(true);
        });
      }),
      { numRuns: 40 },
    );
  });

  test('are read back from their bytes as they were', () => {
    fc.assert(
      fc.property(windows, ({ intervals, terms }) => {
        const runs = runsOf(intervals, terms);
        expect(decodeRuns(encodeRuns(runs), 2)).toEqual(runs);
      }),
      { numRuns: 40 },
    );
  });

  test('say of each run what the contract makes of its measurements, also after merging [8.1.2-b]', () => {
    fc.assert(
      fc.property(windows, ({ intervals, terms }) => {
        for (const { state, measured } of runsOf(intervals, terms))
          if (state !== 'down') expect(servedState(measured)).toBe(state);
      }),
      { numRuns: 40 },
    );
  });

  test('give up the cheapest: one kept interval in the middle of a long time down, not a long time kept', () => {
    const long = Array.from({ length: 129 }, (_, index) => [
      ...Array.from({ length: 5 }, () => interval('down')),
      ...Array.from({ length: index === 64 ? 1 : 5 }, () => interval('kept')),
    ]).flat();
    const merged = runsOf(long, { promise: [], degradedPerMille: 500, promises });
    expect(merged.length <= RUNS_MAX).toBe(true);
    expect(unrolled(merged).filter(({ state }) => state === 'kept').length).toBe(128 * 5);
  });

  test('are split where a count would not fit, and a window of 31 days of seconds fits', () => {
    const seconds = 31 * 86_400;
    const long = (function* () {
      for (let index = 0; index < seconds; index += 1) yield interval(index % 50_000 < 49_000 ? 'kept' : 'down');
    })();
    const runs = runsOf(long, { promise: [], degradedPerMille: 0, promises });
    expect(runs.reduce((sum, { count }) => sum + count, 0)).toBe(seconds);
    expect(Math.max(...runs.map(({ count }) => count)) <= 0xffff).toBe(true);
    const whole = runsOf(
      Array.from({ length: 70_000 }, () => interval('kept')),
      { promise: [], degradedPerMille: 0, promises },
    );
    expect(whole.map(({ count }) => count)).toEqual([0xffff, 70_000 - 0xffff]);
    expect(decodeRuns(encodeRuns(whole), 0)).toEqual(whole);
  });
});
