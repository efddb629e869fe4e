import type { DemandFacts } from '#ledger/contracts/demand/facts.ts';
import { amountOf } from '#ledger/contracts/shared/terms.ts';
import { ascending, quotient } from '#ledger/core/integer.ts';
import type { Admissions } from './admissions.ts';
import { bundleOf, compareBundles, type Aimed, type Bundle } from './bundle.ts';
import { candidates, piecesMax, share, type Market, type Priced } from './candidates.ts';
import { copiesOf } from './copies.ts';
import { compareCovers, coversOf, type Cover, type Piece, type Search } from './covers.ts';
import { PIECES_MAX } from './definition.ts';
import type { Effort } from './effort.ts';

/** What plans of one demand are looked for in: a market for each of its parts, in order. */
export interface Ground {
  readonly demand: DemandFacts;
  readonly markets: readonly Market[];
  readonly admissions: Admissions;
  readonly effort: Effort;
  /** Candidates that were found already, by their market and the number of units. */
  readonly pools: Map<Market, Map<bigint, Priced[]>>;
}

/** Below every level. */
const NO_LEVEL = Number.NEGATIVE_INFINITY;
/** Providers that are tried alone. */
const LONE_PROVIDERS_MAX = 64;
/** A history's worth: thousandths of its orders that were not broken by this account. */
const QUALITY_WHOLE = 1_000n;

/** Thousandths of an account's ended orders that it kept; the whole for one without any: nobody starts as a bad provider. */
export function qualityOf({ completed, broken }: { readonly completed: bigint; readonly broken: bigint }): number {
  const ended = completed + broken;
  return Number(ended === 0n ? QUALITY_WHOLE : quotient(completed * QUALITY_WHOLE, ended));
}

/** How long the work takes at most by its estimates; 0 where none is carried. A slot runs its sub-tasks one after the other. */
export function workMsOf(covers: readonly Cover[]): bigint {
  let longest = 0n;
  for (const { part, pieces } of covers) {
    for (const { own, units } of pieces) {
      const lasts = share(own, units) * part.cpuMs;
      if (lasts > longest) longest = lasts;
    }
  }
  return longest;
}

/** Least estimate. */
export function cheapest(ground: Ground): Bundle | undefined {
  return together(ground, coversOfAll(ground), 'cost');
}

/**
 * Everything from one provider, as cheap as it can be; where no single one can, the fewest providers among the cheapest covers of one, two and
 * three pieces.
 */
export function fewestProviders(ground: Ground): Bundle | undefined {
  const alone = ground.markets.every(({ asked }) => asked.part.copies === 1n) ? loneProvider(ground) : undefined;
  if (alone !== undefined) return alone;
  const choices = ground.markets.map((market) => {
    const among = poolOf(ground, market, market.asked.part.units);
    const sizes = Array.from({ length: PIECES_MAX }, (_, index) => (index + 1) * Number(market.asked.part.copies));
    const covers = sizes.flatMap((most) => coversAmong(ground, market, { among, piecesMax: most }));
    return distinct(covers);
  });
  return together(ground, choices, 'providers-then-cost');
}

function loneProvider(ground: Ground): Bundle | undefined {
  const { markets } = ground;
  const groups = markets.map(byProvider);
  const possible: { markets: readonly Market[]; leastMicro: bigint; provider: number }[] = [];
  for (const provider of groups[0]!.keys()) {
    const own = markets.map((market, at) => ({ ...market, offers: groups[at]!.get(provider) ?? [] }));
    if (!own.every(hasUnits)) continue;
    possible.push({ markets: own, leastMicro: own.reduce((sum, market) => sum + leastOf(market), 0n), provider });
  }
  possible.sort((one, other) => ascending(one.leastMicro, other.leastMicro) || one.provider - other.provider);
  let best: Bundle | undefined;
  for (const { markets: own, leastMicro } of possible.slice(0, LONE_PROVIDERS_MAX)) {
    if (best !== undefined && leastMicro > best.costMicro) break;
    const bundle = cheapest({ ...ground, markets: own });
    if (bundle !== undefined && (best === undefined || compareBundles(bundle, best, 'cost') < 0)) best = bundle;
  }
  return best;
}

/** Ids are below 2^48: as numbers they are whole, and quicker to look up. */
function byProvider({ offers }: Market): Map<number, Priced[]> {
  return Map.groupBy(offers, ({ offer }) => Number(offer.provider));
}

function hasUnits({ offers, asked }: Market): boolean {
  let left = asked.part.units;
  for (const { room } of offers) left -= room;
  return left <= 0n;
}

/** Nothing costs less: every unit at the cheapest one's price. */
function leastOf({ offers, asked }: Market): bigint {
  const { units } = asked.part;
  return (
    offers.reduce<bigint | undefined>((least, { baseMicro, unitMicro }) => {
      const cost = baseMicro + unitMicro * units;
      return least === undefined || cost < least ? cost : least;
    }, undefined) ?? 0n
  );
}

/** The best least quality of all providers; then, part by part, the best least score; then the least estimate. */
export function bestQuality(ground: Ground): Bundle | undefined {
  const kept = narrowed(
    ground.markets,
    ({ quality }) => quality,
    (markets) => together(ground, coversOfAll({ ...ground, markets }), 'cost'),
  );
  if (kept === undefined) return undefined;
  let { bundle } = kept;
  const markets = [...kept.markets];
  for (const [at, market] of markets.entries()) {
    const choices = coversOfAll({ ...ground, markets });
    const better = narrowed(
      [market],
      ({ offer }) => offer.score,
      ([narrow]) => together(ground, choices.with(at, coversIn(ground, narrow!)), 'cost'),
    );
    if (better === undefined) continue;
    ({ bundle } = better);
    markets[at] = better.markets[0]!;
  }
  return bundle;
}

/** The markets' offers of the highest level at which something is found among them, and of those above it. */
function narrowed(
  markets: readonly Market[],
  levelOf: (offer: Priced) => number | undefined,
  attempt: (markets: readonly Market[]) => Bundle | undefined,
): { bundle: Bundle; markets: readonly Market[] } | undefined {
  // One dense list for each market: they are gone through many times.
  const found = markets.map(({ offers }) => Float64Array.from(offers, (offer) => levelOf(offer) ?? NO_LEVEL));
  const levels = [...new Set(found.flatMap((each) => [...each]))].filter((level) => level !== NO_LEVEL);
  return highest(
    levels.sort((one, other) => other - one),
    (level) => {
      const left = markets.map((market, at) => {
        const own = found[at]!;
        return { ...market, offers: market.offers.filter((_, place) => own[place]! >= level) };
      });
      const bundle = attempt(left);
      return bundle && { bundle, markets: left };
    },
  );
}

/** The first of the levels, highest first, at which something is found, given that a lower level finds what a higher one does: in longer and longer steps, then by halves. */
function highest<Level, Found>(
  levels: readonly Level[],
  attempt: (level: Level) => Found | undefined,
): Found | undefined {
  let failed = -1;
  let at = 0;
  let found: Found | undefined;
  for (let step = 1; at < levels.length; step *= 2) {
    found = attempt(levels[at]!);
    if (found !== undefined) break;
    failed = at;
    if (at === levels.length - 1) return undefined;
    at = Math.min(at + step, levels.length - 1);
  }
  while (at - failed > 1) {
    const middle = (at + failed) >> 1;
    const better = attempt(levels[middle]!);
    if (better === undefined) failed = middle;
    else [at, found] = [middle, better];
  }
  return found;
}

/** Speeds of machines that are told apart in the search for the soonest plan: fewer among many offers, because each is a search through all of them. */
const SPEEDS_MAX = 8;
const SPEEDS_MIN = 3;
const OFFERS_MAX_FOR_ALL_SPEEDS = 512;
/** Of scores, so that a division by one leaves whole numbers apart. */
const SPEED_WHOLE = 1_000_000n;

/** Runs of the standard program in a second; the least for an offer that says nothing of it. */
function speedOf({ offer }: Priced): bigint {
  return BigInt(offer.score ?? 1);
}

/** When the last piece of the work is done: its sub-tasks in a row, by the speed of its machine. A number to compare, and no time: what a sub-task takes on which machine nobody states. */
export function finishOf(covers: readonly Cover[]): bigint {
  let last = 0n;
  for (const { part, pieces } of covers) {
    for (const { own, units, priced } of pieces) {
      const ends = quotient(share(own, units) * part.cpuMs * SPEED_WHOLE, speedOf(priced));
      if (ends > last) last = ends;
    }
  }
  return last;
}

/**
 * The earliest finish within the budget; undefined without work. The slowest machine of a plan decides when it is done, so for each speed, the
 * fastest first, as many units of machines that are as fast at least: more of slower ones are better where they end earlier all the same.
 */
export function soonest(ground: Ground): Bundle | undefined {
  const at = ground.markets.findIndex(({ asked }) => asked.part.subtasks > 0n);
  const market = ground.markets[at];
  if (market === undefined) return undefined;
  let best: Bundle | undefined;
  for (const speed of speedsOf(market)) {
    const narrow = { ...market, offers: market.offers.filter((offer) => speedOf(offer) >= speed) };
    best = soonestAmong({ ...ground, markets: ground.markets.with(at, narrow) }, { at, best });
  }
  return best;
}

/** The speeds on offer, the highest first, the least among them; evenly chosen where there are too many. */
function speedsOf({ offers }: Market): bigint[] {
  const speeds = [...new Set(offers.map(speedOf))].toSorted(ascending);
  const length = offers.length <= OFFERS_MAX_FOR_ALL_SPEEDS ? SPEEDS_MAX : SPEEDS_MIN;
  if (speeds.length <= length) return speeds.toReversed();
  const count = BigInt(speeds.length);
  return Array.from(
    { length },
    (_, index) => speeds[Number(quotient(BigInt(index) * count, BigInt(length)))]!,
  ).toReversed();
}

/** The best plan until now, or a sooner one: from the least units that could be sooner, twice as many as long as that can be had, then as many more as can. */
function soonestAmong(ground: Ground, of: { at: number; best: Bundle | undefined }): Bundle | undefined {
  const { at } = of;
  const market = ground.markets[at]!;
  const least = unitsToBeat(market, of.best);
  const most = mostUnits(market);
  if (least === undefined || least > most) return of.best;
  const among = poolOf(ground, market, most);
  // Covers of the other parts: those of this one are looked for as they are tried.
  const choices = ground.markets.length === 1 ? [[]] : coversOfAll(ground);
  let best = of.best;
  const attempt = (units: bigint): boolean => {
    const bundle = together(ground, choices.with(at, coversAmong(ground, market, { among, units })), 'cost');
    if (bundle !== undefined && (best === undefined || isSooner(bundle, best))) best = bundle;
    return bundle !== undefined;
  };
  if (!attempt(least)) return best;
  let fits = least;
  let tooMany = most + 1n;
  for (let units = fits * 2n; units < tooMany; units *= 2n) {
    if (attempt(units)) fits = units;
    else tooMany = units;
  }
  while (tooMany - fits > 1n) {
    const middle = (fits + tooMany) >> 1n;
    if (attempt(middle)) fits = middle;
    else tooMany = middle;
  }
  // As many rounds need fewer units, perhaps, which cost less.
  const { subtasks } = market.asked.part;
  const enough = share(subtasks, share(subtasks, fits));
  if (enough < fits) attempt(enough);
  return best;
}

/** More units than these no plan of the market has. */
function mostUnits({ asked: { part }, offers }: Market): bigint {
  const rooms = offers.map(({ room }) => room).toSorted((one, other) => ascending(other, one));
  const largest = rooms.slice(0, piecesMax(part)).reduce((sum, room) => sum + room, 0n);
  return largest < part.unitsMax ? largest : part.unitsMax;
}

/** The least units with which the fastest machine alone would be sooner; undefined where none would. */
function unitsToBeat({ asked, offers }: Market, best: Bundle | undefined): bigint | undefined {
  const { units, subtasks, cpuMs } = asked.part;
  if (best === undefined) return units;
  const fastest = offers.reduce((most, offer) => (speedOf(offer) > most ? speedOf(offer) : most), 1n);
  const rounds = quotient(finishOf(best.covers) * fastest, cpuMs * SPEED_WHOLE);
  if (rounds === 0n) return undefined;
  const least = share(subtasks, rounds);
  return least > units ? least : units;
}

function isSooner(one: Bundle, other: Bundle): boolean {
  return (ascending(finishOf(one.covers), finishOf(other.covers)) || compareBundles(one, other, 'cost')) < 0;
}

function poolOf(ground: Ground, market: Market, units: bigint): Priced[] {
  const { effort, pools } = ground;
  const known = pools.get(market) ?? new Map<bigint, Priced[]>();
  const pool = known.get(units) ?? newPool(ground, market, units);
  // What was broken off is whole the next time, perhaps.
  if (effort.left >= 0) pools.set(market, known.set(units, pool));
  return pool;
}

function newPool(ground: Ground, market: Market, units: bigint): Priced[] {
  const { part } = market.asked;
  const others = ground.markets.filter((other) => other !== market && isShared(other, market)).length;
  return candidates(market, {
    units,
    effort: ground.effort,
    depth: piecesMax(part) + others,
    apart: part.copies > 1n,
    admit: (offer) => ground.admissions.ofOffer(part, offer),
  });
}

function isShared(one: Market, other: Market): boolean {
  return one.asked.part.need.kind === other.asked.part.need.kind;
}

/** Covers of each part; where two parts want the same kind, also the best beside what the other may take. */
function coversOfAll(ground: Ground): Cover[][] {
  const pools = ground.markets.map((market) => poolOf(ground, market, market.asked.part.units));
  const choices = ground.markets.map((market, at) => coversAmong(ground, market, { among: pools[at]! }));
  return ground.markets.map((market, at) => {
    const own = choices[at]!;
    const others = ground.markets.flatMap((other, place) =>
      place !== at && isShared(other, market) ? choices[place]!.flatMap(({ pieces }) => pieces) : [],
    );
    // Where the other takes something else, the best cover of all stands.
    const mine = new Set(own[0]?.pieces.map(({ priced }) => priced.offer.resource));
    const taken = others.filter(({ priced }) => mine.has(priced.offer.resource));
    return distinct([...own, ...taken.flatMap((piece) => coverBeside(ground, { market, among: pools[at]!, piece }))]);
  });
}

/** The cheapest cover beside a piece that another part takes of a resource. */
function coverBeside(ground: Ground, of: { market: Market; among: Priced[]; piece: Piece }): Cover[] {
  const { market, among, piece } = of;
  const { free, resource } = piece.priced.offer;
  const left = market.asked.part.held.map(({ meter, amount }) =>
    quotient(amountOf(free, meter) - amountOf(piece.amounts, meter), amount),
  );
  const roomLeft = left.reduce((least, units) => (units < least ? units : least));
  const taken = ({ offer, room }: Priced): bigint =>
    offer.resource === resource && room > roomLeft ? room - roomLeft : 0n;
  return coversAmong(ground, market, { among, taken }).slice(0, 1);
}

/** The cheapest first, each once. */
function distinct(covers: readonly Cover[]): Cover[] {
  const key = ({ pieces }: Cover): string =>
    pieces.map(({ priced, units }) => `${priced.offer.resource}:${units}`).join();
  return [...new Map(covers.map((cover) => [key(cover), cover])).values()].sort(compareCovers);
}

function coversIn(ground: Ground, market: Market): Cover[] {
  return coversAmong(ground, market, { among: poolOf(ground, market, market.asked.part.units) });
}

interface Among {
  readonly among: readonly Priced[];
  readonly units?: bigint;
  readonly piecesMax?: number;
  readonly taken?: (offer: Priced) => bigint;
}

function coversAmong({ admissions, effort }: Ground, { asked }: Market, of: Among): Cover[] {
  const { part } = asked;
  const search: Search = {
    asked,
    effort,
    candidates: of.among,
    units: of.units ?? part.units,
    piecesMax: of.piecesMax ?? piecesMax(part),
    taken: of.taken ?? (() => 0n),
    isAdmitted: ({ offer }, amounts) => admissions.ofUse(part, offer, amounts),
  };
  return part.copies === 1n ? coversOf(search) : copiesOf(search);
}

function together(ground: Ground, choices: readonly Cover[][], by: Aimed): Bundle | undefined {
  return bundleOf(choices, { budgetMicro: ground.demand.budgetMicro, by });
}
