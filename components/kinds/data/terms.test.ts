import { expect, test } from 'vitest';
import { fitWays, FIRST_WAYS, parseWays } from './terms.ts';

const columns = JSON.stringify([
  { name: 'date', type: 'DATE', nulls: 0 },
  { name: 'rain', type: 'DOUBLE', nulls: 3 },
]);
const attributes = [
  { name: 'bytes', value: '48219' },
  { name: 'checksum', value: 'ab'.repeat(32) },
  { name: 'columns', value: columns },
  { name: 'format', value: 'csv' },
  { name: 'rows', value: '1461' },
];
const draft = fitWays(FIRST_WAYS, attributes);

test('a row filter that is wrong is refused with its part and the reason', () => {
  const part = (column: string, value: unknown = 1) => ({ column, op: 'gt', value });
  const errorOf = (filter: unknown) => {
    const parsed = parseWays({ ...draft, rowFilter: JSON.stringify(filter) });
    return parsed.ok ? undefined : parsed.errors.rowFilter;
  };
  expect(errorOf(part('rain'))).toBeUndefined();
  expect(errorOf({ and: [part('rain', '-0.5'), { not: { or: [part('date', '2026-01-31')] } }] })).toBeUndefined();
  expect(errorOf(part('rane'))).toMatch(
    /^Part 1: the column .?rane.? is none of the source; it has .?date.?, .?rain.?\.$/,
  );
  expect(errorOf({ and: [part('rain'), { not: part('snow') }] })).toMatch(/^Part 4: the column .?snow/);
  expect(errorOf(part('rain', '1.234'))).toMatch(/1234 or as 1\.234/);
  expect(errorOf(part('rain', '1e3'))).toMatch(/^Part 1: /);
  expect(errorOf({ column: 'date', op: 'contains', value: 'x' })).toMatch(/does not fit the column .?date/);
  expect(errorOf({ and: [] })).toMatch(/at least one part/);
  expect(errorOf({ column: 'rain', op: 'gt', value: 1, more: 1 })).toMatch(/nothing else/);
  expect(errorOf(part('rain', 'x'.repeat(2_048)))).toMatch(/at most 2,048/);
});
