import { ascending } from '#ledger/core/integer.ts';
import { amountOf } from '#ledger/contracts/shared/terms.ts';

import { compareCovers, type Cover } from './covers.ts';
import { PLAN_PARTS_MAX } from './definition.ts';

/** Covers tried together in search of one plan. */
const NODES_MAX = 20_000;

/** One cover for each part of the demand, in the demand's order. */
export interface Bundle {
  readonly covers: readonly Cover[];
  readonly costMicro: bigint;
  readonly providers: number;
}

/** What makes one plan better than another; equal ones go by their pieces, then by their resources. */
export type Aimed = 'cost' | 'providers-then-cost';

/**
 * The best choice of one cover for each part, within the budget, such that no resource gives more than it has free: depth first, the cheapest
 * covers first, a branch left when even the cheapest rest would not be better. undefined when there is none.
 */
export function bundleOf(
  choices: readonly (readonly Cover[])[],
  of: { budgetMicro: bigint; by: Aimed },
): Bundle | undefined {
  const { budgetMicro, by } = of;
  if (choices.some((covers) => covers.length === 0)) return undefined;
  const restCost = sumsOfLeast(choices, ({ costMicro }) => costMicro);
  const restHold = sumsOfLeast(choices, ({ holdMicro }) => holdMicro);
  let best: Bundle | undefined;
  let nodes = 0;
  const extend = (covers: readonly Cover[], sum: { costMicro: bigint; holdMicro: bigint; parts: number }): void => {
    const at = covers.length;
    if (at === choices.length) {
      const bundle = { covers, costMicro: sum.costMicro, providers: providersOf(covers) };
      if (best === undefined || compareBundles(bundle, best, by) < 0) best = bundle;
      return;
    }
    for (const cover of choices[at]!) {
      nodes += 1;
      if (nodes > NODES_MAX) return;
      const costMicro = sum.costMicro + cover.costMicro;
      const holdMicro = sum.holdMicro + cover.holdMicro;
      const parts = sum.parts + cover.pieces.length;
      const leastMicro = costMicro + restCost[at + 1]!;
      // Covers come the cheapest first.
      if (by === 'cost' && best !== undefined && leastMicro > best.costMicro) return;
      const isTooLarge = parts + choices.length - at - 1 > PLAN_PARTS_MAX;
      if (isTooLarge || holdMicro + restHold[at + 1]! > budgetMicro) continue;
      const extended = [...covers, cover];
      if (isTogetherFree(extended)) extend(extended, { costMicro, holdMicro, parts });
    }
  };
  extend([], { costMicro: 0n, holdMicro: 0n, parts: 0 });
  return best;
}

/** From each place on, what the rest comes to at least. */
function sumsOfLeast(choices: readonly (readonly Cover[])[], figure: (cover: Cover) => bigint): bigint[] {
  const sums = [0n];
  for (const covers of choices.toReversed()) {
    const figures = covers.map(figure);
    sums.unshift(sums[0]! + figures.reduce((least, each) => (each < least ? each : least)));
  }
  return sums;
}

function providersOf(covers: readonly Cover[]): number {
  return new Set(covers.flatMap(({ pieces }) => pieces.map(({ priced }) => priced.offer.provider))).size;
}

export function compareBundles(one: Bundle, other: Bundle, by: Aimed): number {
  const fewer = by === 'cost' ? 0 : one.providers - other.providers;
  return fewer || ascending(one.costMicro, other.costMicro) || piecesOf(one) - piecesOf(other) || compareIn(one, other);
}

function piecesOf({ covers }: Bundle): number {
  return covers.reduce((sum, { pieces }) => sum + pieces.length, 0);
}

function compareIn(one: Bundle, other: Bundle): number {
  for (const [index, cover] of one.covers.entries()) {
    const order = compareCovers(cover, other.covers[index]!);
    if (order !== 0) return order;
  }
  return 0;
}

/** Whether what the covers take of each resource is free there, all together. */
function isTogetherFree(covers: readonly Cover[]): boolean {
  const last = covers.at(-1)!;
  return last.pieces.every(({ priced: { offer }, amounts }) => {
    const others = covers
      .slice(0, -1)
      .flatMap(({ pieces }) => pieces.filter(({ priced }) => priced.offer.resource === offer.resource));
    if (others.length === 0) return true;
    return offer.free.every(({ meter, amount }) => {
      const taken = others.reduce((sum, piece) => sum + amountOf(piece.amounts, meter), amountOf(amounts, meter));
      return taken <= amount;
    });
  });
}
