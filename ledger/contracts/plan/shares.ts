import type { Struct } from '#ledger/contracts/shared/fields.ts';
import { assert } from '#ledger/core/assert.ts';
import { quotient, remainder } from '#ledger/core/integer.ts';

type Share = Struct<'Share'>;

/**
 * Sub-tasks dealt out by units with the largest remainder (Hamilton's method), earlier ones first where remainders are equal. The sum is exact;
 * with no more units than sub-tasks each gets one at least, and never more than its part rounded up.
 */
export function dealt(subtasks: bigint, units: readonly bigint[]): bigint[] {
  const all = units.reduce((sum, each) => sum + each, 0n);
  assert(all > 0n && all <= subtasks, 'every unit has a sub-task');
  const counts = units.map((each) => quotient(subtasks * each, all));
  const left = subtasks - counts.reduce((sum, each) => sum + each, 0n);
  const byRemainder = units
    .map((each, index) => ({ index, rest: remainder(subtasks * each, all) }))
    .toSorted((one, other) => (one.rest === other.rest ? one.index - other.index : one.rest > other.rest ? -1 : 1));
  for (const { index } of byRemainder.slice(0, Number(left))) counts[index]! += 1n;
  return counts;
}

/** Ranges in a row from sub-task 0 on; the parts that run them follow each other from `part` on. */
export function inARow(counts: readonly bigint[], part: number): Share[] {
  let first = 0n;
  return counts.map((count, index) => {
    const share = { part: BigInt(part + index), first, count };
    first += count;
    return share;
  });
}
