import { keepsPromise, type Kind } from '#ledger/contracts/kinds/kind.ts';
import { decodeRuns, timeOfRuns, type IntervalState, type Run } from './runs.ts';
import { amountOf, areQuantities, type Quantity } from './terms.ts';

/** What a claim is held against; `endedAtMs` 0 while the order runs. */
export interface ClaimTerms {
  readonly kind: Kind;
  readonly promise: readonly Quantity[];
  readonly amounts: readonly Quantity[];
  readonly startsAtMs: bigint;
  readonly endsAtMs: bigint;
  readonly endedAtMs: bigint;
  readonly intervalMs: bigint;
}

/** True when nothing counted becomes less. */
export function grows(used: readonly Quantity[], last: readonly Quantity[]): boolean {
  return last.every(({ meter, amount }) => amountOf(used, meter) >= amount);
}

/** Meters that this kind counts, each within what was asked for, or within its own bound where nothing was asked. */
export function isWithinAllowance(used: readonly Quantity[], { kind, amounts }: ClaimTerms): boolean {
  return (
    areQuantities(used) &&
    used.every(({ meter, amount }) => {
      const asked = amountOf(amounts, meter);
      return kind.used.includes(meter) && amount <= (asked > 0n ? asked : kind.meters[meter]!.max);
    })
  );
}

/**
 * Time of each state from the last claim to `untilMs`; undefined when the runs do not continue it, reach beyond block time or the end, stop
 * in the middle of an interval that goes on, or contradict the promise.
 */
export function claimedTime(
  claim: { readonly runs: Uint8Array; readonly untilMs: bigint },
  last: { readonly untilMs: bigint },
  terms: ClaimTerms,
  nowMs: bigint,
): { readonly [State in IntervalState]: bigint } | undefined {
  const { startsAtMs, endsAtMs, endedAtMs, intervalMs, promise, kind } = terms;
  const fromMs = last.untilMs === 0n ? startsAtMs : last.untilMs;
  const endMs = endedAtMs === 0n ? endsAtMs : endedAtMs;
  const isWhole = (timeMs: bigint): boolean => (timeMs - startsAtMs) % intervalMs === 0n;
  const { untilMs } = claim;
  if (untilMs > nowMs || untilMs > endMs || (untilMs !== endMs && !isWhole(untilMs))) return undefined;
  // The part of an interval that was claimed at the end is final: nothing continues it.
  if (!isWhole(fromMs) && untilMs !== fromMs) return undefined;
  const runs = decodeRuns(claim.runs, promise.length);
  if (runs === undefined || !runs.every((run) => isTrueToPromise(run, promise, kind))) return undefined;
  return timeOfRuns(runs, { fromMs, untilMs, intervalMs });
}

/** Kept when every measured value keeps its promise, degraded when one does not; nothing is measured of a down interval. */
function isTrueToPromise({ state, measured }: Run, promise: readonly Quantity[], kind: Kind): boolean {
  if (state === 'down') return measured.every((value) => value === 0);
  const isKept = promise.every(({ meter, amount }, index) =>
    keepsPromise(kind.promises[meter], { measured: BigInt(measured[index]!), promised: amount }),
  );
  return isKept === (state === 'kept');
}
