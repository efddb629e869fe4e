import { expect, test } from 'vitest';
import { carriedWords, clockWords, figure, figureWith, nodeHref, nodeWords, percent, ruleSentence } from './words.ts';

test.each([
  [0, '0'],
  [0.104, '0.1'],
  [2.8, '2.8'],
  [9.999, '10'],
  [74.84, '74.8'],
  [99.96, '100'],
  [1234.5, '1,235'],
  [-3.14159, '−3.14'],
  [-0.001, '0'],
])('%d is shown as %s: no more digits than tell anything, and no nought at the end', (amount, shown) => {
  expect(figure(amount)).toBe(shown);
});

test('a number stands with its unit, where it has one', () => {
  expect(figureWith(12, 'ms')).toBe('12 ms');
  expect(figureWith(12, '')).toBe('12');
  expect(percent(998)).toBe('99.8 %');
});

test('a node is called by its name, else by its key, and the network has no page', () => {
  const node = { id: 7, kind: 'agent', key: '0x4b91aa000000000000000000000000000000004c', name: null } as const;
  expect(nodeWords(node)).toBe('agent 0x4b91aa…004c');
  expect(nodeWords({ ...node, name: 'Corvale agent' })).toContain('Corvale agent');
  expect(nodeHref('/maintainer/nodes', node)).toBe('/maintainer/nodes/7');
  expect(nodeHref('/maintainer/nodes', { ...node, kind: 'chain' })).toBeUndefined();
});

test('a rule says when it fires, after how long, and when it is over', () => {
  const rule = { metric: 'diskFreeMib', comparison: 'below', threshold: 1024, clearsAt: 2048, forSeconds: 60 } as const;
  expect(ruleSentence(rule)).toBe('Disk left below 1,024 MiB for 60 s; over when at or above 2,048 MiB.');
});

test('a rule about what is so or not so names no bound, and one of an unknown metric says so', () => {
  const rule = { metric: 'isFailed', comparison: 'above', threshold: 0, clearsAt: 0, forSeconds: 0 } as const;
  expect(ruleSentence(rule)).toBe('It has failed: it is silent and does not answer.');
  expect(ruleSentence({ ...rule, metric: 'toString' })).toBe('It is held against nothing that is measured.');
});

test('a clock is ahead or behind', () => {
  expect([clockWords(18), clockWords(-2500), clockWords(0)]).toEqual(['18 ms ahead', '2,500 ms behind', 'right']);
});

test.each([
  ['agent', { seenAtMs: 1, orders: 2 }, 1_250_000, '1.25 MB/s'],
  ['agent', { seenAtMs: 1, orders: 2 }, 0, '0 B/s'],
  ['agent', { seenAtMs: 1, orders: 0 }, null, 'N/A: it served no order'],
  ['agent', { seenAtMs: 1, orders: 2 }, null, 'N/A: its last heartbeat did not say'],
  ['agent', { seenAtMs: null, orders: null }, null, 'N/A: no heartbeat'],
  ['validator', { seenAtMs: 1, orders: null }, null, 'N/A: a validator has no gateway'],
  ['portal', { seenAtMs: 1, orders: null }, null, 'N/A: nothing that orders carry passes a portal'],
] as const)('what %s %j carried for orders is %s bytes a second: %s', (kind, node, bytesPerS, words) => {
  expect(carriedWords({ kind, ...node }, bytesPerS)).toContain(words);
});
