import { expect, test } from 'vitest';
import loadHighs from 'highs';
import type { DemandFacts } from '#ledger/contracts/demand/facts.ts';
import { amountOf } from '#ledger/contracts/shared/terms.ts';
import { linearProgram } from '#ledger/contracts/testing/linear-program.ts';
import {
  NOW_MS,
  computer,
  computers,
  demand,
  need,
  seeded,
  slotsNeed,
  storageNeed,
  stores,
  work,
} from '#ledger/contracts/testing/offers.ts';
import { cheapest, finishOf, soonest, type Ground } from './aims.ts';
import { groundOf } from './analysis.ts';
import type { Priced } from './candidates.ts';
import type { Cover } from './covers.ts';
import { PIECES_MAX } from './definition.ts';
import { exactOf } from './exact.ts';
import type { IndexedOffer } from './offers.ts';
import { dealt } from './shares.ts';

function groundFor(facts: DemandFacts, offers: readonly IndexedOffer[]): Ground {
  return groundOf(
    { demand: facts, nowMs: NOW_MS, parts: exactOf(facts).parts },
    {
      offers: (kind) => offers.filter((offer) => offer.kind === kind),
      failedConditions: () => [],
      quality: () => 1_000,
    },
  );
}

const highs = await loadHighs();

/** The least cost by HiGHS; undefined when there is none. */
function leastByHighs(ground: Ground): number | undefined {
  if (ground.markets.some(({ offers }) => offers.length === 0)) return undefined;
  const { Status, ObjectiveValue } = highs.solve(linearProgram(ground.markets), { mip_rel_gap: 0, mip_abs_gap: 0 });
  expect(['Optimal', 'Infeasible']).toContain(Status);
  return Status === 'Optimal' ? Math.round(ObjectiveValue) : undefined;
}

const FORMS = [
  ['one work', (): DemandFacts['needs'] => [need()]],
  ['a work beside a store', (): DemandFacts['needs'] => [need(), storageNeed()]],
  ['a work beside slots for something else', (): DemandFacts['needs'] => [need(), slotsNeed()]],
] as const;

test.each(FORMS)(
  '%s: the cheapest plan costs what HiGHS finds, on 40 random markets [8.4.2-c, I.1-3]',
  (_, needs) => {
    let solved = 0;
    for (let seed = 1; seed <= 40; seed += 1) {
      const next = seeded(seed * 7919);
      const count = 4 + next(seed % 4 === 0 ? 300 : 30);
      const slotsMax = 2 + next(40);
      const offers = [
        ...computers(count, { seed, slotsMax }),
        ...stores(4 + next(40), { seed: seed + 1_000, firstId: 10_000n }),
      ];
      const subtasks = BigInt(1 + next(240 * slotsMax * 2));
      const ground = groundFor(demand({ needs: [...needs()], work: [work({ subtasks })] }), offers);
      const least = leastByHighs(ground);
      const found = cheapest(ground)?.costMicro;
      expect([seed, found]).toEqual([seed, least === undefined ? undefined : BigInt(least)]);
      if (found !== undefined) solved += 1;
    }
    expect(solved).toBeGreaterThan(25);
  },
  120_000,
);

/** The least cost of giving `left` units to the offers from `at` on, by trying every amount of each. */
function leastByTrial(ground: Ground, left: bigint, at = 0, pieces = 0): bigint | undefined {
  if (left === 0n) return 0n;
  const { offers, asked } = ground.markets[0]!;
  const offer = offers[at];
  if (offer === undefined || pieces === PIECES_MAX) return undefined;
  let least = leastByTrial(ground, left, at + 1, pieces);
  for (let units = 1n; units <= left && units <= offer.room; units += 1n) {
    const rest = leastByTrial(ground, left - units, at + 1, pieces + 1);
    if (rest === undefined) continue;
    const unitMicro = offer.heldMicro + (offer.countedMicro + asked.part.units - 1n) / asked.part.units;
    const cost = rest + offer.baseMicro + units * unitMicro;
    if (least === undefined || cost < least) least = cost;
  }
  return least;
}

test('on 300 tiny markets nothing is cheaper than the cheapest plan, also with a price for each piece', () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const next = seeded(seed);
    const offers = Array.from({ length: 1 + next(6) }, (_, index) => {
      const calls = { meter: 'calls', per: 1n, perMs: 0n, amountMicro: BigInt(next(200)) };
      const slots = { meter: 'slots', per: 1n, perMs: 60_000n, amountMicro: BigInt(next(5_000)) };
      const strategy = { prices: [calls, slots] };
      return computer({ resource: BigInt(index + 1), slots: BigInt(1 + next(4)), strategy });
    });
    const subtasks = BigInt(1 + next(7));
    const ground = groundFor(demand({ work: [work({ subtasks, cpuMs: 60_000n })] }), offers);
    expect([seed, cheapest(ground)?.costMicro]).toEqual([seed, leastByTrial(ground, subtasks)]);
  }
});

/** The earliest finish of any cover, by trying every amount of each offer. */
function soonestByTrial(ground: Ground): bigint | undefined {
  const { offers, asked } = ground.markets[0]!;
  const { part } = asked;
  let least: bigint | undefined;
  const extend = (at: number, portions: readonly { priced: Priced; units: bigint }[], sum: bigint): void => {
    if (sum >= part.units && sum <= part.unitsMax) {
      const counts = dealt(
        part.subtasks,
        portions.map(({ units }) => units),
      );
      const pieces = portions.map((portion, index) => ({ ...portion, own: counts[index]! }));
      const finish = finishOf([{ part, pieces } as unknown as Cover]);
      if (least === undefined || finish < least) least = finish;
    }
    if (portions.length === PIECES_MAX) return;
    for (const [index, priced] of offers.entries()) {
      if (index < at) continue;
      for (let units = 1n; units <= priced.room && sum + units <= part.unitsMax; units += 1n)
        extend(index + 1, [...portions, { priced, units }], sum + units);
    }
  };
  extend(0, [], 0n);
  return least;
}

test('on 300 tiny markets nothing ends sooner than the soonest plan, however fast or slow the machines are [8.4.2-c]', () => {
  let faster = 0;
  for (let seed = 1; seed <= 300; seed += 1) {
    const next = seeded(seed * 104_729);
    const offers = Array.from({ length: 1 + next(6) }, (_, index) =>
      computer({
        resource: BigInt(index + 1),
        slots: BigInt(1 + next(4)),
        score: BigInt(100 + next(900)),
        slotMicro: BigInt(next(5_000)),
      }),
    );
    const subtasks = BigInt(2 + next(10));
    const ground = groundFor(demand({ work: [work({ subtasks, cpuMs: 10_000n })] }), offers);
    const found = soonest(ground);
    expect([seed, found && finishOf(found.covers)]).toEqual([seed, soonestByTrial(ground)]);
    const units = found?.covers[0]!.pieces.reduce((sum, piece) => sum + piece.units, 0n) ?? 0n;
    const all = offers.reduce((sum, { free }) => sum + amountOf(free, 'slots'), 0n);
    if (units > 0n && units < all && units < subtasks && offers.length <= PIECES_MAX) faster += 1;
  }
  // Some of these leave slow machines out though they would give more slots.
  expect(faster).toBeGreaterThan(5);
});

test('a dear offer is found where the many cheap ones are too small together', () => {
  const small = Array.from({ length: 500 }, (_, index) =>
    computer({ resource: BigInt(index + 1), slots: 1n, slotMicro: BigInt(index + 1) }),
  );
  const large = computer({ resource: 900n, slots: 20n, slotMicro: 90_000_000n });
  // Ten slots: no three of the small ones come to that.
  const ground = groundFor(demand({ work: [work({ subtasks: 1_200n })] }), [...small, large]);
  const [cover] = cheapest(ground)!.covers;
  expect(cover!.pieces.map(({ priced, units }) => [priced.offer.resource, units])).toEqual([
    [1n, 1n],
    [2n, 1n],
    [900n, 8n],
  ]);
});
