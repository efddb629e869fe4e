import { expect, test } from 'vitest';
import { csvTime, csvTokens, toCsv } from './csv.ts';

test('a file for spreadsheets keeps quotes, commas and line breaks, and no text of it runs as a formula', () => {
  const rows = [
    ['say "hi", twice\nover', 1],
    ['=1+1', null],
    ['-0.500000', '-cmd'],
  ];
  expect(toCsv(['What', 'How many'], rows)).toBe(
    `What,How many\r\n"say ""hi"", twice\nover",1\r\n'=1+1,\r\n-0.500000,'-cmd\r\n`,
  );
});

test('amounts and times are exact and read alike in every spreadsheet', () => {
  expect(csvTokens('1204500000')).toBe('1204.500000');
  expect(csvTokens('-1')).toBe('-0.000001');
  expect(csvTime(0)).toBe('1970-01-01T00:00:00.000Z');
});
