import { expect, test } from 'vitest';
import { FIRST_ACCESS_RULES } from '#ledger/contracts/node/definition.ts';
import type { NetworkNodeDto, NodeFactsDto } from '#lib/shared/dto.ts';
import { areSame, parseAccess } from './access-draft.ts';
import { accessFault, foundInWords, verdictsInWords, verdictsOf } from './access.ts';

const NODE: NetworkNodeDto = {
  id: 5,
  name: 'agent',
  class: 'service',
  status: 'registered',
  operator: { id: 3, address: '0x03', name: null },
  key: 1,
  address: '77'.repeat(20),
  software: '1.4.0',
  endpoint: 'https://agent.example',
  failedAttempts: 0,
  suspensions: 0,
  equivocations: 0,
  credit: null,
  registeredAtMs: 1,
  changedAtMs: 1,
  reason: '',
  changesAtMs: null,
  fault: null,
  refused: null,
};
const facts = (node: Partial<NetworkNodeDto> = {}, roles = ['NRC', 'NRP']): NodeFactsDto => ({
  node: { ...NODE, ...node },
  operator: { account: 3, roles, credit: 1_000 },
});
const first = FIRST_ACCESS_RULES.map(({ rule, sentence }) => ({ rule, sentence }));

test('a node that meets the rules of the beginning meets each of them, and one that meets none is told of each with what was found [6.2.1-b]', () => {
  const met = verdictsOf(first, facts(), 1);
  expect(met.map(({ isMet }) => isMet)).toEqual([true, true, true, true]);
  expect(verdictsInWords(met)).toBe('4 of 4 rules are met: it would be admitted');
  const none = verdictsOf(
    first,
    facts({ software: '0.0.9', endpoint: 'http://agent.example', failedAttempts: 5 }, ['NRC']),
    1,
  );
  expect(none.map(({ isMet }) => isMet)).toEqual([false, false, false, false]);
  expect(verdictsInWords(none)).toBe('0 of 4 rules are met: it would be refused');
  expect(none.map(foundInWords)).toEqual([
    'node.software.number: 9',
    'node.endpoint: http://agent.example, node.isTls: false',
    'node.class: service, operator.roles: NRC',
    'node.failedAttempts: 5',
  ]);
});

test('what a rule read and is empty is said to be empty, and what could not be evaluated says why', () => {
  const [verdict] = verdictsOf(
    [{ rule: "node.endpoint != ''", sentence: 'An address.' }],
    facts({ endpoint: null }),
    1,
  );
  expect(verdict && foundInWords(verdict)).toBe('node.endpoint: empty');
  const [broken] = verdictsOf([{ rule: '1 / node.failedAttempts > 0', sentence: 'A division.' }], facts(), 1);
  expect(broken).toMatchObject({ isMet: false });
  expect(broken && foundInWords(broken)).toMatch(/^node\.failedAttempts: 0, .*could not be evaluated/);
});

test('no rule at all admits whoever asks', () => {
  expect(verdictsInWords(verdictsOf([], facts(), 1))).toMatch(/it would be admitted/);
});

test.each([
  ['', /Write what must hold/],
  ['   ', /Write what must hold/],
  ['node.colour == 1', /a rule cannot read .*node\.colour.*It may read operator\.account/],
  ['use.purpose == "research"', /a rule cannot read/],
  ['node.failedAttempts', /neither yes nor no/],
  ["node.failedAttempts < 'five'", /needs values of one kind/],
  ['node.failedAttempts <', /Character/],
  ['timestamp("2026-01-01T00:00:00Z") == nowMs', /not part of the language/],
  [`${'('.repeat(40)}true${')'.repeat(40)}`, /too many brackets/],
  [`node.endpoint == '${'x'.repeat(2_000)}'`, /at most 1,024/],
])('“%s” is no rule for access, and a sentence says why', (rule, why) => {
  expect(accessFault(rule)).toMatch(why);
  expect(parseAccess([{ rule, sentence: 'What must hold.' }]).ok).toBe(false);
});

test.each(['', ' ', 'two\nlines', 'x'.repeat(201), 'bell\u0007'])('“%s” is no sentence of a rule', (sentence) => {
  const parsed = parseAccess([{ rule: 'node.failedAttempts < 5', sentence }]);
  expect(parsed).toMatchObject({
    ok: false,
    errors: [{ sentence: expect.stringContaining('at most 200 characters') }],
  });
});

test('seventeen rules are one too many, and what is written with blanks at its ends is signed without them', () => {
  const rule = { rule: ' node.failedAttempts < 5 ', sentence: ' Few. ' };
  expect(parseAccess(Array.from({ length: 17 }, () => rule))).toMatchObject({
    ok: false,
    all: expect.stringContaining('at most 16 rules'),
  });
  const parsed = parseAccess([rule]);
  expect(parsed).toEqual({ ok: true, rules: [{ rule: 'node.failedAttempts < 5', sentence: 'Few.' }] });
  expect(parsed.ok && areSame(parsed.rules, [rule])).toBe(false);
  expect(areSame(first, [...first])).toBe(true);
  expect(areSame(first, first.slice(1))).toBe(false);
});
