import loadHighs from 'highs';
import { cheapest } from '#ledger/contracts/plan/aims.ts';
import { analyse, groundOf, type AnalysisNeeds } from '#ledger/contracts/plan/analysis.ts';
import { exactOf } from '#ledger/contracts/plan/exact.ts';
import type { IndexedOffer } from '#ledger/contracts/plan/offers.ts';
import type { DemandFacts } from '#ledger/contracts/demand/facts.ts';
import { linearProgram } from '#ledger/contracts/testing/linear-program.ts';
import {
  NOW_MS,
  computers,
  demand,
  need,
  seeded,
  slotsNeed,
  storageNeed,
  stores,
  work,
} from '#ledger/contracts/testing/offers.ts';
import { median, quantile, rounded } from './statistics.ts';

const OFFERS = 10_000;
const ZONES = 8;
const DEMANDS = 200;
/** One solver's run takes some seconds. */
const PAIRS = 7;
const WARM_UP = 20;
const SEED = 16;

function timed<Value>(run: () => Value): { ms: number; value: Value } {
  const begunAt = performance.now();
  const value = run();
  return { ms: performance.now() - begunAt, value };
}

/** From two slots up to the largest that three machines have, alone or beside another need, with or without copies. */
function demandOf(next: (below: number) => number, copiesMax: number): DemandFacts {
  const needs = [[need()], [need()], [need(), storageNeed()], [need(), slotsNeed()]][next(4)]!;
  const subtasks = BigInt(100 + next(15_000));
  const copies = BigInt(1 + next(copiesMax));
  return demand({ needs, work: [work({ subtasks, copies })], budgetMicro: 1_000_000_000_000n, backup: next(2) === 0 });
}

/** One demand among ten thousand offers of its kind: all plans of ours against the cheapest alone of HiGHS, which must cost the same [P16]. */
export async function benchPlans(): Promise<void> {
  const highs = await loadHighs();
  const machines = computers(OFFERS, { seed: SEED, zones: ZONES });
  const rooms = stores(OFFERS / ZONES, { seed: SEED, firstId: BigInt(OFFERS) + 1n });
  const byKind: Readonly<Record<string, readonly IndexedOffer[]>> = { computing: machines, storage: rooms };
  const needs: AnalysisNeeds = {
    offers: (kind) => byKind[kind] ?? [],
    failedConditions: () => [],
    quality: (provider) => Number((provider * 7_919n) % 1_001n),
  };
  const next = seeded(SEED);
  for (let warm = 0; warm < WARM_UP; warm += 1) analyse(demandOf(next, 2), NOW_MS, needs);
  const all = Array.from({ length: DEMANDS }, () => timed(() => analyse(demandOf(next, 2), NOW_MS, needs)));
  const times = all.map(({ ms }) => ms);
  const [p50Ms, p99Ms] = [rounded(median(times)), rounded(quantile(times, 0.99))];
  const plans = all.reduce((sum, { value }) => sum + value.plans.length, 0);
  console.log(JSON.stringify({ figure: 'plans', offers: OFFERS, demands: DEMANDS, plans, p50Ms, p99Ms }));
  const pairs = Array.from({ length: PAIRS }, () => {
    // The program has no copies: which providers are apart is no linear rule.
    const facts = demandOf(next, 1);
    const ours = timed(() => analyse(facts, NOW_MS, needs));
    const ground = groundOf({ demand: facts, nowMs: NOW_MS, parts: exactOf(facts).parts }, needs);
    const program = linearProgram(ground.markets);
    const theirs = timed(() => highs.solve(program, { mip_rel_gap: 0, mip_abs_gap: 0 }));
    const costMicro = cheapest(ground)?.costMicro;
    const isEqual = costMicro === BigInt(Math.round(theirs.value.ObjectiveValue));
    const pair = { ms: rounded(ours.ms), highsMs: rounded(theirs.ms), isEqual };
    console.log(JSON.stringify({ figure: 'plans-pair', needs: facts.needs.length, ...pair }));
    return { ...pair, ratio: ours.ms / theirs.ms };
  });
  const highsMs = median(pairs.map((pair) => pair.highsMs));
  const thousandths = (value: number): number => Math.round(value * 1_000) / 1_000;
  console.log(
    JSON.stringify({
      figure: 'P16',
      median: thousandths(median(pairs.map(({ ratio }) => ratio))),
      p99: thousandths(p99Ms / highsMs),
      isEqual: pairs.every(({ isEqual }) => isEqual),
    }),
  );
}
