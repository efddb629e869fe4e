import { assert } from './assert.ts';

/** Floor of a quotient: the one place where the pure folders divide. Rounds towards −∞ for a negative dividend. */
export function quotient(dividend: bigint, divisor: bigint): bigint {
  assert(divisor > 0n, 'the divisor is positive');
  return (dividend - remainder(dividend, divisor)) / divisor;
}

/** What `quotient` leaves, in [0, divisor). */
export function remainder(dividend: bigint, divisor: bigint): bigint {
  const rest = dividend % divisor;
  return rest < 0n ? rest + divisor : rest;
}

/** Compares for a sort, the smaller first. */
export function ascending(one: bigint, other: bigint): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** The smaller of both. */
export function lesser(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}
