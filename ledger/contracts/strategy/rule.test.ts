import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { compileRule, ruleProblem, type RuleInput } from './rule.ts';
import { durationInWords, timeInWords } from '#ledger/contracts/shared/amount-words.ts';

const input: RuleInput = {
  applicant: { account: 7n, roles: ['NRC', 'NRP'], accountAgeMs: 86_400_000n, completedOrders: 3n, brokenOrders: 0n },
  use: {
    purpose: 'research',
    field: 'weather',
    durationMs: 3_600_000n,
    choice: { format: 'csv' },
    amount: { bytes: 1_000n, calls: 10n, places: 1n },
  },
  resource: { tags: ['weather', 'seattle'], kind: 'data' },
  nowMs: 1_764_000_000_000n,
};

function run(text: string): unknown {
  const rule = compileRule(text);
  return typeof rule === 'string' ? rule : rule.holds(input);
}

describe('rule', () => {
  test.each([
    ["use.purpose in ['research', 'education'] && use.durationMs <= 2 * 3600000", true],
    ["'NRP' in applicant.roles || applicant.completedOrders > 10", true],
    ['resource.tags.exists(tag, tag == use.field)', true],
    ["resource.tags.all(tag, tag.startsWith('w'))", false],
    ['use.field in resource.tags ? use.amount.calls < 5 : false', false],
    ['!(applicant.brokenOrders > 0) && size(applicant.roles) == 2', true],
    ['applicant.accountAgeMs >= 86400000 && nowMs > 0', true],
    ['applicant.account in [1, 7, 9]', true],
    ["use.purpose.contains('sea') && !use.purpose.endsWith('x')", true],
    ['has(use.purpose)', true],
    ['-use.amount.calls % 3 == -1', true],
  ])('%s is %s', (text, expected) => {
    expect(run(text)).toBe(expected);
  });

  test.each([
    ['doubles', '1.5 > 1.0'],
    ['unsigned integers', '1u == 1u'],
    ['time', "timestamp('2026-01-01T00:00:00Z') > timestamp('2025-01-01T00:00:00Z')"],
    ['time zones', "timestamp('2026-01-01T00:00:00Z').getHours('Europe/Berlin') == 1"],
    ['durations', "duration('1h') == duration('60m')"],
    ['format', "'%s'.format(['a']) == 'a'"],
    ['regular expressions', "use.purpose.matches('(a+)+$')"],
    ['conversions', "int('1') == 1"],
    ['dynamic types', 'dyn(1) == 1'],
    ['maps', "{'a': 1}['a'] == 1"],
    ['indexing', "applicant.roles[0] == 'NRC'"],
    ['indexing by name', "use['purpose'] == 'research'"],
    ['mapping loops', 'resource.tags.map(t, t).size() == 2'],
    ['counting loops', "resource.tags.exists_one(t, t == 'weather')"],
    ['nested loops', 'resource.tags.exists(a, resource.tags.exists(b, a == b))'],
    ['unknown fields', "use.colour == 'red'"],
    ['unknown names', 'weather == 1'],
    ['fields of fields', 'use.purpose.size.x == 1'],
    ['inherited names', "use.constructor == 'x'"],
    ['comparing types', "use.amount.calls == 'ten'"],
    ['adding texts', "use.purpose + 'x' == 'researchx'"],
    ['empty lists', 'use.purpose in []'],
    ['whole records', 'use == use'],
    ['no yes or no', 'use.amount.calls'],
    ['null', 'null == null'],
    ['bytes', "b'a' == b'a'"],
    ['messages', 'google.protobuf.Int64Value{value: 1} == 1'],
    ['long literals', `use.purpose == '${'a'.repeat(201)}'`],
    ['nothing', ''],
  ])('%s are not admitted', (_what, text) => {
    expect(compileRule(text)).toBe('invalid');
  });

  test.each([
    ['length', `true || use.purpose == '${'a'.repeat(1_100)}'`],
    ['nesting', `${'('.repeat(300)}true${')'.repeat(300)}`],
    ['nesting hidden by a text', `'${')'.repeat(100)}' != '' || ${'('.repeat(100)}true${')'.repeat(100)}`],
    ['negations', `${'!'.repeat(64)}true`],
    ['choices', `${'true ? true : '.repeat(9)}true`],
    ['loops', `resource.tags.exists(t, ${"t == 'a' || ".repeat(40)}false)`],
  ])('%s beyond the bound are too costly, before they cost anything', (_what, text) => {
    expect(compileRule(text)).toBe('too-costly');
  });

  test.each([
    ["use.purpose in ['a'", { why: 'syntax', position: 12 }],
    ["true && use.colour == 'red'", { why: 'unknown-name', subject: 'use.colour', position: 11 }],
    ["use.amount.calls <= '1,5'", { why: 'unlike-types', subject: '<=', position: 17 }],
    ["use.purpose.matches('x')", { why: 'not-offered', subject: 'matches', position: 11 }],
    ['1.5 > 1.0', { why: 'not-offered', position: 0 }],
    ['use.amount.calls', { why: 'no-yes-or-no' }],
    [`true || use.purpose == '${'a'.repeat(1_100)}'`, { why: 'too-long' }],
    [`${'('.repeat(300)}true${')'.repeat(300)}`, { why: 'too-nested' }],
    [`resource.tags.exists(t, ${"t == 'a' || ".repeat(40)}false)`, { why: 'too-costly' }],
    ['use.amount.calls <= 5', undefined],
  ])('what is wrong with %s is told by its first wrong part', (text, problem) => {
    expect(ruleProblem(text)).toEqual(problem);
  });

  test('an integer beyond 64 bits is an error that says so, not a wrong answer', () => {
    expect(run('use.amount.calls * 9223372036854775807 > 0')).toEqual({
      error: 'the rule could not be evaluated with these values',
    });
  });

  test('a rule says what it reads, each path once, in order', () => {
    const rule = compileRule('use.amount.calls > 1 && use.field in resource.tags && use.amount.calls < 9 && nowMs > 0');
    expect(typeof rule === 'string' ? rule : rule.reads).toEqual([
      'use.amount.calls',
      'use.field',
      'resource.tags',
      'nowMs',
    ]);
  });

  test('no text throws, hangs or is admitted without a yes or no', () => {
    const words = [
      'use',
      '.',
      'purpose',
      'exists',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '&&',
      '||',
      '!',
      '-',
      '?',
      ':',
      '==',
      'in',
      '1',
      "'a'",
      ',',
      't',
      ' ',
      '\n',
      '\\',
      '"',
      '😀',
    ];
    const sequence = fc.array(fc.constantFrom(...words), { maxLength: 60 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(sequence, fc.string({ maxLength: 300 })), (text) => {
        const rule = compileRule(text);
        if (typeof rule === 'string') return true;
        const outcome = rule.holds(input);
        return typeof outcome === 'boolean' || outcome.error.length > 0;
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('words', () => {
  test('times are written as Date writes them, without Date', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (ms) => {
        expect(timeInWords(BigInt(ms))).toBe(new Date(ms).toISOString().replace('.000Z', 'Z'));
      }),
    );
  });

  test.each([
    [7_200_000n, '2 hours'],
    [3_600_000n, '1 hour'],
    [90_061_000n, '1 day 1 hour 1 minute 1 second'],
    [1_500n, '1 second 500 milliseconds'],
    [0n, '0 milliseconds'],
  ])('%s ms is %s', (ms, words) => {
    expect(durationInWords(ms)).toBe(words);
  });
});
