import { describe, expect, test } from 'vitest';
import type { Kind } from '#ledger/contracts/kinds/kind.ts';
import { kinds } from '#ledger/contracts/kinds/kinds.ts';
import { BOUNDED } from '#ledger/contracts/shared/fields.ts';
import { PRICE_MICRO_MAX, PRICES_MAX, type Price } from '#ledger/contracts/shared/price.ts';
import { comparedPriceMicro, pricingOf } from './pricing.ts';

const HOUR_MS = 3_600_000n;
const line = (meter: string, fields: Partial<Price> = {}): Price => ({
  meter,
  per: 1n,
  perMs: 0n,
  amountMicro: 1_000n,
  ...fields,
});

describe('prices in the catalogue', () => {
  test.each([
    ['free', []],
    ['free', [line('places', { amountMicro: 0n, perMs: HOUR_MS })]],
    ['use', [line('places')]],
    ['time', [line('places', { perMs: HOUR_MS })]],
    ['amount', [line('bytes', { per: 1_000_000n })]],
    ['amount', [line('calls'), line('places')]],
    ['time', [line('bytes'), line('places', { perMs: 60_000n })]],
  ] as const)('%s is what a price depends on', (pricing, prices) => {
    expect(pricingOf(prices)).toBe(pricing);
  });

  test('prices of different meters are compared by an hour of usual use', () => {
    expect(comparedPriceMicro([])).toBe(0n);
    expect(comparedPriceMicro([line('places', { perMs: 60_000n })])).toBe(60_000n);
    expect(comparedPriceMicro([line('bytes', { per: 1_000n })])).toBe(1_000_000n);
    expect(comparedPriceMicro([line('bytes', { per: 1_000n }), line('places', { perMs: HOUR_MS })])).toBe(1_001_000n);
  });

  test('the dearest price that the ledger takes fits its column', () => {
    const dearest = line('places', { perMs: 1n, amountMicro: PRICE_MICRO_MAX });
    const prices = Array.from({ length: PRICES_MAX }, () => dearest);
    expect(comparedPriceMicro(prices)).toBe(BOUNDED.Micro);
  });

  test('a meter that several kinds have is counted in the same way by all of them', () => {
    const all = Object.values<Kind>(kinds).flatMap(({ meters }) => Object.entries(meters));
    const counted = new Map(all.map(([name, { counting }]) => [name, counting]));
    for (const [name, { counting }] of all) expect([name, counting]).toEqual([name, counted.get(name)]);
  });
});
