import { expect, test } from 'vitest';
import { computer, demand, work } from '#ledger/contracts/testing/offers.ts';
import type { DemandFacts } from '#ledger/contracts/demand/facts.ts';
import { analyse } from './analysis.ts';
import { together } from './together.ts';

const NOW_MS = 1_764_000_000_000n;
const offers = [1n, 2n, 3n].map((resource) => computer({ resource, slots: 2n, slotMicro: 60_000n }));
const needs = { offers: () => offers, failedConditions: () => [], quality: () => 1_000 };
const plansOf = (facts: DemandFacts) => analyse(facts, NOW_MS, needs).plans;

test('a budget that is too low for all together is named, and with it there is a plan [8.3.2-a]', () => {
  const poor = demand({ budgetMicro: 1_500n });
  expect(plansOf(poor)).toEqual([]);
  const { budgetMicro, durationMs } = together({ demand: poor, nowMs: NOW_MS }, needs);
  expect(plansOf({ ...poor, budgetMicro })).not.toEqual([]);
  expect(plansOf({ ...poor, budgetMicro: budgetMicro - 1n })).toEqual([]);
  expect(durationMs).toBe(0n);
});

test('where too few machines stand for the time, more time is named', () => {
  const hurried = demand({ work: [work({ subtasks: 1_200n })] });
  expect(plansOf(hurried)).toEqual([]);
  const { budgetMicro, durationMs } = together({ demand: hurried, nowMs: NOW_MS }, needs);
  expect(budgetMicro).toBe(0n);
  expect(plansOf({ ...hurried, durationMs })).not.toEqual([]);
});
