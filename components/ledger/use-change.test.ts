import { expect, test } from 'vitest';
import { kindOf } from '#components/kinds/kinds.ts';
import type { UseDraft } from './intended-use.ts';
import { canChange, changedDraft, changesInWords, valueInWords } from './use-change.ts';

const data = kindOf('data');
const draft: UseDraft = {
  purpose: 'journalism',
  fieldOfBusiness: 'media',
  duration: '6',
  durationUnit: 'hours',
  choices: { format: 'csv' },
  amounts: { bytes: '10', calls: '100' },
};

test.each([
  ['use.purpose', 'public-service', { purpose: 'public-service' }, 'Change the purpose to public service'],
  ['use.field', 'energy', { fieldOfBusiness: 'energy' }, 'Change the field of business to energy'],
  [
    'use.durationMs',
    '5400000',
    { duration: '90', durationUnit: 'minutes' },
    'Change the length of use to 1 hour 30 minutes',
  ],
  ['use.choice.format', 'json', { choices: { format: 'json' } }, 'Change the format to json'],
  ['use.amount.calls', '10000', { amounts: { bytes: '10', calls: '10000' } }, 'Change the calls to 10,000 calls'],
  ['use.amount.bytes', '500000', { amounts: { bytes: '0.5', calls: '100' } }, 'Change the megabytes to 0.5 megabytes'],
])('%s → %s changes its field, and says so [6.2.4-a]', (name, value, changed, words) => {
  expect(canChange(data, [{ name, value }])).toBe(true);
  expect(changedDraft(data, draft, [{ name, value }])).toEqual({ ...draft, ...changed });
  expect(changesInWords(data, [{ name, value }])).toBe(words);
});

test('changes that are made together are one button, and a value says what the field will hold', () => {
  const both = [
    { name: 'use.purpose', value: 'research' },
    { name: 'use.field', value: 'energy' },
  ];
  expect(changesInWords(data, both)).toBe('Change the purpose to research and the field of business to energy');
  expect(valueInWords(data, { name: 'use.amount.calls', value: '10000' })).toBe('10,000 calls');
});

test('what the form has no field for is not offered', () => {
  expect(canChange(data, [{ name: 'use.amount.places', value: '1' }])).toBe(false);
  expect(canChange(data, [{ name: 'use.choice.image', value: 'debian' }])).toBe(false);
  expect(
    canChange(data, [
      { name: 'use.purpose', value: 'research' },
      { name: 'use.amount.rows', value: '1' },
    ]),
  ).toBe(false);
});
