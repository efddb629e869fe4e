import { quotient } from '#ledger/core/integer.ts';

/** When the epoch of `nowMs` ends: epochs of this length are counted from 1970 on, and each ends at a multiple of it. */
export function epochEndAfter(nowMs: bigint, epochMs: bigint): bigint {
  return (quotient(nowMs, epochMs) + 1n) * epochMs;
}
