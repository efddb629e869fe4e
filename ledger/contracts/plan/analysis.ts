import type { DemandFacts } from '#ledger/contracts/demand/facts.ts';
import type { Struct } from '#ledger/contracts/shared/fields.ts';
import { Admissions, type ConditionNeeds } from './admissions.ts';
import { bestQuality, cheapest, fewestProviders, soonest, workMsOf, type Ground } from './aims.ts';
import { partsOf } from './backups.ts';
import type { Bundle } from './bundle.ts';
import { marketOf } from './candidates.ts';
import type { Cover } from './covers.ts';
import type { Aim } from './definition.ts';
import { exactOf, type ExactAmount, type ExactPart } from './exact.ts';
import type { IndexedOffer } from './offers.ts';
import { inARow } from './shares.ts';

type Plan = Struct<'Plan'>;
type Share = Struct<'Share'>;

export interface AnalysisNeeds extends ConditionNeeds {
  /** Published offers of a kind, in any order. */
  offers(kind: string): Iterable<IndexedOffer>;
  /** How well a provider kept its orders, more is better: `qualityOf` of its history. */
  quality(provider: bigint): number;
}

export interface Analysis {
  readonly exact: ExactAmount[];
  /** At most OWN_PLANS_MAX, each within the budget; none when the offers of now do not meet the demand. */
  readonly plans: Plan[];
  /** Offers of the demand's kinds that were looked at. */
  readonly considered: bigint;
}

/** Steps of the search for one plan. Among ten thousand offers it takes a quarter at most, as a rule, and two thirds for the soonest; a hostile demand gets what is found by then. */
const EFFORT_MAX = 1_000_000;

/** In the order in which plans are listed; one that an earlier aim found already is left out. */
const SEARCHES = [
  ['cheapest', cheapest],
  ['fewest-providers', fewestProviders],
  ['best-quality', bestQuality],
  ['soonest', soonest],
] as const satisfies readonly (readonly [Aim, (ground: Ground) => Bundle | undefined])[];

/**
 * What a demand comes to, and the plans for it [8.3.1-c, 8.3.2-a, 8.4.2-c, I.1-3]: the demand has no fault (`needFault`), and purpose, duration
 * and budget within their bounds. The answer does not depend on the order of the offers; every step is bounded.
 */
export function analyse(demand: DemandFacts, nowMs: bigint, needs: AnalysisNeeds): Analysis {
  const { parts, amounts } = exactOf(demand);
  const ground = groundOf({ demand, nowMs, parts }, needs);
  const { markets } = ground;
  const plans: Plan[] = [];
  const known = new Set<string>();
  for (const [aim, search] of markets.every(({ offers }) => offers.length > 0) ? SEARCHES : []) {
    // What neither the cheapest offers nor a lone provider can give, no other aim can.
    if (plans.length === 0 && aim === 'best-quality') break;
    const bundle = search({ ...ground, effort: { left: EFFORT_MAX } });
    if (bundle === undefined || known.has(piecesIn(bundle))) continue;
    known.add(piecesIn(bundle));
    plans.push(planOf(ground, { aim, bundle, plan: BigInt(plans.length + 1) }));
  }
  const considered = new Map(markets.map((market) => [market.asked.part.need.kind, market.considered]));
  return {
    exact: amounts,
    plans,
    considered: [...considered.values()].reduce((sum, count) => sum + BigInt(count), 0n),
  };
}

/** What is on offer for each part, held against the plain rules and priced. */
export function groundOf(
  of: { demand: DemandFacts; nowMs: bigint; parts: readonly ExactPart[] },
  needs: AnalysisNeeds,
): Ground {
  const { demand, nowMs, parts } = of;
  const known = new Map<number, number>();
  const quality = (provider: bigint): number => {
    const id = Number(provider);
    let found = known.get(id);
    if (found === undefined) known.set(id, (found = needs.quality(provider)));
    return found;
  };
  const markets = parts.map((part) => marketOf({ part, demand, nowMs }, needs.offers(part.need.kind), quality));
  const admissions = new Admissions(demand, nowMs, needs);
  return { demand, markets, admissions, effort: { left: EFFORT_MAX }, pools: new Map() };
}

function piecesIn({ covers }: Bundle): string {
  return covers
    .map(({ pieces }) => pieces.map(({ priced, units, own }) => `${priced.offer.resource}:${units}:${own}`).join(','))
    .join(';');
}

function planOf(ground: Ground, of: { aim: Aim; bundle: Bundle; plan: bigint }): Plan {
  const { aim, plan, bundle } = of;
  const { covers } = bundle;
  const parts = partsOf(covers, ground);
  const pieces = covers.flatMap((cover) => cover.pieces);
  const estimateMicro = pieces.reduce((sum, piece) => sum + piece.estimateMicro, 0n);
  const holdMicro = parts.reduce((sum, part) => sum + part.holdMicro, 0n);
  const shares = sharesOf(covers);
  return { plan, aim, by: 0n, feeMicro: 0n, parts, shares, holdMicro, estimateMicro, workMs: workMsOf(covers) };
}

/** Of the part that carries the work: each copy's ranges in a row. A part is named by its place in the plan, from 0. */
function sharesOf(covers: readonly Cover[]): Share[] {
  let before = 0;
  for (const { part, pieces } of covers) {
    if (part.subtasks > 0n) {
      const perCopy = part.copies === 1n ? pieces.length : pieces.length >> 1;
      const first = before;
      const copies = [pieces.slice(0, perCopy), pieces.slice(perCopy)];
      return copies.flatMap((copy, index) =>
        inARow(
          copy.map(({ own }) => own),
          first + index * perCopy,
        ),
      );
    }
    before += pieces.length;
  }
  return [];
}
