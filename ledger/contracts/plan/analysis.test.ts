import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wantedFault } from '#ledger/contracts/agreement/application.ts';
import { askedByOrder } from '#ledger/contracts/agreement/order.ts';
import type { DemandFacts } from '#ledger/contracts/demand/facts.ts';
import { findKind } from '#ledger/contracts/kinds/kinds.ts';
import type { Struct } from '#ledger/contracts/shared/fields.ts';
import { holdMicroOf } from '#ledger/contracts/shared/price.ts';
import { amountOf, minus } from '#ledger/contracts/shared/terms.ts';
import {
  DEMANDING,
  NOW_MS,
  computer,
  computers,
  demand,
  need,
  slotsNeed,
  storageNeed,
  store,
  stores,
  work,
} from '#ledger/contracts/testing/offers.ts';
import { filled, quantities, terms } from '#ledger/contracts/testing/samples.ts';
import { analyse, type Analysis, type AnalysisNeeds } from './analysis.ts';
import { qualityOf } from './aims.ts';
import { AIMS, OWN_PLANS_MAX, PLAN_PARTS_MAX } from './definition.ts';
import { needFault } from './exact.ts';
import type { IndexedOffer } from './offers.ts';

type Plan = Struct<'Plan'>;

const TERMS = { intervalMs: 60_000n, deliveryMs: 10_000n, openAgreementsMax: 50n, feePerMille: 20n };

/** Conditions of these tests: an offer with a rule `never` refuses, one with `use.amount.slots < n` looks at the amount. */
function failed(offers: ReadonlyMap<bigint, IndexedOffer>): AnalysisNeeds['failedConditions'] {
  return ({ resource, amounts }) =>
    (offers.get(resource)?.strategy.conditions ?? []).flatMap(({ rule, sentence }) => {
      const limit = /^use\.amount\.slots < (\d+)$/.exec(rule)?.[1];
      const holds = limit !== undefined && amountOf(amounts, 'slots') < BigInt(limit);
      return holds ? [] : [{ index: 0n, sentence, values: [], error: '' }];
    });
}

function needsOf(offers: readonly IndexedOffer[], fields: Partial<AnalysisNeeds> = {}): AnalysisNeeds {
  const byId = new Map(offers.map((offer) => [offer.resource, offer]));
  return {
    offers: (kind) => offers.filter((offer) => offer.kind === kind),
    failedConditions: failed(byId),
    quality: () => 1_000,
    ...fields,
  };
}

function analysed(facts: DemandFacts, offers: readonly IndexedOffer[], fields: Partial<AnalysisNeeds> = {}): Analysis {
  expect(needFault(facts)).toBeUndefined();
  return analyse(facts, NOW_MS, needsOf(offers, fields));
}

function planFor(analysis: Analysis, aim: string): Plan {
  const plan = analysis.plans.find((each) => each.aim === aim);
  expect(plan?.aim).toBe(aim);
  return plan!;
}

/** Everything that is wrong with a plan, by the rules that an order of it is held to. */
function faultsOf(plan: Plan, facts: DemandFacts, offers: readonly IndexedOffer[]): string[] {
  const faults: string[] = [];
  const expectThat = (holds: boolean, what: string): void => {
    if (!holds) faults.push(what);
  };
  const { parts, holdMicro, estimateMicro, workMs } = plan;
  const order = {
    purpose: facts.purpose,
    fieldOfBusiness: facts.fieldOfBusiness,
    parts,
    holdMicro,
    encryptionKey: filled(9),
  };
  expectThat(askedByOrder(order) !== undefined, 'it is no order');
  expectThat(parts.length <= PLAN_PARTS_MAX, 'too many parts');
  expectThat(holdMicro <= facts.budgetMicro && estimateMicro <= holdMicro, 'it costs too much');
  expectThat(workMs <= facts.durationMs, 'the work is too long');
  const free = new Map(offers.map((offer) => [offer.resource, offer.free]));
  for (const { backup, ...part } of parts) {
    for (const use of [part, ...backup]) {
      const offer = offers.find(({ resource }) => resource === use.resource)!;
      const wanted = { ...order, ...use, durationMs: part.durationMs };
      const { provider: owner, agentKey, strategyVersion, strategy, kind: kindName } = offer;
      const offered = {
        owner,
        kind: findKind(kindName)!,
        kindName,
        isPublished: true,
        isReachable: true,
        agentKey,
        sourceId: 'a',
        strategyVersion,
        strategy,
      };
      const fault = wantedFault(wanted, offered, facts.customer, TERMS);
      expectThat(fault === undefined, `${use.resource}: ${fault}`);
      expectThat(
        needsOf(offers).failedConditions(wanted, facts.customer, NOW_MS).length === 0,
        `${use.resource}: refused`,
      );
      expectThat(
        strategy.limits.every(({ meter, amount }) => amountOf(use.amounts, meter) <= amount),
        'beyond a limit',
      );
      const left = free.get(use.resource)!;
      expectThat(
        left.every(({ meter, amount }) => amountOf(use.amounts, meter) <= amount),
        `${use.resource}: too little is free`,
      );
      free.set(use.resource, minus(left, use.amounts));
    }
    const dearest = [part, ...backup].map((use) =>
      holdMicroOf(offers.find(({ resource }) => resource === use.resource)!.strategy.prices, {
        ...use,
        durationMs: part.durationMs,
      }),
    );
    expectThat(dearest.includes(part.holdMicro) && dearest.every((each) => each <= part.holdMicro), 'another hold');
    expectThat(
      backup.every(({ provider }) => provider !== part.provider),
      'a backup of its own provider',
    );
  }
  return [...faults, ...faultsOfShares(plan, facts)];
}

/** Every copy has every sub-task once, cut at the same places, and no provider has a part in both. */
function faultsOfShares({ shares, parts }: Plan, { work: [carried] }: DemandFacts): string[] {
  if (carried === undefined) return shares.length === 0 ? [] : ['shares without a work'];
  const perCopy = shares.length / Number(carried.copies);
  const copies = Array.from({ length: Number(carried.copies) }, (_, at) =>
    shares.slice(at * perCopy, (at + 1) * perCopy),
  );
  const faults: string[] = [];
  for (const copy of copies) {
    let next = 0n;
    for (const { first, count } of copy) {
      if (first !== next || count === 0n) faults.push('a gap, or an empty share');
      next += count;
    }
    if (next !== carried.subtasks) faults.push('another number of sub-tasks');
  }
  const cuts = copies.map((copy) => copy.map(({ first }) => first).join());
  const providers = copies.map((copy) => copy.map(({ part }) => parts[Number(part)]!.provider));
  if (new Set(cuts).size !== 1) faults.push('copies that are cut differently');
  if (copies.length === 2 && providers[0]!.some((provider) => providers[1]!.includes(provider)))
    faults.push('a provider in both copies');
  for (const { part, count } of shares) {
    const { amounts } = parts[Number(part)]!;
    const [cpuMs, runs] = [amountOf(amounts, 'cpuMs'), amountOf(amounts, 'runs')];
    if (cpuMs < count * carried.cpuMs || runs < count) faults.push('less than its own share');
    if (amountOf(amounts, 'memoryMiB') < amountOf(amounts, 'slots') * carried.memoryMiB)
      faults.push('too little memory');
  }
  return faults;
}

const anyDemand: fc.Arbitrary<DemandFacts> = fc
  .record({
    subtasks: fc.bigInt(0n, 30_000n),
    cpuMs: fc.bigInt(1n, 2_000n),
    memoryMiB: fc.bigInt(1n, 600n),
    copies: fc.bigInt(1n, 2n),
    others: fc.subarray([storageNeed(), slotsNeed(), slotsNeed(3n)]),
    durationMs: fc.bigInt(2_000n, 600_000n),
    budgetMicro: fc.oneof(fc.bigInt(1n, 1_000_000n), fc.constant(10_000_000_000n)),
    backup: fc.boolean(),
  })
  .map(({ subtasks, others, durationMs, budgetMicro, backup, ...each }) => {
    const works = subtasks === 0n ? [] : [work({ subtasks, ...each })];
    const needs = works.length === 0 ? [slotsNeed(1n), ...others] : [need(), ...others];
    return demand({ needs, work: works, durationMs, budgetMicro, backup });
  });

/** A market in which some offers refuse, look at amounts, have narrow limits, are shut, or are the customer's own. */
function market(seed: number, count: number): IndexedOffer[] {
  const machines = computers(count, { seed, slotsMax: 12 }).map((offer, index): IndexedOffer => {
    const { strategy } = offer;
    const conditional = (rule: string): IndexedOffer => ({
      ...offer,
      strategy: { ...strategy, accessClass: 'conditional', conditions: [{ rule, sentence: 'as it says' }] },
    });
    switch ((index + seed) % 9) {
      case 0:
        return conditional('never');
      case 1:
        return conditional('use.amount.slots < 3');
      case 2:
        return {
          ...offer,
          strategy: {
            ...strategy,
            limits: quantities({ bytes: 1n << 44n, calls: 3_000n, cpuMs: 200_000n, runs: 2_000n }),
          },
        };
      case 3:
        return index % 2 === 0
          ? { ...offer, provider: DEMANDING }
          : { ...offer, strategy: { ...strategy, closesAtMs: NOW_MS + 5_000n } };
      default:
        return offer;
    }
  });
  return [...machines, ...stores(count, { seed, firstId: 10_000n })];
}

describe('plans', () => {
  test('of any demand on any market are orders that can be placed, and do not depend on the order of the offers [8.3.1-c, 8.3.2-a, I.1-3]', () => {
    let plans = 0;
    fc.assert(
      fc.property(anyDemand, fc.nat(10_000), fc.integer({ min: 1, max: 60 }), (facts, seed, count) => {
        fc.pre(needFault(facts) === undefined);
        const offers = market(seed, count);
        const analysis = analysed(facts, offers);
        expect(analysis.plans.flatMap((plan) => faultsOf(plan, facts, offers))).toEqual([]);
        expect(analysis.plans.map(({ plan }) => plan)).toEqual(analysis.plans.map((_, index) => BigInt(index + 1)));
        expect(analysis.plans.length).toBeLessThanOrEqual(OWN_PLANS_MAX);
        const aims = analysis.plans.map(({ aim }) => (AIMS as readonly string[]).indexOf(aim));
        expect(aims).toEqual(aims.toSorted());
        expect(analysed(facts, offers.toReversed())).toEqual(analysis);
        plans += analysis.plans.length;
      }),
      { numRuns: 150 },
    );
    expect(plans).toBeGreaterThan(80);
  }, 120_000);

  test('aim at what their name says, each as cheap as it can be then', () => {
    const offers = [
      computer({ resource: 1n, provider: 11n, slots: 1n, slotMicro: 60_000n, score: 100n }),
      computer({ resource: 2n, provider: 12n, slots: 1n, slotMicro: 60_000n, score: 100n }),
      computer({ resource: 3n, provider: 13n, slots: 2n, slotMicro: 120_000n, score: 100n }),
      computer({ resource: 4n, provider: 14n, slots: 2n, slotMicro: 600_000n, score: 100n }),
      computer({ resource: 5n, provider: 14n, slots: 2n, slotMicro: 660_000n, score: 200n }),
      computer({ resource: 6n, provider: 15n, slots: 64n, slotMicro: 900_000n, score: 900n }),
    ];
    const quality = (provider: bigint): number => (provider === 14n ? 990 : 500);
    const analysis = analysed(demand(), offers, { quality });
    const parts = (aim: string) =>
      planFor(analysis, aim).parts.map(({ resource, amounts }) => [resource, amountOf(amounts, 'slots')]);
    expect(parts('cheapest')).toEqual([
      [1n, 1n],
      [2n, 1n],
    ]);
    expect(parts('fewest-providers')).toEqual([[3n, 2n]]);
    expect(parts('best-quality')).toEqual([[5n, 2n]]);
    // Four rounds on the fast machine end before three on more slots of which some are slow; 50 slots are enough for four.
    expect(parts('soonest')).toEqual([[6n, 50n]]);
    expect(planFor(analysis, 'soonest').workMs).toBe(1_000n);
    const alike = analysed(
      demand(),
      offers.map((offer) => ({ ...offer, score: 100 })),
      { quality },
    );
    const slots = planFor(alike, 'soonest').parts.reduce((sum, { amounts }) => sum + amountOf(amounts, 'slots'), 0n);
    expect([slots, planFor(alike, 'soonest').workMs]).toEqual([67n, 750n]);
    expect(analysis.considered).toBe(6n);
  });

  test('from one provider for everything are found, where nobody is the cheapest of two kinds', () => {
    const offers = [
      computer({ resource: 1n, provider: 11n, slotMicro: 10_000n }),
      store({ resource: 2n, provider: 12n, slotMicro: 10n }),
      computer({ resource: 3n, provider: 13n, slotMicro: 20_000n }),
      store({ resource: 4n, provider: 13n, slotMicro: 20n }),
    ];
    const analysis = analysed(demand({ needs: [need(), storageNeed()] }), offers);
    expect(planFor(analysis, 'cheapest').parts.map(({ resource }) => resource)).toEqual([1n, 2n]);
    expect(planFor(analysis, 'fewest-providers').parts.map(({ resource }) => resource)).toEqual([3n, 4n]);
  });

  test('let each piece take over the largest range of another, as far as its limits go', () => {
    const narrow = quantities({ bytes: 1n << 44n, calls: 1_000n, cpuMs: 1n << 40n, runs: 150n });
    const offers = [
      computer({ resource: 1n, slots: 1n, slotMicro: 1_000n, cpuMicro: 1_000n }),
      computer({ resource: 2n, slots: 1n, slotMicro: 1_000n, cpuMicro: 1_000n, strategy: { limits: narrow } }),
    ];
    const plan = planFor(analysed(demand(), offers), 'cheapest');
    const runs = plan.parts.map(({ amounts }) => amountOf(amounts, 'runs'));
    expect(plan.shares.map(({ count }) => count)).toEqual([100n, 100n]);
    expect(runs.toSorted()).toEqual([150n, 200n]);
    expect(plan.estimateMicro).toBeLessThan(plan.holdMicro);
  });

  test('have a backup of another provider for each part when that is wanted, as long as the budget lasts', () => {
    const offers = [1n, 2n, 3n].map((resource) => computer({ resource, slotMicro: 60_000n * resource }));
    const [plan] = analysed(demand({ backup: true }), offers).plans;
    expect(plan!.parts.map(({ resource, backup, holdMicro }) => [resource, backup[0]?.resource, holdMicro])).toEqual([
      [1n, 2n, 4_000n],
    ]);
    expect(analysed(demand({ backup: true, budgetMicro: 3_999n }), offers).plans[0]!.parts[0]!.backup).toEqual([]);
    expect(analysed(demand(), offers).plans[0]!.parts[0]!.backup).toEqual([]);
  });
});

describe('there is no plan', () => {
  const one = computer({ resource: 1n, slotMicro: 60_000n });
  test.each<[string, DemandFacts, IndexedOffer]>([
    ['from the customer’s own resource', demand(), computer({ provider: DEMANDING })],
    ['from another zone', demand({ needs: [need({ terms: terms({ zone: 'Tacoma' }) })] }), one],
    ['from an attribute that no machine has', demand({ needs: [need({ terms: terms({ gpu: '1' }) })] }), one],
    ['before an offer opens', demand(), computer({ strategy: { opensAtMs: NOW_MS + 1n } })],
    ['when it shuts too soon', demand(), computer({ strategy: { closesAtMs: NOW_MS + 59_999n } })],
    ['for longer than its use may be', demand(), computer({ strategy: { useMsMax: 59_999n } })],
    ['where a run may not be so long', demand(), { ...one, runMs: 249n }],
    ['where nothing is promised', demand({ needs: [need({ promise: quantities({ score: 1n }) })] }), one],
    [
      'where less is promised',
      demand({ needs: [need({ promise: quantities({ score: 300n }) })] }),
      computer({ strategy: { promise: quantities({ score: 299n }) } }),
    ],
    [
      'where it starts later than is promised',
      demand({ needs: [need({ promise: quantities({ startMs: 50n }) })] }),
      computer({ strategy: { promise: quantities({ startMs: 51n }) } }),
    ],
    ['where too little memory is free', demand(), computer({ slots: 2n, memoryMiB: 127n })],
    ['for less than it costs', demand({ budgetMicro: 1_999n }), one],
    [
      'for a hostile number of sub-tasks',
      demand({ work: [work({ subtasks: 1_000_000n, cpuMs: 60_000n, copies: 1n })] }),
      one,
    ],
    ['in two copies from one provider', demand({ work: [work({ copies: 2n })] }), one],
    ['from one that refuses', demand(), computer({ strategy: { conditions: [{ rule: 'never', sentence: 'never' }] } })],
  ])('%s', (_, facts, offer) => {
    const analysis = analysed(facts, [offer]);
    expect([analysis.plans, analysis.considered]).toEqual([[], 1n]);
  });

  test('without an offer, and the exact demand is said all the same', () => {
    const { plans, exact, considered } = analysed(demand(), []);
    expect([plans, considered]).toEqual([[], 0n]);
    expect(exact.map(({ meter }) => meter)).toEqual(['bytes', 'calls', 'cpuMs', 'memoryMiB', 'runs', 'slots']);
  });
});

test('two copies go to two providers, also where one provider has the two cheapest machines', () => {
  const offers = [
    computer({ resource: 1n, provider: 11n, slotMicro: 1_000n }),
    computer({ resource: 2n, provider: 11n, slotMicro: 2_000n }),
    computer({ resource: 3n, provider: 12n, slotMicro: 900_000n }),
  ];
  const facts = demand({ work: [work({ copies: 2n })] });
  const [plan] = analysed(facts, offers).plans;
  expect(plan!.parts.map(({ resource }) => resource)).toEqual([1n, 3n]);
  expect(plan!.shares).toEqual([
    { part: 0n, first: 0n, count: 200n },
    { part: 1n, first: 0n, count: 200n },
  ]);
});

test('quality is the part of ended orders that were kept', () => {
  expect(qualityOf({ completed: 0n, broken: 0n })).toBe(1_000);
  expect(qualityOf({ completed: 2n, broken: 1n })).toBe(666);
  expect(qualityOf({ completed: 0n, broken: 3n })).toBe(0);
});
