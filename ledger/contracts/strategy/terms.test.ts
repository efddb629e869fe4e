import { describe, expect, test } from 'vitest';
import { data } from '#ledger/contracts/kinds/data.ts';
import { GRACE_MS_MAX, type Kind } from '#ledger/contracts/kinds/kind.ts';
import { PRICES_MAX } from '#ledger/contracts/shared/price.ts';
import { ATTRIBUTES, quantities, strategy } from '#ledger/contracts/testing/samples.ts';
import { PROMISES_MAX } from './definition.ts';
import { arePricesValid, areTermsValid, isPromiseValid } from './terms.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e'];
const meter = { unit: 'x', title: 'X', counting: 'counted', max: 10n } as const;
const promised = { unit: 'x', title: 'X', kept: 'atLeast', max: 10n } as const;
/** A kind with more meters than a data set has: bounds that no data set reaches. */
const wide: Kind = {
  ...data,
  meters: Object.fromEntries(NAMES.map((name) => [name, meter])),
  capacity: [],
  limits: NAMES,
  promises: Object.fromEntries(NAMES.map((name) => [name, promised])),
};
const prices = NAMES.map((name) => ({ meter: name, per: 1n, perMs: 0n, amountMicro: 1n }));
const promise = quantities(Object.fromEntries(NAMES.map((name) => [name, 1n])));

describe('terms of any kind', () => {
  test('a strategy has at most four price lines', () => {
    expect(arePricesValid(prices.slice(0, PRICES_MAX), wide)).toBe(true);
    expect(arePricesValid(prices, wide)).toBe(false);
  });

  test('a strategy promises at most four meters', () => {
    expect(isPromiseValid(strategy({ promise: promise.slice(0, PROMISES_MAX) }), wide)).toBe(true);
    expect(isPromiseValid(strategy({ promise }), wide)).toBe(false);
  });

  test('what a use stored stays for 30 days at most', () => {
    const isValid = (graceMs: bigint) => areTermsValid(strategy(), { ...data, graceMs: () => graceMs }, ATTRIBUTES);
    expect([0n, GRACE_MS_MAX].map(isValid)).toEqual([true, true]);
    expect([-1n, GRACE_MS_MAX + 1n].map(isValid)).toEqual([false, false]);
  });
});
