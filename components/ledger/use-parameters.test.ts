import { expect, test } from 'vitest';
import { kindOf } from '#components/kinds/kinds.ts';
import { hrefWith } from '#components/ui/pager.tsx';
import type { StrategyDto } from '#lib/shared/dto.ts';
import type { UseDraft } from './intended-use.ts';
import { draftFromParameters, parametersOfUse, type Parameters } from './use-parameters.ts';

const data = kindOf('data');
const strategy = {
  ways: [
    { name: 'columns', value: '["a"]' },
    { name: 'formats', value: '["csv","json"]' },
  ],
} as StrategyDto;
const first: UseDraft = {
  purpose: '',
  fieldOfBusiness: '',
  duration: '1',
  durationUnit: 'hours',
  choices: { format: 'csv' },
  amounts: { bytes: '10', calls: '100' },
};
const read = (parameters: Parameters) => draftFromParameters(data, first, { parameters, strategy });

test('what was answered on “Would I be admitted?” stands in the application, exactly as it was typed [6.2.4-a]', () => {
  const typed: UseDraft = {
    purpose: 'public-service',
    fieldOfBusiness: 'public-administration',
    duration: '1,500',
    durationUnit: 'minutes',
    choices: { format: 'json' },
    amounts: { bytes: '0.5', calls: '1 000' },
  };
  const href = hrefWith('/customer/apply/4', parametersOfUse(data, typed), {});
  const parameters = Object.fromEntries(new URL(href, 'http://localhost').searchParams);
  expect(read(parameters)).toEqual(typed);
  expect(read({})).toEqual(first);
});

test('an address may hold anything: what its field does not take is left out, and the rest stays', () => {
  const rubbish = ['<script>', '__proto__', '1e999', '-5', '9'.repeat(41), '\u202E12', '‮', 'NaN', '0x10', ''];
  for (const text of rubbish) {
    const all = { purpose: text, field: text, duration: text, unit: text, 'choice.format': text };
    expect(read({ ...all, 'amount.bytes': text, 'amount.calls': text, continues: text })).toEqual(first);
  }
  expect(read({ purpose: ['research', 'other'], duration: ['2'], unit: ['days'] })).toEqual(first);
  expect(read({ 'choice.format': 'parquet', 'choice.image': 'debian', 'amount.places': '9', toString: 'x' })).toEqual(
    first,
  );
  expect(read({ duration: '5' })).toEqual(first);
  expect(read({ purpose: 'research', unit: 'weeks', duration: '5' })).toEqual({ ...first, purpose: 'research' });
});
