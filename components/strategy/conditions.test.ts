import { expect, test } from 'vitest';
import { FIELDS_OF_BUSINESS, PURPOSES } from '#ledger/contracts/strategy/definition.ts';
import { compileRule } from '#ledger/contracts/strategy/rule.ts';
import { kindOf } from '#components/kinds/kinds.ts';
import { conditionsDraft, EMPTY_CONDITIONS, parseConditions, type ConditionDraft } from './conditions.ts';

const data = kindOf('data');
const full: ConditionDraft = {
  isNamed: true,
  isIdentified: true,
  partners: [
    { id: 4, name: 'North Weather' },
    { id: 15, name: '' },
  ],
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
  const parsed = parseConditions(data, full);
  expect(parsed.ok).toBe(true);
  for (const { rule, sentence } of parsed.ok ? parsed.conditions : []) {
    expect(typeof compileRule(rule), rule).toBe('object');
    expect(sentence.length).toBeLessThanOrEqual(200);
  }
});

test('all purposes and fields together still fit into one sentence and one rule', () => {
  const parsed = parseConditions(data, {
    ...EMPTY_CONDITIONS,
    purposes: [...PURPOSES],
    fields: [...FIELDS_OF_BUSINESS],
  });
  for (const { rule, sentence } of parsed.ok ? parsed.conditions : []) {
    expect(typeof compileRule(rule), rule).toBe('object');
    expect(sentence.length).toBeLessThanOrEqual(200);
  }
});

test('sentences say what must hold in the reader’s words [I.2-1]', () => {
  const parsed = parseConditions(data, full);
  expect(parsed.ok ? parsed.conditions.map((condition) => condition.sentence) : []).toEqual([
    'the account must be A-4 or A-15',
    'purpose must be research or public service',
    'field of business must be weather or public administration',
    'field of business must be one of the tags of this resource',
    'the account must hold the role Provider (NRP)',
    'an operator must have identified the account',
    'the account must be at least 2 days old',
    'the account must have completed at least 3 orders',
    'the account must not have broken any order',
    'at most nine calls, as CSV',
  ]);
});

test('empty forms ask for nothing, wrong ones name their field', () => {
  expect(parseConditions(data, EMPTY_CONDITIONS)).toEqual({ ok: true, conditions: [] });
  const parsed = parseConditions(data, {
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
    'rules',
  ]);
});

test('named partners are signed by their ids, however many; nobody named is no strategy for everybody', () => {
  const partners = Array.from({ length: 64 }, (_, index) => ({ id: 1_000_000 + index, name: '<b>x</b>' }));
  const parsed = parseConditions(data, { ...EMPTY_CONDITIONS, isNamed: true, partners });
  const [condition] = parsed.ok ? parsed.conditions : [];
  expect(condition?.sentence).toBe('the account must be one of 64 that are named');
  expect(typeof compileRule(condition?.rule ?? '')).toBe('object');
  const none = parseConditions(data, { ...EMPTY_CONDITIONS, isNamed: true });
  expect(none).toMatchObject({ ok: false, errors: { partners: expect.stringContaining('nobody') } });
});

test('a wrong rule of one’s own is named by its place, with what is wrong and where', () => {
  const sentence = 'what must hold';
  const parsed = parseConditions(data, {
    ...EMPTY_CONDITIONS,
    expert: [
      { rule: "use.amount.calls <= 100 && use.choice.format == 'csv'", sentence: '' },
      { rule: 'use.colour == 1', sentence },
      { rule: 'use.amount.bites <= 1 + 1', sentence },
      { rule: 'true &&\nuse.purpose < 3', sentence },
      { rule: `'${'x'.repeat(1_100)}' != ''`, sentence },
      { rule: "use.amount.calls <= '1,00'", sentence: '' },
      { rule: 'use.amount.calls <= 1 + 1', sentence: 'x'.repeat(500) },
    ],
  });
  const rules = parsed.ok ? {} : parsed.errors.rules;
  expect(rules).toEqual({
    1: { rule: expect.stringMatching(/^Character 1 .*a rule cannot read .*use\.colour/) },
    2: { rule: expect.stringContaining('use.amount.bites') },
    3: { rule: expect.stringMatching(/^Line 2, character 13 .*values of one kind/) },
    4: { rule: expect.stringContaining('at most 1,024') },
    5: { tests: [expect.stringContaining('is no whole number')] },
    6: { sentence: expect.stringContaining('200') },
  });
});

test('conditions that stand come back into the fields that write them, and into rules where none does: parse(draft(x)) = x', () => {
  const parsed = parseConditions(data, full);
  const conditions = parsed.ok ? parsed.conditions : [];
  const again = conditionsDraft(data, conditions);
  expect(again).toEqual({ ...full, partners: full.partners.map(({ id }) => ({ id, name: '' })) });
  const moved = [...conditions].reverse();
  const own = parseConditions(data, conditionsDraft(data, moved));
  expect(own).toEqual({ ok: true, conditions: moved });
});
