import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  filterFault,
  filterInWords,
  readFilter,
  rowProblems,
  rowTestsOf,
  writeFilter,
  type RowForm,
} from './row-filter.ts';
import { hasValue } from './row-request.ts';

const columns = [
  { name: 'state', type: 'VARCHAR' },
  { name: 'wind "quoted" {}', type: 'DOUBLE' },
  { name: 'count', type: 'BIGINT' },
  { name: 'day', type: 'DATE' },
  { name: 'open', type: 'BOOLEAN' },
  { name: 'parts', type: 'STRUCT(a INTEGER)' },
];
const text = fc.string({ unit: 'grapheme', maxLength: 20 });
/** A value as it stands once it was read: what the form writes for it is the same. */
const values: Readonly<Record<string, fc.Arbitrary<string>>> = {
  VARCHAR: text.map((typed) => typed.replaceAll('\0', '')),
  DOUBLE: fc.constantFrom('0', '1.5', '-12', '1000000', '0.0001'),
  BIGINT: fc.bigInt(-(1n << 63n), (1n << 63n) - 1n).map(String),
  DATE: fc.constantFrom('2026-01-31', '2024-02-29'),
  BOOLEAN: fc.constantFrom('true', 'false'),
};
const tests = fc.constantFrom(...columns).chain(({ name, type }) =>
  fc.constantFrom(...rowTestsOf(type)).chain(({ value: comparison }) =>
    (hasValue(comparison) ? (values[type] ?? fc.constant('')) : fc.constant('')).map((value) => ({
      what: name,
      comparison,
      values: [value],
    })),
  ),
);
const forms: fc.Arbitrary<RowForm> = fc.record({
  join: fc.constantFrom('all', 'any'),
  tests: fc.array(tests, { minLength: 2, maxLength: 4 }),
});

test('what the form writes it reads back, and nothing of it is refused: read(write(form)) = form', () => {
  fc.assert(
    fc.property(forms, (form) => {
      const written = writeFilter(columns, form);
      expect(readFilter(written)).toEqual({ ok: true, form });
      if (!/\p{Cc}/u.test(written)) expect(filterFault(written, columns)).toBeUndefined();
      expect(rowProblems(columns, form).every((problem) => problem === undefined)).toBe(true);
    }),
  );
});

test('whatever is typed as a value is either written as the agent reads it, or refused beside it', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('DOUBLE', 'BIGINT'),
      fc.oneof(text, fc.constantFrom('1,5', '1.234', '−3', '1 000')),
      (type, typed) => {
        const column = { name: 'n', type };
        const form: RowForm = { join: 'all', tests: [{ what: 'n', comparison: 'gt', values: [typed] }] };
        const { value } = JSON.parse(writeFilter([column], form)) as { value: string };
        const isRead = rowProblems([column], form)[0] === undefined;
        if (isRead) expect(value).toMatch(type === 'BIGINT' ? /^-?\d{1,19}$/ : /^-?\d{1,39}(\.\d{1,39})?$/);
        else expect(value).toBe(typed);
      },
    ),
  );
  const number = (typed: string) =>
    JSON.parse(
      writeFilter(columns, { join: 'all', tests: [{ what: 'count', comparison: 'eq', values: [typed] }] }),
    ) as object;
  expect(number('1 000')).toMatchObject({ value: '1000' });
  expect(number('−12')).toMatchObject({ value: '-12' });
});

test('a filter stands in words, and one that the form cannot say stays as text and says why', () => {
  const filter = '{"or":[{"column":"state","op":"eq","value":"WA"},{"column":"day","op":"is-null"}]}';
  expect(filterInWords(filter).replaceAll(/[\u2068\u2069]/g, '')).toBe('where state is WA or day is missing');
  expect(filterInWords('')).toBe('all of them');
  for (const other of [
    '{"not":{"column":"state","op":"is-null"}}',
    '{"column":"state","op":"in","value":["WA"]}',
    '[]',
    '{',
  ])
    expect(readFilter(other)).toMatchObject({ ok: false, why: expect.stringContaining('stays as text') });
});

test('a value is judged by the type of its column, in the form and in the text [6.2.3-b]', () => {
  const problemOf = (type: string, typed: string, comparison = 'ge') => {
    const typedColumns = [{ name: 'it', type }];
    const form: RowForm = { join: 'all', tests: [{ what: 'it', comparison, values: [typed] }] };
    const [problem] = rowProblems(typedColumns, form);
    // The text form says the same.
    expect(filterFault(writeFilter(typedColumns, form), typedColumns) === undefined).toBe(problem === undefined);
    return problem;
  };
  const right: readonly (readonly [string, ...string[]])[] = [
    ['DATE', '2026-01-31', '2024-02-29'],
    ['TIME', '12:00', '23:59:59.5'],
    ['TIMESTAMP', '2026-01-31', '2026-01-31 12:00', '2026-01-31T12:00:00.123456'],
    ['TIMESTAMP WITH TIME ZONE', '2026-01-31', '2026-01-31T12:00:00Z', '2026-01-31 12:00:00+01:00'],
    ['TINYINT', '-128', '127'],
    ['UBIGINT', '0', '18446744073709551615'],
    ['DECIMAL(5,2)', '-999.99', '0.5', '1.50'],
    ['UUID', '9e107d9d-372b-4b6f-8f3f-1d2b3c4d5e6f'],
  ];
  for (const [type, ...values] of right)
    for (const typed of values) expect([type, typed, problemOf(type, typed)]).toEqual([type, typed, undefined]);
  const wrong: readonly (readonly [string, ...string[]])[] = [
    ['DATE', '1.1.2026', '2026-02-30', '2026-13-01', '2025-02-29', '2026-1-1', '2026-01-31 12:00:00', '', '0000-01-01'],
    ['TIME', '25:00', '12:00:60', '2026-01-31'],
    ['TIMESTAMP', '2026-02-30 12:00', '2026-01-31 24:00', '2026-01-31 12:00:00+01:00', '12:00'],
    ['TIMESTAMP_NS', '1600-01-31'],
    ['TIMESTAMP WITH TIME ZONE', '2026-01-31T12:00Z', '2026-01-31 12:00:00+99:00'],
    ['TINYINT', '128', '1.5'],
    ['UTINYINT', '-1'],
    ['DECIMAL(5,2)', '1000', '1.239'],
    ['UUID', 'abc'],
    ['BOOLEAN', 'yes'],
  ];
  for (const [type, ...values] of wrong)
    for (const typed of values)
      expect([type, typed, problemOf(type, typed, type === 'BOOLEAN' ? 'eq' : 'ge')]).toEqual([
        type,
        typed,
        expect.stringMatching(/\.$/),
      ]);
  expect(problemOf('DATE', '2026-02-30')).toBe('Write a day that there is as year-month-day, such as 2026-01-31.');
  expect(problemOf('UUID', 'abc', 'starts-with')).toBeUndefined();
});
