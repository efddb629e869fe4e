import { describe, expect, test } from 'vitest';
import { data, dataSetTerms, type DataSet } from './data.ts';

const published: DataSet = {
  format: 'csv',
  rows: 3,
  bytes: 60,
  checksum: 'a'.repeat(64),
  columns: [
    { name: 'date', type: 'DATE', nulls: 0, min: '2026-01-01', max: '2026-01-03' },
    { name: 'rain', type: 'DOUBLE', nulls: 1 },
  ],
};

const changes = (now: Partial<DataSet>) =>
  data.changes(dataSetTerms({ ...published, ...now }), dataSetTerms(published));

describe('what changed of a data set [I.2-7]', () => {
  test.each<[string, Partial<DataSet>, string[]]>([
    ['nothing, when all is as it was', {}, []],
    [
      'nothing, when ranges alone are kept back now',
      { columns: published.columns.map(({ name, type, nulls }) => ({ name, type, nulls })) },
      [],
    ],
    ['its length', { rows: 4, bytes: 80 }, ['4 rows, published were 3', '80 bytes, published were 60']],
    ['its contents', { checksum: 'b'.repeat(64) }, ['its contents are others']],
    ['how it is stored', { format: 'parquet' }, ['stored as parquet, published as csv']],
    ['the order of its columns', { columns: published.columns.toReversed() }, ['its columns stand in another order']],
    [
      'its columns',
      {
        columns: [
          { name: 'rain', type: 'BIGINT', nulls: 1 },
          { name: 'snow', type: 'DOUBLE', nulls: 0 },
        ],
      },
      ['column date is gone', 'column rain is BIGINT, published as DOUBLE', 'column snow is new'],
    ],
    [
      'values that are missing',
      { columns: published.columns.map((column) => ({ ...column, nulls: 1 })) },
      ['column date lacks 1 values, published as 0'],
    ],
  ])('%s', (_what, now, said) => expect(changes(now)).toEqual(said));

  test('as much of it as can be read, when very much changed', () => {
    const columns = Array.from({ length: 40 }, (_, index) => ({ name: `c${index}`, type: 'DATE', nulls: 0 }));
    expect(changes({ columns }).length).toBeLessThan(10);
    expect(changes({ columns }).at(-1)).toBe('and 36 more');
  });

  test('everything, when it is no data set any more', () => {
    expect(data.changes([], dataSetTerms(published))).toHaveLength(1);
  });
});
