import { ascending } from '#ledger/core/integer.ts';
import { share, type Priced } from './candidates.ts';
import { Kept, coverOf, roomOf, unitOf, type Cover, type Search } from './covers.ts';

/** Offers of one size that are chosen among, the cheapest ones. */
const OFFERS_MAX = 24;

/**
 * Covers of a part that runs in two copies, the cheapest first. Both copies are cut at the same sub-tasks, so that ranges can be compared, and
 * no provider runs any of both. Every range is as large as the others: a copy is one piece, or two halves, or three thirds.
 */
export function copiesOf(search: Search): Cover[] {
  const kept = new Kept(search);
  const { units, asked, piecesMax } = search;
  for (let ranges = 1; ranges * 2 <= piecesMax; ranges += 1) {
    const each = share(units, BigInt(ranges));
    if (each * BigInt(ranges) <= asked.part.unitsMax) searchEqual(search, { ranges, each }, kept);
  }
  return kept.covers;
}

function searchEqual(search: Search, of: { ranges: number; each: bigint }, kept: Kept): void {
  const { ranges, each } = of;
  const { effort } = search;
  const sized = { ...search, units: each * BigInt(ranges) };
  const offers = cheapestOf(sized, of);
  const wanted = ranges * 2;
  const choose = (start: number, chosen: readonly Priced[], costMicro: bigint): void => {
    if (chosen.length === wanted) {
      const copies = apart(chosen);
      const portions = copies?.map((priced) => ({ priced, units: each }));
      if (portions !== undefined) kept.add(coverOf(sized, portions, costMicro, 2));
      return;
    }
    const left = BigInt(wanted - chosen.length);
    for (let at = start; at < offers.length; at += 1) {
      const { priced, costMicro: own } = offers[at]!;
      effort.left -= 1;
      if (effort.left < 0 || kept.isWorse(costMicro + left * own)) return;
      choose(at + 1, [...chosen, priced], costMicro + own);
    }
  };
  choose(0, [], 0n);
}

interface Ranked {
  readonly priced: Priced;
  readonly costMicro: bigint;
}

/** Of each provider no more than one copy can use. Pieces are all alike here, so conditions are asked before anything is put together. */
function cheapestOf(sized: Search, { ranges, each }: { ranges: number; each: bigint }): Ranked[] {
  const ranked = sized.candidates
    .filter((priced) => roomOf(priced, sized) >= each)
    .map((priced): Ranked => ({ priced, costMicro: priced.baseMicro + each * unitOf(priced, sized.units) }))
    .sort(
      (one, other) =>
        ascending(one.costMicro, other.costMicro) || ascending(one.priced.offer.resource, other.priced.offer.resource),
    );
  const ofProvider = new Map<bigint, number>();
  const found: Ranked[] = [];
  for (const offer of ranked) {
    if (found.length === OFFERS_MAX || sized.effort.left < 0) break;
    const { provider } = offer.priced.offer;
    const known = ofProvider.get(provider) ?? 0;
    if (known === ranges || !isAlikeAdmitted(sized, offer.priced, { ranges, each })) continue;
    ofProvider.set(provider, known + 1);
    found.push(offer);
  }
  return found;
}

function isAlikeAdmitted(sized: Search, priced: Priced, { ranges, each }: { ranges: number; each: bigint }): boolean {
  return (
    coverOf(
      sized,
      Array.from({ length: ranges }, () => ({ priced, units: each })),
      0n,
    ) !== undefined
  );
}

/** The offers in two halves without a common provider, the first one's before the second's; undefined when there are none such. */
function apart(offers: readonly Priced[]): Priced[] | undefined {
  const half = offers.length >> 1;
  const byProvider = [...Map.groupBy(offers, ({ offer }) => offer.provider).values()];
  const fill = (at: number, first: readonly Priced[]): readonly Priced[] | undefined => {
    if (first.length === half) return first;
    const group = byProvider[at];
    if (group === undefined) return undefined;
    const withGroup = first.length + group.length <= half ? fill(at + 1, [...first, ...group]) : undefined;
    return withGroup ?? fill(at + 1, first);
  };
  const first = fill(0, []);
  return first && [...first, ...offers.filter((offer) => !first.includes(offer))];
}
