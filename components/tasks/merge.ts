import { readCsv, type CsvTable } from '#components/ui/csv.ts';

/** Tables of counts, each by the values of one column, as one: what the sample that groups a table writes for each portion. */

const COUNT = /^\d{1,15}$/;

/** The sum over all parts, largest count first; undefined when one of them is no table of two columns with counts, or they have other names. */
export function mergedCounts(texts: readonly string[]): CsvTable | undefined {
  const tables = texts.map(readCsv);
  const [first] = tables;
  if (first === undefined || first.header.length !== 2) return undefined;
  const sums = new Map<string | null, bigint>();
  for (const { header, rows } of tables) {
    if (header.join() !== first.header.join()) return undefined;
    for (const [value = null, count = null, ...more] of rows) {
      if (count === null || !COUNT.test(count) || more.length > 0) return undefined;
      sums.set(value, (sums.get(value) ?? 0n) + BigInt(count));
    }
  }
  const rows = [...sums].toSorted(([, left], [, right]) => (left === right ? 0 : left > right ? -1 : 1));
  return { header: first.header, rows: rows.map(([value, count]) => [value, count.toString()]) };
}
