import { assert } from '#ledger/core/assert.ts';
import { concat } from '#ledger/core/bytes.ts';
import { quotient } from '#ledger/core/integer.ts';

/** What an interval was: down costs nothing, degraded the part that the strategy states, kept the whole price. */
export const INTERVAL_STATES = ['down', 'degraded', 'kept'] as const;
export type IntervalState = (typeof INTERVAL_STATES)[number];

/** Neighbouring intervals of one state, with what was measured of each promised meter, in the order of the promise; zeros when down. */
export interface Run {
  readonly count: number;
  readonly state: IntervalState;
  readonly measured: readonly number[];
}

/** Runs of one claim; an agent merges neighbours into the worse when there are more. */
export const RUNS_MAX = 256;
/** Intervals of one run: its count has 16 bits. */
export const RUN_COUNT_MAX = 65_535;

function u16(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value & 0xff);
}

function u32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
}

/** count u16 ‖ state u8 ‖ measured u32 per promised meter, big-endian, run after run. Counts lie in 1 … RUN_COUNT_MAX. */
export function encodeRuns(runs: readonly Run[]): Uint8Array {
  assert(
    runs.every(({ count }) => count >= 1 && count <= RUN_COUNT_MAX),
    'a run’s count fits 16 bits and is not zero',
  );
  return concat(
    ...runs.flatMap(({ count, state, measured }) => [
      u16(count),
      Uint8Array.of(INTERVAL_STATES.indexOf(state)),
      ...measured.map(u32),
    ]),
  );
}

/** Strict inverse for a promise of `meters` meters: exact length, counts above zero, known states; undefined for anything else. */
export function decodeRuns(bytes: Uint8Array, meters: number): Run[] | undefined {
  const width = 3 + 4 * meters;
  if (bytes.length % width !== 0 || bytes.length > RUNS_MAX * width) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const runs: Run[] = [];
  for (let offset = 0; offset < bytes.length; offset += width) {
    const count = view.getUint16(offset);
    const state = INTERVAL_STATES[view.getUint8(offset + 2)];
    const measured = Array.from({ length: meters }, (_, index) => view.getUint32(offset + 3 + 4 * index));
    if (count === 0 || state === undefined) return undefined;
    runs.push({ count, state, measured });
  }
  return runs;
}

/** Intervals from one time to another, the last one counted whole. */
export function intervalsOf(lengthMs: bigint, intervalMs: bigint): bigint {
  return quotient(lengthMs + intervalMs - 1n, intervalMs);
}

/** Time of each state; the last interval ends at `untilMs`, so it may be shorter. undefined when the runs are not exactly the intervals between. */
export function timeOfRuns(
  runs: readonly Run[],
  window: { readonly fromMs: bigint; readonly untilMs: bigint; readonly intervalMs: bigint },
): { readonly [State in IntervalState]: bigint } | undefined {
  const { fromMs, untilMs, intervalMs } = window;
  const counted = runs.reduce((sum, { count }) => sum + BigInt(count), 0n);
  if (untilMs < fromMs || counted !== intervalsOf(untilMs - fromMs, intervalMs)) return undefined;
  const missingMs = counted * intervalMs - (untilMs - fromMs);
  const time = { down: 0n, degraded: 0n, kept: 0n };
  runs.forEach(({ count, state }, index) => {
    time[state] += BigInt(count) * intervalMs - (index === runs.length - 1 ? missingMs : 0n);
  });
  return time;
}
