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

test('a row filter that names a column which the source does not have is refused with that column’s name', () => {
  const part = (column: string) => ({ column, op: 'gt', value: 1 });
  const errorOf = (filter: unknown) => {
    const parsed = parseWays({ ...draft, rowFilter: JSON.stringify(filter) });
    return parsed.ok ? undefined : parsed.errors.rowFilter;
  };
  expect(errorOf(part('rain'))).toBeUndefined();
  expect(errorOf({ and: [part('rain'), { not: { or: [part('date')] } }] })).toBeUndefined();
  expect(errorOf(part('rane'))).toMatch(
    /names the column .?rane.?, which the source does not have; it has .?date.?, .?rain.?\.$/,
  );
  expect(errorOf({ and: [part('rain'), { not: part('snow') }] })).toMatch(/the column .?snow/);
});
