import type { SubmitResult } from '#ledger/core/committed.ts';

/** Time for a part of what waits to be decided: the waiting room holds a second's worth and more. */
const HOLD_OFF_MS = 250;

export interface HoldOff {
  /** The answer to everybody while it lasts; undefined when validators may be asked. */
  answer(): SubmitResult | undefined;
  /** There was no room: begins it, and gives its answer. */
  begin(): SubmitResult;
}

/**
 * After the waiting rooms were found full, nobody is asked for room for a while: to be refused costs no validator anything then. At many
 * times what can be decided they would do nothing but refuse.
 */
export function createHoldOff(unavailable: number): HoldOff {
  let endMs = 0;
  const answer = (): SubmitResult | undefined => {
    const retryAfterMs = Math.ceil(endMs - performance.now());
    return retryAfterMs > 0 ? { ok: false, code: unavailable, retryAfterMs } : undefined;
  };
  return {
    answer,
    begin: () => {
      endMs = performance.now() + HOLD_OFF_MS;
      return { ok: false, code: unavailable, retryAfterMs: HOLD_OFF_MS };
    },
  };
}
