import { expect, test } from 'vitest';
import { costSoFarMicro, type Priced } from './cost-so-far.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const START_MS = Date.UTC(2026, 10, 23, 12);
const order: Priced = {
  resource: { id: 4, title: 'Weather', kind: 'data' },
  prices: [
    { meter: 'bytes', per: 1_000_000, perMs: 0, amountMicro: '100000' },
    { meter: 'places', per: 1, perMs: HOUR_MS, amountMicro: '6000000' },
  ],
  amounts: [
    { meter: 'bytes', amount: 10_000_000 },
    { meter: 'calls', amount: 100 },
    { meter: 'places', amount: 1 },
  ],
  holdMicro: '7000000',
  degradedPerMille: 500,
  durationMs: HOUR_MS,
  startsAtMs: START_MS,
  endsAtMs: START_MS + HOUR_MS,
  claim: null,
  status: 'active',
};
const used = (bytes: number) => [{ meter: 'bytes', amount: bytes }];
const run = (fromMin: number, untilMin: number, state: 'kept' | 'degraded' | 'down') => ({
  startMs: START_MS + fromMin * MINUTE_MS,
  endMs: START_MS + untilMin * MINUTE_MS,
  state,
  measured: [],
});
const at = (minutes: number) => START_MS + minutes * MINUTE_MS;

test('a running order costs what was counted and the time that passed, by the ledger’s own price rule [8.1.2-b]', () => {
  expect(costSoFarMicro(order, { used: used(0), nowMs: START_MS })).toBe(0n);
  expect(costSoFarMicro(order, { used: used(2_000_000), nowMs: at(30) })).toBe(3_200_000n);
  expect(costSoFarMicro(order, { used: used(2_000_000), nowMs: at(30) + 0.1 })).toBe(3_200_000n);
  // Half of the time cost half, and ten minutes nothing.
  const runs = [run(0, 10, 'kept'), run(10, 20, 'degraded'), run(20, 30, 'down')];
  const claimed: Priced = {
    ...order,
    prices: order.prices.slice(1),
    claim: { history: [], used: [], untilMs: at(30), runs, tx: '' },
  };
  expect(costSoFarMicro(claimed, { used: [], nowMs: at(30) })).toBe(1_500_000n);
  expect(costSoFarMicro(claimed, { used: [], nowMs: at(40) })).toBe(2_500_000n);
  // After the end what nobody claimed is down.
  expect(costSoFarMicro({ ...claimed, status: 'completed' }, { used: [], nowMs: at(90) })).toBe(1_500_000n);
});

test('it is never more than what is held, and nothing before the window begins', () => {
  expect(costSoFarMicro(order, { used: used(10_000_000), nowMs: at(600) })).toBe(7_000_000n);
  expect(costSoFarMicro({ ...order, startsAtMs: null, endsAtMs: null }, { used: [], nowMs: at(30) })).toBe(0n);
});
