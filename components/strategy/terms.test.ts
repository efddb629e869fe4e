import fc from 'fast-check';
import { expect, test } from 'vitest';
import { kindOf } from '#components/kinds/kinds.ts';
import { DURATION_UNIT_NAMES } from '#components/ui/duration.ts';
import { dataSetTerms } from '#ledger/contracts/kinds/data.ts';
import { askedMeters, areAmountsOf } from '#ledger/contracts/kinds/kind.ts';
import { FIELDS_OF_BUSINESS, PURPOSES } from '#ledger/contracts/strategy/definition.ts';
import { compileRule, namesOfKind } from '#ledger/contracts/strategy/rule.ts';
import { arePricesValid, areTermsValid, isPromiseValid } from '#ledger/contracts/strategy/terms.ts';
import { toQuantityDto } from '#lib/shared/amounts-dto.ts';
import { REQUESTABLE_ROLES } from '#lib/shared/roles.ts';
import {
  draftOf,
  emptyStrategy,
  parseTerms,
  parseUtcMinute,
  previewOf,
  type ParsedTerms,
  type StrategyDraft,
} from './terms.ts';

const data = kindOf('data');
const COLUMNS = ['id', 'date', 'wind', 'Temperatur °C', 'nasty "quoted" name'];
const attributes = dataSetTerms({
  format: 'csv',
  rows: 1_461,
  bytes: 48_219,
  checksum: '9f31',
  columns: COLUMNS.map((name) => ({ name, type: 'VARCHAR', nulls: 0 })),
});
const empty = emptyStrategy(data);
const draft: StrategyDraft = {
  ...empty,
  conditions: { ...empty.conditions, purposes: ['research'] },
  ways: {
    columns: ['date', 'wind'],
    formats: ['csv'],
    rowFilter: '{\n\t"column": "wind", "op": "contains", "value": "1"\n}',
  },
  opens: '2026-11-23T14:00',
  closes: '2026-12-23T14:00',
};

/** What the form makes of a draft, held against the contract's own checks. */
function expectAccepted(parsed: ParsedTerms & { ok: true }): void {
  const { strategy, capacity } = parsed.terms;
  expect(areTermsValid(strategy, data.ledger, attributes)).toBe(true);
  expect(arePricesValid(strategy.prices, data.ledger)).toBe(true);
  expect(isPromiseValid(strategy, data.ledger)).toBe(true);
  expect(areAmountsOf(data.ledger, capacity, data.ledger.capacity)).toBe(true);
  for (const { rule } of strategy.conditions) {
    const compiled = compileRule(rule);
    expect(typeof compiled, rule).toBe('object');
    if (typeof compiled === 'string') continue;
    const { choices, amounts } = namesOfKind(compiled);
    expect(choices.every((name) => Object.hasOwn(data.ledger.choices, name))).toBe(true);
    expect(amounts.every((meter) => askedMeters(data.ledger).includes(meter))).toBe(true);
  }
}

test('the usual draft is accepted by form and contract [6.2.3-b]', () => {
  const parsed = parseTerms(data, draft);
  expect(parsed).toMatchObject({ ok: true });
  if (parsed.ok) expectAccepted(parsed);
});

/** A draft that is right but for a field here and there: where all were drawn at once, hardly a draft would be right. */
function partly<Draft extends object>(
  fields: { [Name in keyof Draft]: fc.Arbitrary<Draft[Name]> },
  right: Draft,
): fc.Arbitrary<Draft> {
  const drawn = Object.entries<fc.Arbitrary<unknown>>(fields).map(([name, arbitrary]) => {
    const usual = fc.constant((right as Record<string, unknown>)[name]);
    return [name, fc.oneof({ weight: 5, arbitrary: usual }, { weight: 1, arbitrary })];
  });
  return fc.record(Object.fromEntries(drawn)) as unknown as fc.Arbitrary<Draft>;
}

/** Texts as people, and people who try what happens, type them into a field. */
const typed = (...usual: string[]): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...usual) },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
    { weight: 1, arbitrary: fc.bigInt(0n, 1n << 70n).map(String) },
    { weight: 1, arbitrary: fc.constantFrom('', ' ', '-1', '1e9', '0', '\u0000', '1.1234567') },
  );

const conditionDrafts = partly<StrategyDraft['conditions']>(
  {
    isNamed: fc.boolean(),
    isIdentified: fc.boolean(),
    partners: fc.array(fc.record({ id: fc.nat(), name: fc.constant('') }), { maxLength: 3 }),
    purposes: fc.subarray([...PURPOSES]),
    fields: fc.subarray([...FIELDS_OF_BUSINESS]),
    isRelevanceAsked: fc.boolean(),
    roles: fc.subarray([...REQUESTABLE_ROLES]),
    age: typed('', '2', '365', '3650000', '3650001'),
    ageUnit: fc.constantFrom(...DURATION_UNIT_NAMES),
    completedOrders: typed('', '3', '999999'),
    brokenOrders: typed('', '0', '5'),
    expert: fc.array(
      fc.record({
        rule: fc.oneof(
          fc.constantFrom("use.choice.format == 'csv'", ' use.amount.calls <= 100 ', 'true', 'use.amount.calls <= 1,5'),
          fc.string({ unit: 'grapheme', maxLength: 12 }),
        ),
        sentence: typed('at most 100 calls', ' only CSV ', 'x'.repeat(200), 'x'.repeat(201), 'two\nlines'),
      }),
      { maxLength: 21, size: '-1' },
    ),
  },
  draft.conditions,
);

const drafts = partly<StrategyDraft>(
  {
    preset: fc.constantFrom('everyone', 'research', 'partners', 'of another version'),
    conditions: conditionDrafts,
    ways: fc.record({
      columns: fc.subarray(COLUMNS),
      formats: fc.subarray(['csv', 'json', 'parquet']),
      rowFilter: typed(
        '',
        '{}',
        '{"column":"wind","op":"is-null"}',
        '{\r\n"not":\t{"column":"date","op":"in","value":["a"]}}',
        `{"column":"wind","op":"eq","value":"${'ä'.repeat(1_000)}"}`,
        `{"column":"wind","op":"eq","value":"${'ä'.repeat(1_025)}"}`,
      ),
    }),
    opens: typed('', '2026-11-23T14:00', '1969-12-31T23:59', '9999-12-31T23:59'),
    closes: typed('', '2026-12-23T14:00', '2026-11-23T14:00', '0001-01-01T00:00'),
    longest: typed('2', '31', '32', '2678400', '2678401'),
    longestUnit: fc.constantFrom(...DURATION_UNIT_NAMES),
    amounts: partly<Record<string, string>>(
      {
        bytes: typed('100', '0.000001', '17592186.044416', '17592186.044417'),
        calls: typed('1000', '1000000000', '1000000001', '1.5'),
        places: typed('10', '100000', '100001'),
      },
      draft.amounts,
    ),
    prices: fc.array(
      fc.record({
        pricing: typed('Per use', 'Per hour', 'Per megabyte', 'Per thousand calls'),
        amount: typed('1.00', '0', '0.000001', '1000000', '1000000.000001'),
      }),
      { maxLength: 5, size: '-1' },
    ),
    promise: fc.record({
      amounts: fc.record({ firstByteMs: typed('', '250', '600000', '600001') }),
      degradedPercent: typed('50', '0', '100', '12.5', '100.1'),
    }),
  },
  draft,
);

test('whatever draft the form accepts, the contract accepts too [6.2.3-b] [I.2-1]', () => {
  let accepted = 0;
  fc.assert(
    fc.property(drafts, (any) => {
      const parsed = parseTerms(data, any);
      if (!parsed.ok) {
        expect(Object.keys(parsed.errors)).not.toEqual([]);
        return;
      }
      accepted += 1;
      expectAccepted(parsed);
    }),
    { numRuns: 4_000 },
  );
  expect(accepted).toBeGreaterThan(400);
});

test('without a condition everybody is admitted, with one the strategy is conditional [I.2-1]', () => {
  const open = parseTerms(data, { ...draft, conditions: empty.conditions });
  expect(open.ok && open.terms.strategy).toMatchObject({ accessClass: 'public', conditions: [] });
  const closed = parseTerms(data, draft);
  expect(closed.ok && closed.terms.strategy.accessClass).toBe('conditional');
});

test('each wrong field is named, and its sentence gives the bound of the definition', () => {
  const parsed = parseTerms(data, {
    ...draft,
    ways: { columns: [], formats: [], rowFilter: 'wind > 1' },
    opens: 'tomorrow',
    longest: '32',
    longestUnit: 'days',
    amounts: { calls: '0', bytes: '-', places: 'many' },
    prices: [{ pricing: 'Per hour', amount: '1000000.1' }],
    promise: { amounts: { firstByteMs: '600001' }, degradedPercent: '101' },
  });
  const errors = parsed.ok ? {} : parsed.errors;
  expect(Object.keys(errors).sort()).toEqual(['amounts', 'longest', 'opens', 'prices', 'promise', 'ways']);
  expect(errors).toMatchObject({
    ways: { columns: expect.any(String), formats: expect.any(String), rowFilter: expect.stringContaining('JSON') },
    longest: expect.stringContaining('31 days'),
    amounts: {
      calls: expect.stringContaining('1,000,000,000'),
      bytes: expect.stringContaining('17,592,186.044416'),
      places: expect.stringContaining('100,000'),
    },
    prices: [expect.stringContaining('1,000,000.00')],
    promise: { amounts: { firstByteMs: expect.stringContaining('600,000') }, degradedPercent: expect.any(String) },
  });
  const backwards = parseTerms(data, { ...draft, closes: '2026-11-23T13:59' });
  expect(backwards.ok ? {} : backwards.errors).toHaveProperty('closes');
});

test('price lines stand in the order of their meters, free ones fall away, and one thing has one price', () => {
  const lines = (...pairs: [string, string][]) => pairs.map(([pricing, amount]) => ({ pricing, amount }));
  const parsed = parseTerms(data, {
    ...draft,
    prices: lines(['Per hour', '2.5'], ['Per megabyte', '0.1'], ['Per thousand calls', '0']),
  });
  expect(parsed.ok && parsed.terms.strategy.prices).toEqual([
    { meter: 'bytes', per: 1_000_000n, perMs: 0n, amountMicro: 100_000n },
    { meter: 'places', per: 1n, perMs: 3_600_000n, amountMicro: 2_500_000n },
  ]);
  const twice = parseTerms(data, { ...draft, prices: lines(['Per hour', '1'], ['Per use', '1']) });
  expect(twice.ok ? {} : twice.errors.prices).toEqual([undefined, expect.stringContaining('Per use')]);
  const none = parseTerms(data, { ...draft, prices: [] });
  expect(none.ok && none.terms.strategy.prices).toEqual([]);
});

test('nothing is promised where the field is empty, and then nothing can be below it', () => {
  const promised = parseTerms(data, {
    ...draft,
    promise: { amounts: { firstByteMs: '250' }, degradedPercent: '12.5' },
  });
  expect(promised.ok && promised.terms.strategy).toMatchObject({
    promise: [{ meter: 'firstByteMs', amount: 250n }],
    degradedPerMille: 125n,
  });
  const nothing = parseTerms(data, { ...draft, promise: { amounts: { firstByteMs: ' ' }, degradedPercent: 'half' } });
  expect(nothing.ok && nothing.terms.strategy).toMatchObject({ promise: [], degradedPerMille: 0n });
});

test('a strategy in force can be revised without a change: parse(draft(x)) = x', () => {
  fc.assert(
    fc.property(drafts, (any) => {
      const parsed = parseTerms(data, any);
      if (!parsed.ok) return;
      const { strategy, capacity } = parsed.terms;
      const shown = previewOf(strategy, { version: 3, nowMs: 0 });
      const again = parseTerms(data, draftOf(data, shown, capacity.map(toQuantityDto)));
      expect(again).toEqual(parsed);
    }),
    { numRuns: 2_000 },
  );
});

test('what the form cannot say of a strategy in force is left open, so that it is not changed by mistake', () => {
  const parsed = parseTerms(data, draft);
  if (!parsed.ok) throw new Error('the usual draft is accepted');
  const shown = previewOf(parsed.terms.strategy, { version: 1, nowMs: 0 });
  const capacity = parsed.terms.capacity.map(toQuantityDto);
  const odd = { ...shown, useMsMax: 1_500, prices: [{ meter: 'places', per: 1, perMs: 7_200_000, amountMicro: '5' }] };
  const again = parseTerms(data, draftOf(data, odd, capacity));
  expect(again.ok ? [] : Object.keys(again.errors).sort()).toEqual(['longest', 'prices']);
});

test('times of the form are UTC, and none that the ledger does not take', () => {
  expect(parseUtcMinute('2026-11-23T14:00')).toBe(Date.UTC(2026, 10, 23, 14));
  expect(parseUtcMinute('')).toBe(0);
  expect(parseUtcMinute('2026-13-40T99:00')).toBeUndefined();
  expect(parseUtcMinute('1969-12-31T23:59')).toBeUndefined();
});
