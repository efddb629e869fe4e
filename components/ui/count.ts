import { formatCount } from './format.ts';

/** `1 row`, `1,461 rows`: a count with its noun. `many` where the plural is not the noun with an s. */
export function countOf(count: number | bigint, one: string, many = `${one}s`): string {
  return `${formatCount(count.toString())} ${BigInt(count) === 1n ? one : many}`;
}
