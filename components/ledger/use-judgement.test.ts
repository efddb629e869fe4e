import { expect, test } from 'vitest';
import { kindOf } from '#components/kinds/kinds.ts';
import type { AdmissionDto, JudgedConditionDto } from '#lib/shared/dto.ts';
import { beyondTheForm, verdictsInWords } from './condition-verdicts.tsx';
import { fieldOfCondition, type UseDraft } from './intended-use.ts';
import { isRefusalForeseen, questionOf, shownConditions } from './use-judgement.ts';

const data = kindOf('data');
const draft: UseDraft = {
  purpose: '',
  fieldOfBusiness: 'weather',
  duration: 'two',
  durationUnit: 'hours',
  choices: { format: 'csv' },
  amounts: { bytes: '', calls: '9'.repeat(30) },
};
const condition = (index: number, verdict: JudgedConditionDto['verdict'], ...reads: string[]): JudgedConditionDto => {
  const changes = verdict === 'unmet' ? [[{ name: 'use.purpose', value: 'research' }]] : [];
  return { index, sentence: 'must hold', verdict, asked: null, reads, changes };
};
const admission: AdmissionDto = {
  admitted: false,
  failed: [],
  conditions: [
    condition(0, 'unmet', 'use.purpose'),
    condition(1, 'met', 'use.durationMs', 'applicant.roles'),
    condition(2, 'met', 'applicant.roles'),
    condition(3, 'unknown', 'use.amount.places'),
  ],
  asOf: { height: 7, timeMs: 0 },
};

test('the contract is asked about what stands in the form: nothing where a field says nothing, and no more than the ledger holds', () => {
  expect(questionOf(data, draft, 4)).toEqual({
    resource: 4,
    purpose: '',
    field: 'weather',
    durationMs: 0,
    choices: [{ name: 'format', value: 'csv' }],
    amounts: [
      { meter: 'calls', amount: Number(data.ledger.meters['calls']?.max) },
      { meter: 'places', amount: 1 },
    ],
  });
});

test('a verdict stands until a field that its rule reads is another: then nothing is said before the contract is asked again [8.2.2-a]', () => {
  const question = questionOf(data, { ...draft, purpose: 'other', duration: '2' }, 4);
  const verdicts = (now: Partial<UseDraft>) => {
    const asked = questionOf(data, { ...draft, purpose: 'other', duration: '2', ...now }, 4);
    return shownConditions({ question, admission }, asked).map(({ verdict, changes }) => [verdict, changes.length]);
  };
  const unchanged = [
    ['unmet', 1],
    ['met', 0],
    ['met', 0],
    ['unknown', 0],
  ];
  expect(verdicts({})).toEqual(unchanged);
  expect(verdicts({ fieldOfBusiness: 'energy' })).toEqual(unchanged);
  expect(verdicts({ purpose: 'research' })).toEqual([['asking', 0], ...unchanged.slice(1)]);
  expect(verdicts({ duration: '3' }).map(([verdict]) => verdict)).toEqual(['unmet', 'asking', 'met', 'unknown']);
  expect(verdicts({ durationUnit: 'days' }).map(([verdict]) => verdict)).toEqual(['unmet', 'asking', 'met', 'unknown']);
});

test('every condition has its place: beside the first field that it reads, or in the list of those that no field bears on', () => {
  const shown = shownConditions({ question: questionOf(data, draft, 4), admission }, questionOf(data, draft, 4));
  expect(shown.map(({ reads }) => fieldOfCondition(data, reads))).toEqual([
    'use.purpose',
    'use.durationMs',
    undefined,
    undefined,
  ]);
  expect(beyondTheForm(data, shown).map(({ index }) => index)).toEqual([2, 3]);
  expect(verdictsInWords(shown)).toBe('2 of 4 met, 1 not met, 1 not known yet');
});

test('a refusal is foreseen by the contract’s answer, and by a verdict that still holds while it is asked', () => {
  const asked = (verdict: JudgedConditionDto['verdict'] | 'asking') => [{ ...condition(0, 'met'), verdict }];
  expect(isRefusalForeseen({ current: admission, conditions: [] })).toBe(true);
  expect(isRefusalForeseen({ current: { ...admission, admitted: true }, conditions: [] })).toBe(false);
  expect(isRefusalForeseen({ current: undefined, conditions: asked('unmet') })).toBe(true);
  for (const verdict of ['met', 'unknown', 'asking'] as const)
    expect(isRefusalForeseen({ current: undefined, conditions: asked(verdict) })).toBe(false);
});
