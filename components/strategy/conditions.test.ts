import { expect, test } from 'vitest';
import { FIELDS_OF_BUSINESS, PURPOSES } from '#ledger/contracts/strategy/definition.ts';
import { compileRule } from '#ledger/contracts/strategy/rule.ts';
import { EMPTY_CONDITIONS, parseConditions, type ConditionDraft } from './conditions.ts';

const full: ConditionDraft = {
  purposes: ['research', 'public-service'],
  fields: ['weather', 'public-administration'],
  isRelevanceAsked: true,
  roles: ['NRP'],
  age: '2',
  ageUnit: 'days',
  completedOrders: '3',
  brokenOrders: '0',
  expert: [{ rule: "use.amount.calls < 10 && use.choice.format == 'csv'", sentence: 'at most nine calls, as CSV' }],
};

test('every rule that the forms write is admitted by the contract [6.2.3-b]', () => {
  const parsed = parseConditions(full);
  expect(parsed.ok).toBe(true);
  for (const { rule, sentence } of parsed.ok ? parsed.conditions : []) {
    expect(typeof compileRule(rule), rule).toBe('object');
    expect(sentence.length).toBeLessThanOrEqual(200);
  }
});

test('all purposes and fields together still fit into one sentence and one rule', () => {
  const parsed = parseConditions({ ...EMPTY_CONDITIONS, purposes: [...PURPOSES], fields: [...FIELDS_OF_BUSINESS] });
  for (const { rule, sentence } of parsed.ok ? parsed.conditions : []) {
    expect(typeof compileRule(rule), rule).toBe('object');
    expect(sentence.length).toBeLessThanOrEqual(200);
  }
});

test('sentences say what must hold in the reader’s words [I.2-1]', () => {
  const parsed = parseConditions(full);
  expect(parsed.ok ? parsed.conditions.map((condition) => condition.sentence) : []).toEqual([
    'purpose must be research or public service',
    'field of business must be weather or public administration',
    'field of business must be one of the tags of this resource',
    'the account must hold the role Provider (NRP)',
    'the account must be at least 2 days old',
    'the account must have completed at least 3 orders',
    'the account must not have broken any order',
    'at most nine calls, as CSV',
  ]);
});

test('empty forms ask for nothing, wrong ones name their field', () => {
  expect(parseConditions(EMPTY_CONDITIONS)).toEqual({ ok: true, conditions: [] });
  const parsed = parseConditions({
    ...full,
    age: 'two',
    completedOrders: '-1',
    brokenOrders: '1.5',
    expert: [{ rule: '', sentence: 'x' }],
  });
  expect(parsed.ok ? [] : Object.keys(parsed.errors).sort()).toEqual([
    'age',
    'brokenOrders',
    'completedOrders',
    'expert',
  ]);
});
