import { expect, test } from 'vitest';
import { kindOf } from '#components/kinds/kinds.ts';
import type { StrategyDto } from '#lib/shared/dto.ts';
import { areAmountsOf, askedMeters } from '#ledger/contracts/kinds/kind.ts';
import { areTerms } from '#ledger/contracts/shared/terms.ts';
import { askedOfPeople, firstDraft, parseUse, type UseDraft } from './intended-use.ts';

const data = kindOf('data');
const draft: UseDraft = {
  purpose: 'research',
  fieldOfBusiness: 'weather',
  duration: '2',
  durationUnit: 'hours',
  choices: { format: 'csv' },
  amounts: { calls: '100', bytes: '0.5' },
};
const strategy: StrategyDto = {
  version: 1,
  accessClass: 'public',
  conditions: [],
  ways: [
    { name: 'columns', value: '["a"]' },
    { name: 'formats', value: '["json","parquet"]' },
  ],
  opensAtMs: 0,
  closesAtMs: 0,
  useMsMax: 1_800_000,
  limits: [
    { meter: 'bytes', amount: 2_000_000 },
    { meter: 'calls', amount: 50 },
  ],
  prices: [],
  promise: [],
  degradedPerMille: 0,
  recordedAtMs: 0,
};

test('a complete draft becomes what is signed: terms and amounts that the contract takes [I.2-4]', () => {
  const parsed = parseUse(data, draft);
  expect(parsed).toEqual({
    ok: true,
    use: {
      purpose: 'research',
      fieldOfBusiness: 'weather',
      durationMs: 7_200_000,
      choices: [{ name: 'format', value: 'csv' }],
      amounts: [
        { meter: 'bytes', amount: 500_000n },
        { meter: 'calls', amount: 100n },
        { meter: 'places', amount: 1n },
      ],
    },
  });
  if (!parsed.ok) return;
  const { choices, amounts } = parsed.use;
  expect(areTerms(choices) && data.ledger.areChoicesSound(choices)).toBe(true);
  expect(areAmountsOf(data.ledger, amounts, askedMeters(data.ledger)) && data.ledger.areAmountsSound(amounts)).toBe(
    true,
  );
});

test('every field that is wrong is named, not only the first', () => {
  const parsed = parseUse(data, {
    purpose: '',
    fieldOfBusiness: '',
    duration: '1.5',
    durationUnit: 'hours',
    choices: { format: 'xml' },
    amounts: { calls: '-1', bytes: '0' },
  });
  const errors = parsed.ok ? {} : parsed.errors;
  expect(Object.keys(errors).sort()).toEqual(['amounts', 'choices', 'duration', 'fieldOfBusiness', 'purpose']);
  expect(errors).toMatchObject({ amounts: { calls: expect.any(String), bytes: expect.any(String) } });
  expect(errors).toMatchObject({ choices: { format: 'Choose a format.' } });
});

test('a use longer than the agreement’s definition allows is refused with its bound', () => {
  expect(parseUse(data, { ...draft, duration: '31', durationUnit: 'days' }).ok).toBe(true);
  const parsed = parseUse(data, { ...draft, duration: '32', durationUnit: 'days' });
  expect(parsed.ok ? '' : parsed.errors.duration).toContain('31 days');
});

test('the form begins with a use that fits the strategy’s limits, and lacks only what it is for', () => {
  const first = firstDraft(data, strategy, []);
  expect(first).toMatchObject({ duration: '30', durationUnit: 'minutes', choices: { format: 'json' } });
  expect(first.amounts).toEqual({ bytes: '2', calls: '50' });
  expect(askedOfPeople(data)).toEqual(['bytes', 'calls']);
  expect(parseUse(data, first)).toMatchObject({ ok: false });
  expect(parseUse(data, { ...first, purpose: 'research', fieldOfBusiness: 'weather' }).ok).toBe(true);
});
