import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EVERY_ROW, readPreview, requestUrl } from './row-request.ts';

const URL_OF_ORDER = 'http://localhost:4100/v1/agreements/1/rows';

test('a request without a filter is the link itself', () => {
  expect(requestUrl(URL_OF_ORDER, EVERY_ROW)).toBe(URL_OF_ORDER);
  expect(requestUrl(URL_OF_ORDER, { column: 'rain', test: 'is-null', value: 'left over' }, 20)).toBe(
    `${URL_OF_ORDER}?filter=%7B%22column%22%3A%22rain%22%2C%22op%22%3A%22is-null%22%7D&limit=20`,
  );
});

test('whatever is typed comes out of the address as it was, and no quote of it gets into a command line', () => {
  const text = fc.string({ unit: 'grapheme' });
  fc.assert(
    fc.property(text, text, (column, value) => {
      const url = requestUrl(URL_OF_ORDER, { column: `c${column}`, test: 'eq', value }, 5);
      expect(url).not.toMatch(/['"\s]/);
      const { searchParams } = new URL(url);
      expect(JSON.parse(searchParams.get('filter') ?? '')).toEqual({ column: `c${column}`, op: 'eq', value });
      expect(searchParams.get('limit')).toBe('5');
    }),
  );
});

test('rows are read as the gateway writes them: parse(write(rows)) = rows', () => {
  const cell = fc.option(fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', '')));
  const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { maxLength: 5 });
  const written = (text: string | null) =>
    text === null ? '' : text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  fc.assert(
    fc.property(table, (rows) => {
      const csv = [['a', 'b'], ...rows].map((row) => `${row.map(written).join(',')}\r\n`).join('');
      expect(readPreview('csv', csv)).toEqual({ header: ['a', 'b'], rows });
      const json = JSON.stringify(rows.map(([a, b]) => ({ a, b })));
      expect(readPreview('json', json)?.rows).toEqual(rows);
    }),
  );
  expect(readPreview('parquet', 'PAR1')).toBeUndefined();
  expect(readPreview('json', '<html>')).toBeUndefined();
});
