import fc from 'fast-check';
import { expect, test } from 'vitest';
import { kindOf } from '#components/kinds/kinds.ts';
import { compileRule, RULE_VARIABLES } from '#ledger/contracts/strategy/rule.ts';
import { comparisonsOf, ruleAttributes, takesSeveral, type RuleAttribute } from './rule-attributes.ts';
import { describeRule, formProblems, readRule, writeRule, type RuleForm, type RuleTest } from './rule-form.ts';
import { ruleFault } from './rule-problem.ts';

const kinds = [kindOf('data'), kindOf('storage')];

function valuesOf(attribute: RuleAttribute, comparison: string): fc.Arbitrary<Pick<RuleTest, 'values' | 'unit'>> {
  const codes = attribute.options.map(({ value }) => value);
  if (takesSeveral(comparison))
    return fc.subarray(codes, { minLength: 1 }).map((values) => ({ values, unit: 'days' as const }));
  if (codes.length > 0) return fc.constantFrom(...codes).map((code) => ({ values: [code], unit: 'days' as const }));
  if (attribute.type === 'duration')
    return fc.constantFrom(
      { values: ['90'], unit: 'minutes' as const },
      { values: ['1'], unit: 'days' as const },
      { values: ['59'], unit: 'seconds' as const },
    );
  return fc.integer({ min: 1, max: 9_999 }).map((count) => ({ values: [String(count)], unit: 'days' as const }));
}

const rules = fc.constantFrom('data' as const, 'storage' as const).chain((name) => {
  const kind = kindOf(name);
  const test = fc
    .constantFrom(...ruleAttributes(kind))
    .chain((attribute) =>
      fc
        .constantFrom(...comparisonsOf(attribute))
        .chain(({ value: comparison }) =>
          valuesOf(attribute, comparison).map((part): RuleTest => ({ what: attribute.path, comparison, ...part })),
        ),
    );
  const forms: fc.Arbitrary<RuleForm> = fc.record({
    join: fc.constantFrom('all', 'any'),
    tests: fc.array(test, { minLength: 2, maxLength: 8 }),
  });
  return forms.map((form) => ({ name, form }));
});

test('what the form writes it reads back, and the contract admits it: read(write(form)) = form [6.2.3-b]', () => {
  fc.assert(
    fc.property(rules, ({ name, form }) => {
      const kind = kindOf(name);
      const rule = writeRule(kind, form);
      expect(readRule(kind, rule)).toEqual({ ok: true, form });
      expect(formProblems(kind, form).every((problem) => problem === undefined)).toBe(true);
      expect(typeof compileRule(rule), rule).toBe('object');
      expect(ruleFault(kind, rule)).toBeUndefined();
    }),
  );
});

test('whatever is typed as a value comes back as it was, admitted or refused beside it, and never as another rule', () => {
  const [data = kindOf('data')] = kinds;
  const typed = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.constantFrom("' || true || '", '1,000', '1.5', '١٢', "\\'", '</script>', '😀', 'x'.repeat(500)),
  );
  fc.assert(
    fc.property(fc.constantFrom('use.amount.calls', 'applicant.completedOrders'), typed, (what, value) => {
      const form: RuleForm = { join: 'all', tests: [{ what, comparison: '<=', values: [value], unit: 'days' }] };
      const rule = writeRule(data, form);
      const reading = readRule(data, rule);
      const isRight = formProblems(data, form)[0] === undefined;
      expect(typeof compileRule(rule) === 'object', rule).toBe(isRight);
      if (!isRight) expect(reading).toEqual({ ok: true, form });
    }),
  );
});

test('a rule that the form cannot say stays as text, whatever it is', () => {
  const [data = kindOf('data')] = kinds;
  for (const rule of [
    'true',
    "use.purpose == 'research' && use.field == 'weather' || use.amount.calls < 5",
    '(use.amount.calls < 5)',
    'use.amount.calls < 2 + 3',
    'nowMs > 0',
    'use.durationMs <= 1500',
    "use.purpose == 'poetry'",
    '',
  ])
    expect([rule, readRule(data, rule)]).toMatchObject([rule, { ok: false }]);
  fc.assert(
    fc.property(fc.string(), (text) => {
      const reading = readRule(data, text);
      if (reading.ok) expect(readRule(data, writeRule(data, reading.form))).toEqual(reading);
    }),
  );
});

test('every name that the form offers is one that a rule may read', () => {
  for (const kind of kinds)
    for (const { path } of ruleAttributes(kind))
      expect(Object.hasOwn(RULE_VARIABLES, path) || /^use\.(choice|amount)\./.test(path), path).toBe(true);
});

test('a rule of the form is said in one sentence', () => {
  const [data = kindOf('data')] = kinds;
  const say = (rule: string): string => {
    const reading = readRule(data, rule);
    return reading.ok ? describeRule(data, reading.form) : reading.why;
  };
  expect(say("use.amount.calls <= 100 && use.durationMs < 7200000 && !('NRB' in applicant.roles)")).toBe(
    'the calls of the use must be at most 100 calls, the length of the use must be below 2 hours and the roles of the account must not include Broker (NRB)',
  );
  expect(say("use.purpose in ['research', 'education'] || applicant.completedOrders >= 1")).toBe(
    'the purpose must be research or education or the number of completed orders must be at least 1',
  );
});
