import { PRICES_MAX, holdMicroOf } from '#ledger/contracts/shared/price.ts';
import { amountOf, type Quantity } from '#ledger/contracts/shared/terms.ts';
import { ascending, quotient } from '#ledger/core/integer.ts';
import { share, type Asked, type Priced } from './candidates.ts';
import type { Effort } from './effort.ts';
import type { ExactPart } from './exact.ts';
import { dealt } from './shares.ts';

/** Covers of one part that are kept, the cheapest ones. */
export const COVERS_MAX = 24;
/** What putting a cover into exact figures costs beside a step of the search. */
const COVER_STEPS = 40;

/** What one offer contributes: `own` are its sub-tasks, `amounts` what it is asked for, `estimateMicro` what its own sub-tasks cost. */
export interface Piece {
  readonly priced: Priced;
  readonly units: bigint;
  readonly own: bigint;
  readonly amounts: Quantity[];
  readonly holdMicro: bigint;
  readonly estimateMicro: bigint;
}

/** One part covered. With two copies the pieces of the second follow those of the first. `costMicro` is that of the linear model. */
export interface Cover {
  readonly part: ExactPart;
  readonly pieces: readonly Piece[];
  readonly costMicro: bigint;
  readonly holdMicro: bigint;
}

/** What covers of one part are looked for among. */
export interface Search {
  readonly asked: Asked;
  readonly candidates: readonly Priced[];
  /** Units of one copy. */
  readonly units: bigint;
  readonly piecesMax: number;
  readonly effort: Effort;
  /** Units of an offer that others of the plan have taken already. */
  readonly taken: (offer: Priced) => bigint;
  /** Whether the provider's conditions hold for exactly this use. */
  readonly isAdmitted: (offer: Priced, amounts: Quantity[]) => boolean;
}

export interface Portion {
  readonly priced: Priced;
  readonly units: bigint;
}

/** Covers of one copy, the cheapest first: depth first over the offers in order of their unit's price, each but the last filled. */
export function coversOf(search: Search): Cover[] {
  const { units, candidates, piecesMax, effort } = search;
  const kept = new Kept(search);
  const offers = inOrder(candidates, search);
  const roomMax = offers.reduce((most, { room }) => (room > most ? room : most), 0n);
  const extend = (start: number, chosen: readonly Portion[], left: bigint, costMicro: bigint): void => {
    const later = BigInt(piecesMax - chosen.length - 1);
    for (let at = start; at < offers.length; at += 1) {
      const { priced, room, unitMicro } = offers[at]!;
      effort.left -= 1;
      // Every later offer has a dearer unit, so nothing cheaper follows.
      if (effort.left < 0 || kept.isWorse(costMicro + left * unitMicro)) return;
      const fixedMicro = costMicro + priced.baseMicro;
      if (room >= left) {
        const cost = fixedMicro + left * unitMicro;
        if (!kept.isWorse(cost)) kept.add(coverOf(search, [...chosen, { priced, units: left }], cost));
      } else if (later > 0n && room + later * roomMax >= left) {
        extend(at + 1, [...chosen, { priced, units: room }], left - room, fixedMicro + room * unitMicro);
      }
    }
  };
  extend(0, [], units, 0n);
  return kept.covers;
}

interface Placed {
  readonly priced: Priced;
  readonly room: bigint;
  readonly unitMicro: bigint;
}

/** By what a unit costs when there are so many. */
function inOrder(candidates: readonly Priced[], search: Search): Placed[] {
  return candidates
    .map((priced) => ({ priced, room: roomOf(priced, search), unitMicro: unitOf(priced, search.units) }))
    .filter(({ room }) => room > 0n)
    .sort(
      (one, other) =>
        ascending(one.unitMicro, other.unitMicro) ||
        ascending(one.priced.baseMicro, other.priced.baseMicro) ||
        ascending(other.room, one.room) ||
        ascending(one.priced.offer.resource, other.priced.offer.resource),
    );
}

/** What a unit costs with its share of the sub-tasks. */
export function unitOf({ heldMicro, countedMicro }: Priced, units: bigint): bigint {
  return heldMicro + share(countedMicro, units);
}

/** Units that an offer can give: what is free, and whose sub-tasks its limits admit. */
export function roomOf(priced: Priced, { asked, units, taken }: Search): bigint {
  const free = priced.room - taken(priced);
  const { subtasks } = asked.part;
  if (priced.subtasksMax >= subtasks) return free;
  const limited = quotient(priced.subtasksMax * units, subtasks);
  return limited < free ? limited : free;
}

/** The cheapest covers so far; no two of them have the same pieces. */
export class Kept {
  readonly covers: Cover[] = [];
  /** What nothing within the budget costs: the linear model rounds up by less than a micro-unit for each price line and unit. */
  readonly #mostMicro: bigint;

  constructor({ asked, units }: Pick<Search, 'asked' | 'units'>) {
    const { part, demand } = asked;
    this.#mostMicro = demand.budgetMicro + BigInt(PRICES_MAX) * (units + part.unitsMax) * part.copies;
  }

  /** Whether a cover of this cost would not be kept. */
  isWorse(costMicro: bigint): boolean {
    const last = this.covers[COVERS_MAX - 1];
    return costMicro > this.#mostMicro || (last !== undefined && costMicro >= last.costMicro);
  }

  add(cover: Cover | undefined): void {
    if (cover === undefined) return;
    let at = this.covers.length;
    while (at > 0 && compareCovers(cover, this.covers[at - 1]!) < 0) at -= 1;
    this.covers.splice(at, 0, cover);
    if (this.covers.length > COVERS_MAX) this.covers.pop();
  }
}

/** By cost, then fewer pieces, then those published first. */
export function compareCovers(one: Cover, other: Cover): number {
  return ascending(one.costMicro, other.costMicro) || one.pieces.length - other.pieces.length || compareIds(one, other);
}

function compareIds(one: Cover, other: Cover): number {
  for (const [index, { priced }] of one.pieces.entries()) {
    const order = ascending(priced.offer.resource, other.pieces[index]!.priced.offer.resource);
    if (order !== 0) return order;
  }
  return 0;
}

/** Portions of one copy in exact figures; undefined when the conditions do not hold for them, or they can cost more than the budget. */
export function coverOf(
  search: Search,
  portions: readonly Portion[],
  costMicro: bigint,
  copies = 1,
): Cover | undefined {
  const { part, demand } = search.asked;
  search.effort.left -= COVER_STEPS;
  const perCopy = portions.length - (copies === 1 ? 0 : portions.length >> 1);
  const units = portions.slice(0, perCopy).map((portion) => portion.units);
  const counts = part.subtasks === 0n ? units.map(() => 0n) : dealt(part.subtasks, units);
  const pieces: Piece[] = [];
  let holdMicro = 0n;
  for (const [index, portion] of portions.entries()) {
    const place = index % perCopy;
    const own = counts[place]!;
    const least = copies > 1 && demand.backup ? own : 0n;
    const other = counts.reduce((most, count, at) => (at !== place && count > most ? count : most), least);
    const piece = pieceOf(search.asked, portion, { own, other });
    holdMicro += piece.holdMicro;
    if (holdMicro > demand.budgetMicro || !search.isAdmitted(portion.priced, piece.amounts)) return undefined;
    pieces.push(piece);
  }
  return { part, pieces, costMicro, holdMicro };
}

/**
 * A piece is asked for what its own sub-tasks may use, and for as much again as the largest range of another piece may, as far as its limits
 * go: so that it can take that range over when it fails elsewhere. Copies with backups are asked for as much again as their own at least: a backup
 * that has to decide between them is paid from that. The estimate counts its own alone.
 */
function pieceOf({ part, demand }: Asked, { priced, units }: Portion, count: { own: bigint; other: bigint }): Piece {
  const { own, other } = count;
  const { durationMs } = demand;
  const { limits, prices } = priced.offer.strategy;
  const amounts = amountsOf(part, { units, subtasks: own + other, limits });
  const expected = amountsOf(part, { units, subtasks: own, limits });
  const holdMicro = holdMicroOf(prices, { amounts, durationMs });
  const estimateMicro = holdMicroOf(prices, { amounts: expected, durationMs });
  return { priced, units, own, amounts, holdMicro, estimateMicro };
}

function amountsOf(part: ExactPart, of: { units: bigint; subtasks: bigint; limits: readonly Quantity[] }): Quantity[] {
  const { kind, meters, held, fixed, perSubtask } = part;
  return meters.map((meter) => {
    const each = amountOf(held, meter);
    if (each > 0n) return { meter, amount: each * of.units };
    const most = amountOf(of.limits, meter) || kind.meters[meter]!.max;
    const wanted = amountOf(fixed, meter) + amountOf(perSubtask, meter) * of.subtasks;
    return { meter, amount: wanted < most ? wanted : most };
  });
}
