import type { Chain } from './chain.ts';

/** Without anything to decide, a block is made this long after the one before. */
export const IDLE_BLOCK_MS = 10_000;
/** The block that only carries a new app hash waits this long for the last precommits, so that it can carry them all. */
export const LATE_PRECOMMITS_MS = 20;

/** Why the next height should begin now, or how long to wait for the next reason that time alone brings. */
export type Pace = { readonly begin: true } | { readonly begin: false; readonly afterMs: number };

export interface PaceInput {
  readonly chain: Chain;
  readonly nowMs: bigint;
  /** When the last block was decided here. */
  readonly decidedAtMs: bigint;
  readonly isTransactionWaiting: boolean;
  /** Another validator has begun the next height. */
  readonly isHeightBegun: boolean;
  readonly isEveryPrecommitHere: boolean;
}

/**
 * Blocks are made as soon as a transaction waits, due work is due or left over, or the app hash has changed (so that H+1 with the app
 * hash of H follows at once); else every 10 s. Never asked of the machine or of other validators: each one follows its own clock, and
 * joins as soon as another has begun.
 */
export function paceOf(input: PaceInput): Pace {
  const { chain, nowMs } = input;
  if (input.isTransactionWaiting || input.isHeightBegun || chain.moreDue) return { begin: true };
  if (chain.nextDueMs !== undefined && chain.nextDueMs <= nowMs) return { begin: true };
  const sinceDecided = Number(nowMs - input.decidedAtMs);
  if (chain.isHashNew) {
    const waitMs = input.isEveryPrecommitHere ? 0 : LATE_PRECOMMITS_MS - sinceDecided;
    return waitMs <= 0 ? { begin: true } : { begin: false, afterMs: waitMs };
  }
  const untilIdleBlock = IDLE_BLOCK_MS - sinceDecided;
  if (untilIdleBlock <= 0) return { begin: true };
  const untilDue = chain.nextDueMs === undefined ? IDLE_BLOCK_MS : Number(chain.nextDueMs - nowMs);
  return { begin: false, afterMs: Math.min(untilIdleBlock, untilDue) };
}
