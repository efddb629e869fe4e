import { expect, test } from 'vitest';
import { areTermsValid, isPriceValid } from '#ledger/contracts/strategy/terms.ts';
import { EMPTY_STRATEGY, parseTerms, parseUtcMinute, type StrategyDraft } from './terms.ts';

const draft: StrategyDraft = {
  ...EMPTY_STRATEGY,
  accessClass: 'conditional',
  conditions: { ...EMPTY_STRATEGY.conditions, purposes: ['research'] },
  columns: ['date', 'wind'],
  opens: '2026-11-23T14:00',
  closes: '2026-12-23T14:00',
  rowFilter: '{"wind": {"gt": 1}}',
};

test('what the form accepts the contract accepts too [6.2.3-b]', () => {
  const parsed = parseTerms(draft);
  expect(parsed.ok).toBe(true);
  if (!parsed.ok) return;
  const { terms } = parsed;
  const args = {
    ...terms,
    opensAtMs: BigInt(terms.opensAtMs),
    closesAtMs: BigInt(terms.closesAtMs),
    useMsMax: BigInt(terms.useMsMax),
    callsMax: BigInt(terms.callsMax),
    bytesMax: BigInt(terms.bytesMax),
    simultaneousMax: BigInt(terms.simultaneousMax),
    price: { unit: terms.price.unit, amountMicro: BigInt(terms.price.amountMicro) },
  };
  expect(areTermsValid(args, ['id', 'date', 'wind'])).toBe(true);
  expect(isPriceValid(args.price)).toBe(true);
});

test('public sharing drops conditions, conditional sharing needs one [I.2-1]', () => {
  const open = parseTerms({ ...draft, accessClass: 'public' });
  expect(open.ok && open.terms.conditions).toEqual([]);
  const none = parseTerms({ ...draft, conditions: EMPTY_STRATEGY.conditions });
  expect(none.ok ? {} : none.errors).toHaveProperty('conditions');
});

test('each wrong field is named', () => {
  const parsed = parseTerms({
    ...draft,
    formats: [],
    columns: [],
    rowFilter: 'wind > 1',
    opens: 'tomorrow',
    longest: '32',
    longestUnit: 'days',
    calls: '0',
    megabytes: '-1',
    places: 'many',
    price: '1e9',
  });
  expect(parsed.ok ? [] : Object.keys(parsed.errors).sort()).toEqual([
    'calls',
    'columns',
    'formats',
    'longest',
    'megabytes',
    'opens',
    'places',
    'price',
    'rowFilter',
  ]);
  const backwards = parseTerms({ ...draft, closes: '2026-11-23T13:59' });
  expect(backwards.ok ? {} : backwards.errors).toHaveProperty('closes');
});

test('times of the form are UTC', () => {
  expect(parseUtcMinute('2026-11-23T14:00')).toBe(Date.UTC(2026, 10, 23, 14));
  expect(parseUtcMinute('')).toBe(0);
  expect(parseUtcMinute('2026-13-40T99:00')).toBeUndefined();
});
