import { worseMeasured } from '#ledger/contracts/kinds/kind.ts';
import { INTERVAL_STATES, RUN_COUNT_MAX, RUNS_MAX, type Run } from '#ledger/contracts/shared/runs.ts';
import type { Interval } from './intervals.ts';
import type { LedgerKind, Quantity } from './resources/kind.ts';

const MEASURED_MAX = 0xffff_ffff;

export interface RunTerms {
  readonly promise: readonly Quantity[];
  readonly degradedPerMille: number;
  readonly promises: LedgerKind['promises'];
}

/** Intervals as runs, at most 256, behind those of `before`: what has to be merged is merged where the provider loses least, and never to the customer's cost. */
export function runsOf(intervals: Iterable<Interval>, terms: RunTerms, before: readonly Run[] = []): readonly Run[] {
  let runs: Run[] = [...before];
  for (const { state, measured } of intervals) {
    const isDown = state === 'down';
    const values = terms.promise.map(({ meter }) => (isDown ? 0 : Math.min(measured[meter] ?? 0, MEASURED_MAX)));
    append(runs, { count: 1, state, measured: values });
  }
  while (runs.length > RUNS_MAX) {
    const merged = mergeCheapest(runs, terms);
    if (merged.length === runs.length) throw new Error('No two of these runs can be merged: the window is too long.');
    runs = merged;
  }
  return runs;
}

/** Adds a run at the end; one that is like the last fills that first. */
function append(runs: Run[], run: Run): void {
  const last = runs.at(-1);
  if (last === undefined || !isAlike(last, run)) {
    runs.push(run);
    return;
  }
  const together = last.count + run.count;
  runs[runs.length - 1] = { ...last, count: Math.min(together, RUN_COUNT_MAX) };
  if (together > RUN_COUNT_MAX) runs.push({ ...run, count: together - RUN_COUNT_MAX });
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
    if (right === undefined || run.count + right.count > RUN_COUNT_MAX) continue;
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

/** The worse state with the worse of each measured value: what breaks a promise still does, and down intervals have no quality. */
function worseOf(left: Run, right: Run, { promise, promises }: RunTerms): Run {
  const state = INTERVAL_STATES[Math.min(rankOf(left), rankOf(right))] ?? 'down';
  const measured = promise.map(({ meter }, index) => {
    if (state === 'down') return 0;
    return worseMeasured(promises[meter], left.measured[index] ?? 0, right.measured[index] ?? 0);
  });
  return { count: left.count + right.count, state, measured };
}

function rankOf({ state }: Run): number {
  return INTERVAL_STATES.indexOf(state);
}
