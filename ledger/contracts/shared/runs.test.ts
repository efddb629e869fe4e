import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { equal } from '#ledger/core/bytes.ts';
import {
  INTERVAL_STATES,
  RUNS_MAX,
  RUN_COUNT_MAX,
  decodeRuns,
  encodeRuns,
  intervalsOf,
  timeOfRuns,
  type IntervalState,
  type Run,
} from './runs.ts';

const UINT32_MAX = 0xffff_ffff;

function anyRuns(meters: number, runsMax = RUNS_MAX): fc.Arbitrary<Run[]> {
  const measured = fc.array(fc.integer({ min: 0, max: UINT32_MAX }), { minLength: meters, maxLength: meters });
  const count = fc.integer({ min: 1, max: RUN_COUNT_MAX });
  return fc.array(fc.record({ count, state: fc.constantFrom(...INTERVAL_STATES), measured }), { maxLength: runsMax });
}

const anyMeters = fc.integer({ min: 0, max: 4 });

/** The time of each state by walking from interval to interval. */
function walk(
  runs: readonly Run[],
  fromMs: bigint,
  untilMs: bigint,
  intervalMs: bigint,
): Record<IntervalState, bigint> {
  const time = { down: 0n, degraded: 0n, kept: 0n };
  let atMs = fromMs;
  for (const { count, state } of runs) {
    for (let each = 0; each < count; each += 1) {
      const endMs = atMs + intervalMs < untilMs ? atMs + intervalMs : untilMs;
      time[state] += endMs - atMs;
      atMs = endMs;
    }
  }
  return time;
}

describe('runs', () => {
  test('decode(encode(x)) = x', () => {
    const any = anyMeters.chain((meters) => fc.tuple(fc.constant(meters), anyRuns(meters)));
    fc.assert(
      fc.property(any, ([meters, runs]) => {
        expect(decodeRuns(encodeRuns(runs), meters)).toEqual(runs);
      }),
    );
  });

  test('what decodes is encoded to the same bytes', () => {
    fc.assert(
      fc.property(anyMeters, fc.uint8Array({ maxLength: 80 }), (meters, bytes) => {
        const runs = decodeRuns(bytes, meters);
        if (runs !== undefined) expect(equal(encodeRuns(runs), bytes)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test('runs are read from where their bytes stand in a larger buffer', () => {
    const runs: Run[] = [{ count: 258, state: 'kept', measured: [7] }];
    const around = Uint8Array.of(9, 9, 9, ...encodeRuns(runs), 9);
    expect(decodeRuns(around.subarray(3, -1), 1)).toEqual(runs);
  });

  test.each([
    ['a byte short', 1, Uint8Array.of(0, 1, 2, 0, 0, 0)],
    ['a byte long', 0, Uint8Array.of(0, 1, 2, 0)],
    ['of no intervals', 0, Uint8Array.of(0, 0, 2)],
    ['of an unknown state', 0, Uint8Array.of(0, 1, 3)],
    ['whose second run has an unknown state', 0, Uint8Array.of(0, 1, 2, 0, 1, 255)],
  ])('bytes that are %s are no runs', (_what, meters, bytes) => {
    expect(decodeRuns(bytes, meters)).toBeUndefined();
  });

  test.each([0, 1, 4])('with %i meters there are at most 256 runs', (meters) => {
    const run: Run = { count: 1, state: 'down', measured: Array<number>(meters).fill(0) };
    expect(decodeRuns(encodeRuns(Array<Run>(RUNS_MAX).fill(run)), meters)).toHaveLength(256);
    expect(decodeRuns(encodeRuns(Array<Run>(RUNS_MAX + 1).fill(run)), meters)).toBeUndefined();
  });

  test('a run and its values reach their bounds', () => {
    const runs: Run[] = [{ count: RUN_COUNT_MAX, state: 'degraded', measured: [UINT32_MAX, 0, 1, 0x8000_0000] }];
    expect(decodeRuns(encodeRuns(runs), 4)).toEqual(runs);
  });

  test('no bytes are no runs, which take no time', () => {
    expect(decodeRuns(new Uint8Array(0), 4)).toEqual([]);
    const now = { fromMs: 7n, untilMs: 7n, intervalMs: 60_000n };
    expect(timeOfRuns([], now)).toEqual({ down: 0n, degraded: 0n, kept: 0n });
    expect(timeOfRuns([], { ...now, untilMs: 8n })).toBeUndefined();
    expect(timeOfRuns([], { ...now, untilMs: 6n })).toBeUndefined();
  });
});

describe('time of runs', () => {
  const short = fc.record({
    count: fc.integer({ min: 1, max: 40 }),
    state: fc.constantFrom(...INTERVAL_STATES),
    measured: fc.constant<number[]>([]),
  });
  const window = fc.record({
    runs: fc.array(short, { minLength: 1, maxLength: 12 }),
    fromMs: fc.bigInt(0n, 10n ** 12n),
    intervalMs: fc.bigInt(1n, 100_000n),
    missing: fc.bigInt(0n, 999n),
  });

  test('is what walking from interval to interval gives, the last one cut off at the end', () => {
    fc.assert(
      fc.property(window, ({ runs, fromMs, intervalMs, missing }) => {
        const count = BigInt(runs.reduce((sum, run) => sum + run.count, 0));
        const untilMs = fromMs + count * intervalMs - (intervalMs * missing) / 1_000n;
        const time = timeOfRuns(runs, { fromMs, untilMs, intervalMs });
        expect(time).toEqual(walk(runs, fromMs, untilMs, intervalMs));
        expect(time!.down + time!.degraded + time!.kept).toBe(untilMs - fromMs);
      }),
    );
  });

  test('is none when an interval is missing or left over', () => {
    fc.assert(
      fc.property(window, ({ runs, fromMs, intervalMs }) => {
        const count = BigInt(runs.reduce((sum, run) => sum + run.count, 0));
        for (const untilMs of [fromMs + count * intervalMs + 1n, fromMs + (count - 1n) * intervalMs])
          expect(timeOfRuns(runs, { fromMs, untilMs, intervalMs })).toBeUndefined();
      }),
    );
  });

  test.each([
    [0n, 60_000n, 0n],
    [1n, 60_000n, 1n],
    [60_000n, 60_000n, 1n],
    [60_001n, 60_000n, 2n],
  ])('%s ms hold intervals of %s ms: %s', (lengthMs, intervalMs, count) => {
    expect(intervalsOf(lengthMs, intervalMs)).toBe(count);
  });
});
