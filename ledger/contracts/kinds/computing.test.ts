import { describe, expect, test } from 'vitest';
import { computerTerms, computing, computingWaysTerms, readComputer, readRunMs, type Computer } from './computing.ts';

const published: Computer = {
  architecture: 'x64',
  cores: 8n,
  isolation: 'bubblewrap',
  memoryMiB: 1_024n,
  region: 'US-WA',
  score: 500n,
  slots: 4n,
  zone: 'Seattle 1',
};
const termsWith = (changes: Readonly<Record<string, string>>) =>
  computerTerms(published).map(({ name, value }) => ({ name, value: changes[name] ?? value }));

test('a computer’s terms are read back as they were written [8.1.1-a]', () => {
  expect(readComputer(computerTerms(published))).toEqual(published);
  expect(readRunMs(computingWaysTerms(600_000n))).toBe(600_000n);
});

test.each([
  ['an unknown architecture', { architecture: 'mips' }],
  ['an unknown isolation', { isolation: 'none' }],
  ['no slots', { slots: '0' }],
  ['a number that is not one', { memoryMiB: '1e3' }],
  ['more memory than is bounded', { memoryMiB: '99999999' }],
  ['a place with markup', { zone: '<b>here</b>' }],
  ['a place without a name', { region: '' }],
])('%s is no computer', (_, changes) => {
  expect(readComputer(termsWith(changes as Record<string, string>))).toBeUndefined();
});

test('a term too many, too few or twice is no computer; ways of another kind are none', () => {
  const whole = computerTerms(published);
  expect(readComputer([...whole, { name: 'gpu', value: '1' }])).toBeUndefined();
  expect(readComputer(whole.slice(1))).toBeUndefined();
  expect(readRunMs([{ name: 'graceMs', value: '1' }])).toBeUndefined();
  expect(readRunMs(computingWaysTerms(600_001n))).toBeUndefined();
});

describe('what changed of a computer [I.2-7]', () => {
  const changes = (now: Partial<Computer>) =>
    computing.changes(computerTerms({ ...published, ...now }), computerTerms(published));
  test.each<[string, Partial<Computer>, string[]]>([
    ['nothing, when it is larger, faster or slower', { cores: 16n, slots: 8n, memoryMiB: 2_048n, score: 1n }, []],
    ['its slots', { slots: 3n }, ['it has 3 slots, published were 4']],
    ['its memory', { memoryMiB: 512n }, ['it has 512 MiB, published were 1024']],
    ['its place', { zone: 'Seattle 2' }, ['it stands in US-WA, Seattle 2, published as US-WA, Seattle 1']],
    [
      'a weaker isolation',
      { isolation: 'namespaces' },
      ['programs are kept apart by namespaces, published was bubblewrap'],
    ],
  ])('%s', (_, now, said) => {
    expect(changes(now)).toEqual(said);
  });
});
