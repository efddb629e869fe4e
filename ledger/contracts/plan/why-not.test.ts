import { expect, test } from 'vitest';
import type { DemandFacts } from '#ledger/contracts/demand/facts.ts';
import { DEMANDING, NOW_MS, computer, demand, need, storageNeed, store } from '#ledger/contracts/testing/offers.ts';
import { quantities, terms } from '#ledger/contracts/testing/samples.ts';
import { failedRule, type Asked } from './candidates.ts';
import { exactOf } from './exact.ts';
import type { IndexedOffer } from './offers.ts';
import { whyNot, type WhyNot } from './why-not.ts';

function asked(facts: DemandFacts, offers: readonly IndexedOffer[], after = 0n): WhyNot {
  return whyNot(
    { demand: facts, nowMs: NOW_MS, after },
    {
      offers: (kind) => offers.filter((offer) => offer.kind === kind),
      failedConditions: ({ resource }) =>
        offers
          .find((offer) => offer.resource === resource)!
          .strategy.conditions.map(({ sentence }) => ({ index: 0n, sentence, values: [], error: '' })),
    },
  );
}

const FACTS = demand({
  needs: [need({ terms: terms({ zone: 'Seattle 1' }), promise: quantities({ score: 300n }) })],
  budgetMicro: 1_000n,
});
/** One slot a minute costs a sixtieth of this. */
const FITTING = { slotMicro: 6_000n, strategy: { promise: quantities({ score: 300n }) } };

test('every offer is named with what stands against it, in a sentence, and each figure that alone keeps some out [8.3.2-a]', () => {
  const { strategy } = FITTING;
  const offers = [
    computer({ ...FITTING, resource: 1n }),
    computer({ ...FITTING, resource: 2n, provider: DEMANDING }),
    computer({ ...FITTING, resource: 3n, zone: 'Tacoma' }),
    computer({ ...FITTING, resource: 4n, strategy: { ...strategy, opensAtMs: NOW_MS + 1_000n } }),
    computer({ ...FITTING, resource: 5n, strategy: { ...strategy, closesAtMs: NOW_MS + 50_000n } }),
    computer({ ...FITTING, resource: 6n, strategy: { ...strategy, useMsMax: 40_000n } }),
    { ...computer({ ...FITTING, resource: 7n }), runMs: 200n },
    computer({ ...FITTING, resource: 8n, strategy: { promise: quantities({ score: 250n }) } }),
    computer({ ...FITTING, resource: 9n, memoryMiB: 63n }),
    computer({ ...FITTING, resource: 10n, slotMicro: 66_000n }),
    computer({ ...FITTING, resource: 11n, slotMicro: 72_000n }),
    computer({
      ...FITTING,
      resource: 12n,
      strategy: { ...strategy, conditions: [{ rule: 'false', sentence: 'purpose must be another' }] },
    }),
    computer({
      ...FITTING,
      resource: 13n,
      strategy: { ...strategy, limits: quantities({ bytes: 3_000n, calls: 1_000n, cpuMs: 1_000n, runs: 9n }) },
    }),
    computer({ resource: 14n, zone: 'Tacoma' }),
  ];
  const { verdicts, relaxations, ...sums } = asked(FACTS, offers.toReversed());
  expect(sums).toEqual({ next: 0n, considered: 14n, passing: 2n });
  expect(verdicts.map(({ resource, rule, sentence }) => `${resource} ${rule}: ${sentence}`)).toMatchInlineSnapshot(`
    [
      "1 : Nothing stands against it.",
      "2 own-resource: It is your own.",
      "3 other-terms: Its zone is ⁨Tacoma⁩; asked for is ⁨Seattle 1⁩.",
      "4 not-open: It opens at 2025-11-24T16:00:01Z.",
      "5 not-open: It closes at 2025-11-24T16:00:50Z, before 1 minute are over.",
      "6 too-long: One use may last 40 seconds; asked for are 1 minute.",
      "7 run-too-long: One run may take 200 milliseconds; a sub-task may take 250 milliseconds.",
      "8 promise-too-low: Promised: 250 run/s (runs of the standard program); asked for at least: 300 run/s (runs of the standard program).",
      "9 no-room: Free: 63 MiB (memory); asked for at least: 64 MiB (memory).",
      "10 over-budget: The least of it costs 0.0011 tokens; the budget is 0.0010 tokens.",
      "11 over-budget: The least of it costs 0.0012 tokens; the budget is 0.0010 tokens.",
      "12 conditions: Its provider’s condition does not hold: ⁨purpose must be another⁩.",
      "13 limit-exceeded: One use may take: 3 kB (bytes sent); asked for at least: 3.048 kB (bytes sent).",
      "14 other-terms: Its zone is ⁨Tacoma⁩; asked for is ⁨Seattle 1⁩.",
    ]
  `);
  expect(relaxations.map(({ what, name, value, more, farthest, most }) => [what, name, value, more, farthest, most]))
    .toMatchInlineSnapshot(`
    [
      [
        "budget",
        "",
        "1100",
        1n,
        "1200",
        2n,
      ],
      [
        "duration",
        "",
        "50000",
        1n,
        "40000",
        2n,
      ],
      [
        "amount",
        "bytes",
        "3000",
        1n,
        "3000",
        1n,
      ],
      [
        "amount",
        "memoryMiB",
        "63",
        1n,
        "63",
        1n,
      ],
      [
        "promise",
        "score",
        "250",
        1n,
        "250",
        1n,
      ],
      [
        "run",
        "",
        "200",
        1n,
        "200",
        1n,
      ],
      [
        "term",
        "zone",
        "Tacoma",
        1n,
        "Tacoma",
        1n,
      ],
    ]
  `);
});

test('what is said to let more in does', () => {
  const offers = [
    computer({ resource: 1n, slotMicro: 66_000n }),
    computer({ resource: 2n, zone: 'Tacoma', slotMicro: 6_000n }),
    computer({ resource: 3n, slotMicro: 6_000n, strategy: { useMsMax: 40_000n } }),
  ];
  const facts = demand({ needs: [need({ terms: terms({ zone: 'Seattle 1' }) })], budgetMicro: 1_000n });
  const { passing, relaxations } = asked(facts, offers);
  const relaxed: Readonly<Record<string, (value: string) => DemandFacts>> = {
    budget: (value) => ({ ...facts, budgetMicro: BigInt(value) }),
    term: (zone) => ({ ...facts, needs: [need({ terms: terms({ zone }) })] }),
    duration: (value) => ({ ...facts, durationMs: BigInt(value) }),
  };
  expect(passing).toBe(0n);
  expect(relaxations.map(({ what }) => what).toSorted()).toEqual(Object.keys(relaxed).toSorted());
  // More than said where what was relaxed has a price, too.
  for (const { what, value, more } of relaxations)
    expect(asked(relaxed[what]!(value), offers).passing).toBeGreaterThanOrEqual(more);
});

test('an answer has a bounded number of offers and says where the next one begins; none is told twice or left out', () => {
  const offers = Array.from({ length: 120 }, (_, index) => computer({ resource: BigInt(index * 3 + 1) }));
  const facts = demand({ needs: [need(), storageNeed()] });
  const seen: bigint[] = [];
  let after = 0n;
  do {
    const page = asked(facts, [...offers, store({ resource: 500n })], after);
    expect(page.verdicts.length).toBeLessThanOrEqual(51);
    seen.push(...page.verdicts.map(({ resource }) => resource));
    after = page.next;
  } while (after !== 0n);
  expect(seen).toEqual([...offers.map(({ resource }) => resource), 500n]);
});

test('the rule that is named first is the one that the planner stops at', () => {
  const [part] = exactOf(FACTS).parts;
  const against: Asked = { part: part!, demand: FACTS, nowMs: NOW_MS };
  const offer = computer({ resource: 14n, zone: 'Tacoma' });
  expect(asked(FACTS, [offer]).verdicts.map(({ rule }) => rule)).toEqual([failedRule(offer, against)]);
});
