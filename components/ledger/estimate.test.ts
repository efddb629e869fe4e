import { expect, test } from 'vitest';
import { kindOf } from '#components/kinds/kinds.ts';
import { dataSetTerms, dataWaysTerms, type AnswerBytes } from '#ledger/contracts/kinds/data.ts';
import type { PriceDto } from '#lib/shared/dto.ts';
import { allowanceAgainst, estimateFor, estimateInWords } from './estimate.ts';

const data = kindOf('data');
const perMegabyte: PriceDto = { meter: 'bytes', per: 1_000_000, perMs: 0, amountMicro: '5000000' };
const perHour: PriceDto = { meter: 'places', per: 1, perMs: 3_600_000, amountMicro: '2000000' };

/** 1,461 rows of two columns: as CSV 12 bytes a row and column, and a byte for the end of each line. */
const measured: AnswerBytes = {
  rows: 1_461,
  csv: [17_532, 17_532],
  json: [29_220, 29_220],
  parquet: [4_000, 969],
};

function estimates(
  of: { answerBytes?: AnswerBytes; columns?: string[]; rowFilter?: string; counted?: Record<string, number> } = {},
) {
  const attributes = dataSetTerms({
    format: 'csv',
    rows: 1_461,
    bytes: 36_000,
    checksum: 'ab'.repeat(32),
    columns: ['date', 'rain'].map((name) => ({ name, type: 'VARCHAR', nulls: 0 })),
    answerBytes: measured,
    ...(of.answerBytes ? { answerBytes: of.answerBytes } : {}),
  });
  const ways = dataWaysTerms({
    columns: of.columns ?? ['date', 'rain'],
    formats: ['csv', 'json', 'parquet'],
    rowFilter: of.rowFilter ?? '',
  });
  return data.screen.estimates({ attributes, ways, counted: of.counted });
}

const csv = [{ name: 'format', value: 'csv' }];

test('all rows are told as a product, as bytes and as tokens at the price per MB', () => {
  expect(
    estimates().map((estimate) => `${estimate.factors} = ${estimateInWords(estimate, [perHour, perMegabyte], data)}`),
  ).toEqual([
    '1,461 rows × about 25 bytes as csv = about 36.5 kB, about 0.18 tokens',
    '1,461 rows × about 43 bytes as json = about 62.8 kB, about 0.31 tokens',
    '1,461 rows × about 3.4 bytes as parquet = about 4.97 kB, about 0.0248 tokens',
  ]);
});

test('fewer columns weigh what they were measured at, and a row filter makes of the figure the most', () => {
  const [fewer] = estimates({ columns: ['rain'] });
  expect(fewer && estimateInWords(fewer, [], data)).toBe('about 19.0 kB');
  const [filtered] = estimates({ rowFilter: '{"column":"rain","op":"is-not-null"}' });
  expect(filtered && estimateInWords(filtered, [perMegabyte], data)).toBe(
    'at most about 36.5 kB, at most about 0.18 tokens',
  );
  // The rows that pass, once the gateway of an order has counted them.
  const [counted] = estimates({ rowFilter: '{"column":"rain","op":"is-not-null"}', counted: { sharedRows: 146 } });
  expect(counted && `${counted.factors} = ${estimateInWords(counted, [perMegabyte], data)}`).toBe(
    '146 rows × about 25 bytes as csv = about 3.65 kB, about 0.0183 tokens',
  );
});

test('a price by time alone makes no cost of an estimate', () => {
  const [estimate] = estimates();
  expect(estimate && estimateInWords(estimate, [perHour], data)).toBe('about 36.5 kB');
});

test('an allowance below all rows is named before it is signed, at any price; a larger one is told in times', () => {
  const estimate = estimateFor(estimates(), csv);
  const filtered = estimateFor(estimates({ rowFilter: '{"column":"rain","op":"is-not-null"}' }), csv);
  if (!estimate || !filtered) throw new Error('CSV is offered');
  const bytes = (amount: bigint) => ({ amounts: [{ meter: 'bytes', amount }], kind: data });
  expect(allowanceAgainst(estimate, bytes(estimate.amount - 1n))?.isShort).toBe(true);
  expect(allowanceAgainst(estimate, bytes(10_000n))?.sentence).toBe(
    'The allowance of 10.0 kB is less than all rows once, which take about 36.5 kB. The order ends when it is used up: ask for more, or ask the link for a part.',
  );
  expect(allowanceAgainst(filtered, bytes(10_000n))?.sentence).toContain('may be less than all rows once');
  expect(allowanceAgainst(estimate, bytes(1_000_000n))).toEqual({
    isShort: false,
    sentence: 'The allowance of 1.00 MB is enough for all rows about 27 times.',
  });
  expect(allowanceAgainst(estimate, { amounts: [], kind: data })).toBeUndefined();
  expect(estimateFor(estimates(), [{ name: 'format', value: 'xml' }])).toBeUndefined();
});

test('the largest figures that the ledger takes are added up without loss', () => {
  const most = 2 ** 44;
  const [estimate] = estimates({ answerBytes: { rows: 1, csv: [most, most], json: [0, 0], parquet: [0, 0] } });
  expect(estimate?.amount).toBe(2n * BigInt(most) * 1_461n + 1_462n);
  expect(estimate && estimateInWords(estimate, [perMegabyte], data)).toMatch(
    /^about [\d.]+ TB, about [\d,]+\.00 tokens$/,
  );
});

test('what nobody measured has no estimate', () => {
  const attributes = dataSetTerms({
    format: 'csv',
    rows: 1,
    bytes: 3,
    checksum: 'ab',
    columns: [{ name: 'date', type: 'DATE', nulls: 0 }],
  });
  const ways = dataWaysTerms({ columns: ['date'], formats: ['csv'], rowFilter: '' });
  expect(data.screen.estimates({ attributes, ways })).toEqual([]);
});
