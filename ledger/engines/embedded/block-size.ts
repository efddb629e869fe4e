import { BLOCK_TRANSACTION_BYTES_MAX } from '#ledger/engines/block-limits.ts';

/**
 * What a validator should need for a block, by its own clock: while it executes, the others' propose timeout (1 s) runs already. With
 * blocks that take longer no round succeeds on a busy machine, and nothing is decided at all.
 */
export const EXECUTION_MS = 250;
/** Some 400 transfers: with less, what a height costs by itself would be most of the work, on a busy machine above all. */
export const BLOCK_BYTES_MIN = 128 * 1024;
const GROWTH = 2;

/** Before anything was executed. */
export const FIRST_BLOCK_BYTES = 2 * BLOCK_BYTES_MIN;

/**
 * Bytes of transactions to put into the next block that this validator proposes, after a block that took so long; between BLOCK_BYTES_MIN
 * and what every validator accepts. One block changes it by a factor of two at the most. A block of a few transactions says nothing of how
 * many could be executed: it may have been slow by its due work.
 */
export function nextBlockBytes(current: number, executed: { readonly bytes: number; readonly tookMs: number }): number {
  const { bytes, tookMs } = executed;
  const isSlow = tookMs > EXECUTION_MS;
  if (bytes < (isSlow ? BLOCK_BYTES_MIN / GROWTH : current / GROWTH)) return current;
  const fitting = tookMs === 0 ? Infinity : (bytes * EXECUTION_MS) / tookMs;
  const near = Math.min(Math.max(fitting, current / GROWTH), current * GROWTH);
  return Math.floor(Math.min(Math.max(near, BLOCK_BYTES_MIN), BLOCK_TRANSACTION_BYTES_MAX));
}
