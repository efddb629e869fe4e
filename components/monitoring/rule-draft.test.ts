import { expect, test } from 'vitest';
import { ruleShape, type RuleDto } from '#lib/shared/monitoring.ts';
import { draftOf, ruleErrors, ruleOf } from './rule-draft.ts';

const rule: RuleDto = {
  id: 'rounds-high',
  kind: 'chain',
  metric: 'rounds',
  comparison: 'above',
  threshold: 0.5,
  clearsAt: 0.2,
  forSeconds: 120,
  severity: 'warning',
  isEnabled: true,
  changedBy: null,
  changedAtMs: 0,
};

test('a rule that is opened and sent as it stands is the same rule', () => {
  const { changedBy: _by, changedAtMs: _at, ...input } = rule;
  const sent = ruleOf(rule, draftOf(rule));
  expect(sent).toEqual(input);
  expect(ruleShape.safeParse(sent).success).toBe(true);
});

test('what is typed becomes numbers, and what cannot be read is not sent', () => {
  const draft = draftOf(rule);
  expect(ruleOf(rule, { ...draft, threshold: '45000', clearsAt: '0,25', forSeconds: '0' })).toMatchObject({
    threshold: 45_000,
    clearsAt: 0.25,
    forSeconds: 0,
  });
  for (const wrong of [{ threshold: '' }, { clearsAt: 'much' }, { forSeconds: '1.5' }])
    expect(ruleOf(rule, { ...draft, ...wrong })).toBeUndefined();
});

test.each([
  [
    'above',
    { threshold: '1', clearsAt: '20000' },
    { clearsAt: 'Write a number that is no greater than where it fires.' },
  ],
  ['below', { threshold: '2', clearsAt: '1' }, { clearsAt: 'Write a number that is no less than where it fires.' }],
  ['above', { threshold: '99999999999999999999' }, { threshold: 'Write 1,000,000,000,000 or less.' }],
  ['above', { forSeconds: '86401' }, { forSeconds: 'Write 86,400 or less: a day.' }],
] as const)(
  'a rule that fires %s a bound is told beside its field, and what is told would be refused: %j',
  (comparison, wrong, told) => {
    const of = { ...rule, comparison };
    const sent = ruleOf(of, { ...draftOf(rule), ...wrong });
    expect(ruleShape.safeParse(sent).success).toBe(false);
    expect(sent === undefined ? {} : ruleErrors(of, sent)).toEqual(told);
  },
);

test('a rule as it stands has nothing wrong', () => {
  const sent = ruleOf(rule, draftOf(rule));
  expect(sent === undefined ? undefined : ruleErrors(rule, sent)).toEqual({});
});
