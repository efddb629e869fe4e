import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeRuns, encodeRuns, runsOf, RUNS_MAX, type Run, type RunTerms } from './interval-runs.ts';
import type { Interval, IntervalState } from './intervals.ts';
import type { MeterRule } from './resources/kind.ts';

const meters: Readonly<Record<string, MeterRule>> = {
  firstByteMs: { counting: 'measured', unit: 'milliseconds', promised: 'at-most' },
  rateKbit: { counting: 'measured', unit: 'kilobits a second', promised: 'at-least' },
};
const promise = [
  { meter: 'firstByteMs', amount: 100 },
  { meter: 'rateKbit', amount: 500 },
];
const STATES: readonly IntervalState[] = ['down', 'degraded', 'kept'];

/** Windows that change often, so that many of them have more than 256 runs. */
const windows = fc
  .tuple(
    fc.array(
      fc.record({
        count: fc.integer({ min: 1, max: 3 }),
        state: fc.constantFrom(...STATES),
        firstByteMs: fc.constantFrom(0, 20, 100, 900),
        rateKbit: fc.constantFrom(0, 400, 700),
      }),
      { maxLength: 900, size: 'max' },
    ),
    fc.integer({ min: 0, max: 1_000 }),
  )
  .map(([parts, degradedPerMille]) => {
    const intervals = parts.flatMap(({ count, state, firstByteMs, rateKbit }) =>
      Array.from({ length: count }, (): Interval => ({ ...interval(state), measured: { firstByteMs, rateKbit } })),
    );
    return { intervals, terms: { promise, degradedPerMille, meters } };
  });

function interval(state: IntervalState): Interval {
  return { fromMs: 0, toMs: 1, state, measured: {} };
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
          expect(STATES.indexOf(run.state) <= STATES.indexOf(state)).toBe(true);
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
          intervals.map(({ state, measured }) => [state, measured['firstByteMs'], measured['rateKbit']]),
        );
      }),
      { numRuns: 60 },
    );
  });

  test('never tell a better measurement than any that they stand for [8.1.2-b]', () => {
    fc.assert(
      fc.property(windows, ({ intervals, terms }) => {
        unrolled(runsOf(intervals, terms)).forEach(({ measured: [firstByteMs = 0, rateKbit = 0] }, index) => {
          const own = intervals[index]?.measured ?? {};
          expect(firstByteMs >= (own['firstByteMs'] ?? 0)).toBe(true);
          if ((own['rateKbit'] ?? 0) > 0) expect(rateKbit > 0 && rateKbit <= (own['rateKbit'] ?? 0)).toBe(true);
        });
      }),
      { numRuns: 40 },
    );
  });

  test('give up the cheapest: one kept interval in the middle of a long time down, not a long time kept', () => {
    const long = Array.from({ length: 129 }, (_, index) => [
      ...Array.from({ length: 5 }, () => interval('down')),
      ...Array.from({ length: index === 64 ? 1 : 5 }, () => interval('kept')),
    ]).flat();
    const merged = runsOf(long, { promise: [], degradedPerMille: 500, meters });
    expect(merged.length <= RUNS_MAX).toBe(true);
    expect(unrolled(merged).filter(({ state }) => state === 'kept').length).toBe(128 * 5);
  });

  test('are split where a count would not fit, and a window of 31 days of seconds fits', () => {
    const seconds = 31 * 86_400;
    const long = (function* () {
      for (let index = 0; index < seconds; index += 1) yield interval(index % 50_000 < 49_000 ? 'kept' : 'down');
    })();
    const runs = runsOf(long, { promise: [], degradedPerMille: 0, meters });
    expect(runs.reduce((sum, { count }) => sum + count, 0)).toBe(seconds);
    expect(Math.max(...runs.map(({ count }) => count)) <= 0xffff).toBe(true);
    const whole = runsOf(
      Array.from({ length: 70_000 }, () => interval('kept')),
      { promise: [], degradedPerMille: 0, meters },
    );
    expect(whole.map(({ count }) => count)).toEqual([0xffff, 70_000 - 0xffff]);
    expect(decodeRuns(encodeRuns(whole, 0), 0)).toEqual({ ok: true, value: whole });
  });
});

describe('the bytes of runs', () => {
  test('are count, state and measurements, big-endian', () => {
    const runs: Run[] = [
      { count: 2, state: 'kept', measured: [258, 0] },
      { count: 65_535, state: 'down', measured: [0, 4_294_967_295] },
    ];
    const hex = Buffer.from(encodeRuns(runs, 2)).toString('hex');
    expect(hex).toBe(`0002020000010200000000${'ffff0000000000ffffffff'}`);
  });

  test('decode(encode(runs)) = runs', () => {
    fc.assert(
      fc.property(windows, ({ intervals, terms }) => {
        const runs = runsOf(intervals, terms);
        expect(decodeRuns(encodeRuns(runs, 2), 2)).toEqual({ ok: true, value: runs });
      }),
      { numRuns: 40 },
    );
  });

  test('encode(decode(bytes)) = bytes, or the bytes are refused with a sentence', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 0, max: 4 }), (bytes, promised) => {
        const read = decodeRuns(bytes, promised);
        if (read.ok) expect([...encodeRuns(read.value, promised)]).toEqual([...bytes]);
        else expect(read.sentence).toMatch(/\.$/);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['that end in the middle of a run', '0001', 0],
    ['with an empty run', '000002', 0],
    ['with a state that is not known', '000103', 0],
    ['with two like runs in a row', '000102000102', 0],
    ['for more promises than there can be', '', 5],
    ['of 257 runs', '000100000102'.repeat(129).slice(0, 257 * 6), 0],
  ])('%s are refused', (_, hex, promised) => {
    expect(decodeRuns(Buffer.from(hex, 'hex'), promised).ok).toBe(false);
  });
});
