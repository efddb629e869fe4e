import { promiseOf, type Interval, type IntervalState } from './intervals.ts';
import { done, failed, type Outcome } from './outcome.ts';
import type { MeterRule, Quantity } from './resources/kind.ts';

/** A claim holds at most this many runs; neighbours become one in the worse state when there would be more. */
export const RUNS_MAX = 256;
const COUNT_MAX = 0xffff;
const MEASURED_MAX = 0xffff_ffff;
const PROMISES_MAX = 4;
const HEAD_BYTES = 3;
const MEASURED_BYTES = 4;
/** By their number on the ledger: a smaller one is worse for the provider. */
const STATES = ['down', 'degraded', 'kept'] as const satisfies readonly IntervalState[];

/** Intervals in a row that are alike. */
export interface Run {
  readonly count: number;
  readonly state: IntervalState;
  /** One for each promised meter, in the promise's order; 0 where there was nothing to measure. */
  readonly measured: readonly number[];
}

export interface RunTerms {
  readonly promise: readonly Quantity[];
  readonly degradedPerMille: number;
  readonly meters: Readonly<Record<string, MeterRule>>;
}

/** Intervals as runs, at most 256: what has to be merged is merged where the provider loses least, and never to the customer's cost. */
export function runsOf(intervals: Iterable<Interval>, terms: RunTerms): readonly Run[] {
  let runs: Run[] = [];
  for (const { state, measured } of intervals) {
    const values = terms.promise.map(({ meter }) => Math.min(measured[meter] ?? 0, MEASURED_MAX));
    append(runs, { count: 1, state, measured: values });
  }
  while (runs.length > RUNS_MAX) {
    const merged = mergeCheapest(runs, terms);
    if (merged.length === runs.length) throw new Error('No two of these runs can be merged: the window is too long.');
    runs = merged;
  }
  return runs;
}

/** count u16 ‖ state u8 ‖ measured u32 for each promised meter, big-endian, run after run. */
export function encodeRuns(runs: readonly Run[], promised: number): Uint8Array {
  const size = HEAD_BYTES + promised * MEASURED_BYTES;
  const bytes = new Uint8Array(runs.length * size);
  const view = new DataView(bytes.buffer);
  for (const [index, run] of runs.entries()) {
    const at = index * size;
    view.setUint16(at, run.count);
    view.setUint8(at + 2, STATES.indexOf(run.state));
    for (let meter = 0; meter < promised; meter += 1)
      view.setUint32(at + HEAD_BYTES + meter * MEASURED_BYTES, run.measured[meter] ?? 0);
  }
  return bytes;
}

/** Reads runs strictly: only what `encodeRuns` writes, so that encoding the result gives the input. */
export function decodeRuns(bytes: Uint8Array, promised: number): Outcome<readonly Run[]> {
  if (promised < 0 || promised > PROMISES_MAX) return failed(`At most ${PROMISES_MAX} meters can be promised.`);
  const size = HEAD_BYTES + promised * MEASURED_BYTES;
  if (bytes.length % size !== 0) return failed('The runs end in the middle of one.');
  if (bytes.length / size > RUNS_MAX) return failed(`There are more than ${RUNS_MAX} runs.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const runs: Run[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const state = STATES[view.getUint8(at + 2)];
    const count = view.getUint16(at);
    if (state === undefined) return failed('A run has a state that is not known.');
    if (count === 0) return failed('A run is empty.');
    const measured = Array.from({ length: promised }, (_, meter) =>
      view.getUint32(at + HEAD_BYTES + meter * MEASURED_BYTES),
    );
    const last = runs.at(-1);
    const run = { count, state, measured };
    if (last !== undefined && isAlike(last, run) && last.count < COUNT_MAX)
      return failed('Two runs in a row are alike and not one.');
    runs.push(run);
  }
  return done(runs);
}

/** Adds a run at the end; one that is like the last fills that first. */
function append(runs: Run[], run: Run): void {
  const last = runs.at(-1);
  if (last === undefined || !isAlike(last, run)) {
    runs.push(run);
    return;
  }
  const together = last.count + run.count;
  runs[runs.length - 1] = { ...last, count: Math.min(together, COUNT_MAX) };
  if (together > COUNT_MAX) runs.push({ ...run, count: together - COUNT_MAX });
}

function isAlike(left: Run, right: Run): boolean {
  return left.state === right.state && left.measured.every((value, index) => value === right.measured[index]);
}

/**
 * One pass: merges the cheapest pairs of neighbours, no run twice. What a pair becomes can be like the runs on both sides and take them
 * in, so that a third of the runs that are too many is enough: more would give up what need not be given up.
 */
function mergeCheapest(runs: readonly Run[], terms: RunTerms): Run[] {
  const pairs: { left: number; lossPerMille: number }[] = [];
  for (const [left, run] of runs.slice(0, -1).entries()) {
    const right = runs[left + 1];
    if (right === undefined || run.count + right.count > COUNT_MAX) continue;
    pairs.push({ left, lossPerMille: lossOf(run, right, terms.degradedPerMille) });
  }
  pairs.sort((one, other) => one.lossPerMille - other.lossPerMille || one.left - other.left);
  const chosen = new Set<number>();
  const pairsMax = Math.max(1, Math.floor((runs.length - RUNS_MAX) / 3));
  for (const { left } of pairs) {
    if (chosen.size >= pairsMax) break;
    if (!chosen.has(left - 1) && !chosen.has(left + 1)) chosen.add(left);
  }
  const merged: Run[] = [];
  for (let index = 0; index < runs.length; index += 1) {
    const run = runs[index];
    const right = runs[index + 1];
    if (run === undefined) continue;
    if (!chosen.has(index) || right === undefined) {
      append(merged, run);
      continue;
    }
    append(merged, worseOf(run, right, terms));
    index += 1;
  }
  return merged;
}

/** What the provider gives up, in thousandths of intervals, when both become the worse of the two. */
function lossOf(left: Run, right: Run, degradedPerMille: number): number {
  const worth = ({ state }: Run): number => ({ down: 0, degraded: degradedPerMille, kept: 1_000 })[state];
  const least = Math.min(worth(left), worth(right));
  return (worth(left) - least) * left.count + (worth(right) - least) * right.count;
}

function worseOf(left: Run, right: Run, { promise, meters }: RunTerms): Run {
  const state = STATES[Math.min(STATES.indexOf(left.state), STATES.indexOf(right.state))] ?? 'down';
  const measured = promise.map(({ meter }, index) => {
    const values = [left.measured[index] ?? 0, right.measured[index] ?? 0].filter((value) => value > 0);
    if (values.length === 0) return 0;
    return promiseOf(meters, meter) === 'at-least' ? Math.min(...values) : Math.max(...values);
  });
  return { count: left.count + right.count, state, measured };
}
