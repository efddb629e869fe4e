import { describe, expect, test } from 'vitest';
import { data, dataSetTerms, estimatedBytes, readDataSet, type DataSet } from './data.ts';

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

/** Of two rows of three. */
const measured = { rows: 2, csv: [27, 14], json: [42, 26], parquet: [100, 91] };

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
    ['nothing, when answers alone weigh something else', { answerBytes: { ...measured, csv: [1, 1] } }, []],
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

describe('what an answer weighs', () => {
  const attributesWith = (answerBytes: unknown) =>
    [
      ...dataSetTerms(published),
      { name: 'answerBytes', value: typeof answerBytes === 'string' ? answerBytes : JSON.stringify(answerBytes) },
    ].toSorted((left, right) => (left.name < right.name ? -1 : 1));

  test('is read back as it was written', () => {
    const attributes = dataSetTerms({ ...published, answerBytes: measured });
    expect(attributes.map(({ name }) => name)).toEqual(attributes.map(({ name }) => name).toSorted());
    expect(data.areAttributesSound(attributes)).toBe(true);
    expect(readDataSet(attributes)?.answerBytes).toEqual(measured);
  });

  test.each<[string, unknown]>([
    ['no JSON', '{'],
    ['a list', []],
    ['null', 'null'],
    ['a format too few', { rows: 2, csv: [1, 1], json: [1, 1] }],
    ['a word too many', { ...measured, xml: [1, 1] }],
    ['a figure too few', { ...measured, csv: [1] }],
    ['a figure too many', { ...measured, json: [1, 1, 1] }],
    ['a figure below zero', { ...measured, csv: [-1, 1] }],
    ['a part of a byte', { ...measured, csv: [0.5, 1] }],
    ['a figure as text', { ...measured, csv: ['1', 1] }],
    ['a figure beyond the bound', { ...measured, parquet: [2 ** 44 + 1, 1] }],
    ['no rows', { ...measured, rows: 0 }],
    ['more rows than there are', { ...measured, rows: 4 }],
    ['a text beyond the bound', `${JSON.stringify(measured)}${' '.repeat(6_144)}`],
  ])('is no sound attribute as %s', (_what, answerBytes) => {
    expect(data.areAttributesSound(attributesWith(measured))).toBe(true);
    expect(data.areAttributesSound(attributesWith(answerBytes))).toBe(false);
  });

  test('of all rows is in proportion to what was measured, for the columns that are shared', () => {
    const dataSet = { ...published, answerBytes: measured };
    const estimate = (columns: string[], format: 'csv' | 'json' | 'parquet') =>
      estimatedBytes(dataSet, { columns, format });
    expect(estimate(['date', 'rain'], 'csv')).toBe(66n);
    expect(estimate(['rain'], 'csv')).toBe(25n);
    expect(estimate(['rain'], 'json')).toBe(51n);
    expect(estimate(['date', 'rain'], 'parquet')).toBe(287n);
    expect(estimatedBytes(published, { columns: ['rain'], format: 'csv' })).toBeUndefined();
  });
});
