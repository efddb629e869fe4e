import { describe, expect, test } from 'vitest';
import { CHAIN_MAX, SEARCH_MAX, SENDERS_MAX, TRAIL_EPOCHS } from './definition.ts';
import { remember, tokensBehind, type Trail } from './trail.ts';

const [PROVIDER, CUSTOMER] = [1n, 2n];
const CHARGE = 1_600n;

/** Trails after these transfers, in order. */
function trails(...transfers: [from: bigint, to: bigint, amountMicro: bigint, epoch?: bigint][]): Map<bigint, Trail> {
  const all = new Map<bigint, Trail>();
  for (const [from, to, amountMicro, epoch = 1n] of transfers)
    all.set(to, remember(all.get(to), { from, amountMicro, epoch }));
  return all;
}
const behind = (all: Map<bigint, Trail>, epoch = 1n) =>
  tokensBehind((account) => all.get(account), { provider: PROVIDER, customer: CUSTOMER, chargeMicro: CHARGE, epoch });
/** Provider to customer over so many steps. */
const chain = (steps: number): [bigint, bigint, bigint][] => {
  const stops = [PROVIDER, ...Array.from({ length: steps - 1 }, (_, at) => BigInt(100 + at)), CUSTOMER];
  return stops.slice(1).map((to, at) => [stops[at]!, to, CHARGE]);
};

describe('whose tokens paid an order', () => {
  test.each([1, 2, 3, CHAIN_MAX])('a chain of %i transfers from the provider is found [8.2.3-a]', (steps) => {
    expect(behind(trails(...chain(steps)))).toBe('own-tokens');
  });

  test('one of a transfer more is not, and that bound is stated [8.2.3-a]', () => {
    expect(behind(trails(...chain(CHAIN_MAX + 1)))).toBeUndefined();
  });

  test('tokens that the customer sent to the provider say nothing, and circles end', () => {
    expect(
      behind(trails([CUSTOMER, PROVIDER, CHARGE], [3n, CUSTOMER, CHARGE], [CUSTOMER, 3n, CHARGE])),
    ).toBeUndefined();
  });

  test('a transfer is remembered for eight epochs behind its own, and no longer', () => {
    const all = trails([PROVIDER, CUSTOMER, CHARGE, 1n]);
    expect(behind(all, 1n + TRAIL_EPOCHS)).toBe('own-tokens');
    expect(behind(all, 2n + TRAIL_EPOCHS)).toBeUndefined();
  });

  test('dust makes nobody suspect: a step counts from a sixteenth of the charge on', () => {
    expect(behind(trails([PROVIDER, CUSTOMER, 99n]))).toBeUndefined();
    expect(behind(trails([PROVIDER, CUSTOMER, 100n]))).toBe('own-tokens');
    // In small sums the same comes together.
    const small = Array.from({ length: 100 }, (): [bigint, bigint, bigint] => [PROVIDER, CUSTOMER, 1n]);
    expect(behind(trails(...small))).toBe('own-tokens');
  });

  test('sixteen senders are remembered, those of the largest sums', () => {
    const many = Array.from({ length: 100 }, (_, at): [bigint, bigint, bigint] => [BigInt(10 + at), CUSTOMER, 1n]);
    const all = trails([PROVIDER, CUSTOMER, CHARGE], ...many);
    expect(all.get(CUSTOMER)!.senders).toHaveLength(SENDERS_MAX);
    // Dust of a hundred accounts does not push the provider out.
    expect(behind(all)).toBe('own-tokens');
  });

  test('who pushes the provider out by larger sums leaves what is forgotten, and that pays the order', () => {
    const larger = Array.from({ length: SENDERS_MAX }, (_, at): [bigint, bigint, bigint] => [
      BigInt(10 + at),
      CUSTOMER,
      CHARGE + 1n,
    ]);
    const all = trails([PROVIDER, CUSTOMER, CHARGE], ...larger);
    expect(all.get(CUSTOMER)!.forgottenMicro).toBe(CHARGE);
    expect(behind(all)).toBe('unknown-tokens');
    expect(behind(all, 2n + TRAIL_EPOCHS)).toBeUndefined();
  });

  test('what is forgotten grows while it is renewed, and ends with its time', () => {
    const full = Array.from({ length: SENDERS_MAX }, (_, at): [bigint, bigint, bigint, bigint] => [
      BigInt(10 + at),
      CUSTOMER,
      900n,
      1n,
    ]);
    const two = trails(...full, [50n, CUSTOMER, 800n, 2n], [51n, CUSTOMER, 800n, 3n]).get(CUSTOMER)!;
    expect([two.forgottenMicro, two.forgottenEpoch]).toEqual([1_600n, 3n]);
    const later = remember(two, { from: 60n, amountMicro: 1n, epoch: 30n });
    expect(later).toEqual({
      senders: [{ from: 60n, sumMicro: 1n, epoch: 30n }],
      forgottenMicro: 0n,
      forgottenEpoch: 0n,
    });
  });

  test('a search looks at so many accounts and no more, however wide the web is', () => {
    const web: [bigint, bigint, bigint][] = [];
    let next = 1_000n;
    let layer = [CUSTOMER];
    for (let step = 0; step < 3; step++) {
      const above: bigint[] = [];
      for (const to of layer)
        for (let at = 0; at < SENDERS_MAX; at++) {
          web.push([next, to, CHARGE]);
          above.push(next++);
        }
      layer = above;
    }
    const all = trails(...web);
    const asked: bigint[] = [];
    const found = tokensBehind(
      (account) => {
        asked.push(account);
        return all.get(account);
      },
      { provider: PROVIDER, customer: CUSTOMER, chargeMicro: CHARGE, epoch: 1n },
    );
    expect(found).toBeUndefined();
    // The customer once more, for what is forgotten.
    expect(asked.length).toBeLessThanOrEqual(SEARCH_MAX + 1);
  });
});
