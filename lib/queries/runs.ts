import 'server-only';
import { fromHex } from '#ledger/core/bytes.ts';
import { worseMeasured } from '#ledger/contracts/kinds/kind.ts';
import { findKind } from '#ledger/contracts/kinds/kinds.ts';
import { decodeRuns, type IntervalState } from '#ledger/contracts/shared/runs.ts';
import type { Quantity } from '#ledger/contracts/shared/terms.ts';
import type { RunDto } from '#lib/shared/dto.ts';

/** Neighbouring intervals of one state: from when to when, and what was measured of each promised meter, in the order of the promise. */
export interface TimedRun {
  readonly startMs: bigint;
  readonly endMs: bigint;
  readonly state: IntervalState;
  /** Empty when down: nothing can be measured then. */
  readonly measured: readonly number[];
}

/** One claim as the read model keeps it; `runs` hex, as the ledger writes them. */
export interface StoredClaim {
  readonly runs: string;
  readonly fromMs: bigint;
  readonly untilMs: bigint;
}

/** Under which terms intervals were measured. */
export interface Measuring {
  readonly kind: string;
  readonly promise: readonly Quantity[];
  readonly intervalMs: bigint;
}

/** Runs of one claim in time; the last one ends with the claim, in the middle of an interval where the window does. */
function runsOfClaim({ runs, fromMs, untilMs }: StoredClaim, { promise, intervalMs }: Measuring): TimedRun[] {
  const decoded = decodeRuns(fromHex(runs) ?? new Uint8Array(), promise.length) ?? [];
  let startMs = fromMs;
  return decoded.map(({ count, state, measured }, index) => {
    const endMs = index === decoded.length - 1 ? untilMs : startMs + BigInt(count) * intervalMs;
    const run = { startMs, endMs, state, measured: state === 'down' ? [] : measured };
    startMs = endMs;
    return run;
  });
}

/** The worse of two measured values of each promised meter. */
function worseOf(left: readonly number[], right: readonly number[], { kind, promise }: Measuring): number[] {
  const meters = findKind(kind)?.promises ?? {};
  return left.map((value, index) => worseMeasured(meters[promise[index]?.meter ?? ''], value, right[index] ?? value));
}

/** Neighbours of one state become one run, with the worse of what was measured. */
function mergeRuns(runs: readonly TimedRun[], measuring: Measuring): TimedRun[] {
  const merged: TimedRun[] = [];
  for (const run of runs) {
    const last = merged.at(-1);
    if (last === undefined || last.state !== run.state || last.endMs !== run.startMs) merged.push(run);
    else merged[merged.length - 1] = { ...last, ...endOf(last, run, measuring) };
  }
  return merged;
}

function endOf(last: TimedRun, run: TimedRun, measuring: Measuring): Pick<TimedRun, 'endMs' | 'measured'> {
  return { endMs: run.endMs, measured: worseOf(last.measured, run.measured, measuring) };
}

/** Everything claimed so far, in time. At most as many runs as a window has intervals (INTERVALS_MAX of the agreement contract). */
export function claimedRuns(claims: readonly StoredClaim[], measuring: Measuring): TimedRun[] {
  return mergeRuns(
    claims.flatMap((claim) => runsOfClaim(claim, measuring)),
    measuring,
  );
}

/** The whole time of use, what nobody claimed as down: runs from `startsAtMs` to `endsAtMs` without a gap. */
export function wholeRuns(
  claimed: readonly TimedRun[],
  window: { startsAtMs: bigint; endsAtMs: bigint },
  measuring: Measuring,
): TimedRun[] {
  const claimedUntilMs = claimed.at(-1)?.endMs ?? window.startsAtMs;
  if (claimedUntilMs >= window.endsAtMs) return [...claimed];
  const rest: TimedRun = { startMs: claimedUntilMs, endMs: window.endsAtMs, state: 'down', measured: [] };
  return mergeRuns([...claimed, rest], measuring);
}

export function toRunDto({ startMs, endMs, state, measured }: TimedRun, promise: readonly Quantity[]): RunDto {
  const values = measured.map((amount, index) => ({ meter: promise[index]?.meter ?? '', amount }));
  return { startMs: Number(startMs), endMs: Number(endMs), state, measured: values };
}
