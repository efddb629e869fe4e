import { expect, test } from 'vitest';
import { nodeLosses } from './cometbft.mjs';

test.each([
  { what: 'one that no portal asks', portals: 1, lost: [3], ends: false },
  { what: 'one whose two processes are both gone', portals: 1, lost: [2, 2], ends: false },
  { what: 'a second one: two of four decide nothing', portals: 1, lost: [3, 2], ends: true },
  { what: 'one that a portal asks', portals: 2, lost: [1], ends: true },
  { what: 'any, where each has a portal', portals: 8, lost: [3], ends: true },
])('of four nodes is lost $what: everything ends = $ends [8.2.1-a]', ({ portals, lost, ends }) => {
  const ended = [];
  const told = [];
  const give = nodeLosses({ portals, giveUp: (sentence) => ended.push(sentence), say: (text) => told.push(text) });
  for (const index of lost) give(index).lost(`CometBFT ${index} stopped.`);
  expect(ended).toEqual(ends ? [`CometBFT ${lost.at(-1)} stopped.`] : []);
  expect(told).toHaveLength(ends ? lost.length - 1 : lost.length);
});

test('a node that is back counts again: another may go [8.2.1-a]', () => {
  const ended = [];
  const losses = nodeLosses({ portals: 1, giveUp: (sentence) => ended.push(sentence), say: () => undefined });
  losses(3).lost('CometBFT 3 stopped.');
  losses(3).back();
  losses(2).lost('CometBFT 2 stopped.');
  expect(ended).toEqual([]);
});
