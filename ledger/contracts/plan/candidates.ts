import type { DemandFacts } from '#ledger/contracts/demand/facts.ts';
import { keepsPromise } from '#ledger/contracts/kinds/kind.ts';
import { lineHoldMicro } from '#ledger/contracts/shared/price.ts';
import { amountOf, termOf, type Quantity } from '#ledger/contracts/shared/terms.ts';
import { ascending, quotient } from '#ledger/core/integer.ts';
import { PIECES_MAX } from './definition.ts';
import type { Effort } from './effort.ts';
import type { ExactPart } from './exact.ts';
import type { IndexedOffer } from './offers.ts';

/** One part of a demand, and who asks for it when. */
export interface Asked {
  readonly part: ExactPart;
  readonly demand: DemandFacts;
  readonly nowMs: bigint;
}

/** Rules that an offer is held against, in this order; `over-budget` and `conditions` come last, since they cost the most to find out. */
export type Rule = (typeof RULES)[number]['rule'] | 'over-budget' | 'conditions';

const RULES = [
  { rule: 'own-resource', fails: (offer, { demand }) => offer.provider === demand.customer },
  { rule: 'other-terms', fails: ({ attributes }, { part }) => !hasTerms(attributes, part) },
  { rule: 'not-open', fails: ({ strategy }, asked) => !isOpen(strategy, asked) },
  { rule: 'too-long', fails: ({ strategy }, { demand }) => demand.durationMs > strategy.useMsMax },
  { rule: 'run-too-long', fails: ({ runMs }, { part }) => part.cpuMs > runMs },
  { rule: 'promise-too-low', fails: ({ strategy }, { part }) => !promises(strategy.promise, part) },
  { rule: 'limit-exceeded', fails: ({ strategy }, { part }) => !isWithin(strategy.limits, part) },
  { rule: 'no-room', fails: ({ free }, { part }) => !hasRoom(free, part) },
] as const satisfies readonly { rule: string; fails: (offer: IndexedOffer, asked: Asked) => boolean }[];

/** The first rule that an offer fails, by plain comparisons; undefined when it is left to its price and its conditions. */
export function failedRule(offer: IndexedOffer, asked: Asked): Rule | undefined {
  for (const { rule, fails } of RULES) if (fails(offer, asked)) return rule;
  return undefined;
}

/** All rules that an offer fails by plain comparisons. */
export function failedRules(offer: IndexedOffer, asked: Asked): Rule[] {
  return RULES.filter(({ fails }) => fails(offer, asked)).map(({ rule }) => rule);
}

function hasTerms(attributes: IndexedOffer['attributes'], { need }: ExactPart): boolean {
  return need.terms.every(({ name, value }) => termOf(attributes, name) === value);
}

function isOpen({ opensAtMs, closesAtMs }: IndexedOffer['strategy'], { demand, nowMs }: Asked): boolean {
  return opensAtMs <= nowMs && (closesAtMs === 0n || nowMs + demand.durationMs <= closesAtMs);
}

/** Each asked promise is given, and is as good at least. */
function promises(promise: readonly Quantity[], { need, kind }: ExactPart): boolean {
  return need.promise.every(({ meter, amount: promised }) => {
    const measured = amountOf(promise, meter);
    return measured > 0n && keepsPromise(kind.promises[meter], { measured, promised });
  });
}

/** One sub-task, or the whole where there are none. */
function isWithin(limits: readonly Quantity[], { least }: ExactPart): boolean {
  return limits.every(({ meter, amount }) => amountOf(least, meter) <= amount);
}

function hasRoom(free: readonly Quantity[], { held }: ExactPart): boolean {
  return held.every(({ meter, amount }) => amount <= amountOf(free, meter));
}

/**
 * An offer in the linear model: a piece of k of a copy's N units costs `baseMicro` + k × (`heldMicro` + ⌈`countedMicro` ÷ N⌉), so much for
 * what it holds and so much for its share of the sub-tasks. Each figure is rounded up line by line.
 */
export interface Priced {
  readonly offer: IndexedOffer;
  readonly baseMicro: bigint;
  readonly heldMicro: bigint;
  readonly countedMicro: bigint;
  /** Units that it has free, at most the part's `unitsMax`. */
  readonly room: bigint;
  /** Sub-tasks that its limits admit, at most the part's. */
  readonly subtasksMax: bigint;
  /** What a unit costs when there are as few as can be: the order of the market. */
  readonly unitMicro: bigint;
  /** The same as a number, at most 2^53 − 1. */
  readonly order: number;
  /** How well its provider kept its orders. */
  readonly quality: number;
}

const ORDER_MAX = BigInt(Number.MAX_SAFE_INTEGER);

/** What an offer that fails no plain rule asks for the part. */
export function priced(offer: IndexedOffer, { part, demand }: Asked, quality: number): Priced {
  const { held, fixed, perCopy, units } = part;
  const { durationMs } = demand;
  let [heldMicro, baseMicro, countedMicro] = [0n, 0n, 0n];
  for (const price of offer.strategy.prices) {
    heldMicro += lineHoldMicro(price, { amounts: held, durationMs });
    baseMicro += lineHoldMicro(price, { amounts: fixed, durationMs });
    countedMicro += lineHoldMicro(price, { amounts: perCopy, durationMs });
  }
  const room = roomIn(offer.free, part);
  const subtasksMax = subtasksWithin(offer.strategy.limits, part);
  const unitMicro = heldMicro + share(countedMicro, units);
  const order = unitMicro < ORDER_MAX ? Number(unitMicro) : Number.MAX_SAFE_INTEGER;
  return { offer, baseMicro, heldMicro, countedMicro, room, subtasksMax, unitMicro, order, quality };
}

/** ⌈whole ÷ parts⌉. */
export function share(whole: bigint, parts: bigint): bigint {
  return whole === 0n ? 0n : quotient(whole + parts - 1n, parts);
}

/** What the smallest piece that could be of use costs. */
export function leastMicro({ baseMicro, heldMicro, countedMicro }: Priced, { part }: Asked): bigint {
  return baseMicro + heldMicro + share(countedMicro, part.unitsMax);
}

/** Whether even that is more than the whole demand may cost. */
export function isOverBudget(offer: Priced, asked: Asked): boolean {
  return leastMicro(offer, asked) > asked.demand.budgetMicro;
}

function roomIn(free: readonly Quantity[], { held, kind, unitsMax }: ExactPart): bigint {
  let room = unitsMax;
  for (const { meter, amount } of held) {
    const left = amountOf(free, meter);
    const most = kind.meters[meter]!.max;
    const fits = quotient(left < most ? left : most, amount);
    if (fits < room) room = fits;
  }
  return room;
}

function subtasksWithin(limits: readonly Quantity[], { fixed, perSubtask, subtasks }: ExactPart): bigint {
  let most = subtasks;
  for (const { meter, amount } of limits) {
    const each = amountOf(perSubtask, meter);
    if (each === 0n) continue;
    const fits = quotient(amount - amountOf(fixed, meter), each);
    if (fits < most) most = fits;
  }
  return most;
}

/** Offers of one part that are left to their conditions, the cheapest unit first, and how many were looked at. */
export interface Market {
  readonly asked: Asked;
  readonly offers: readonly Priced[];
  readonly considered: number;
}

export function marketOf(asked: Asked, offers: Iterable<IndexedOffer>, quality: (provider: bigint) => number): Market {
  const left: Priced[] = [];
  let considered = 0;
  for (const offer of offers) {
    considered += 1;
    if (failedRule(offer, asked) !== undefined) continue;
    const candidate = priced(offer, asked, quality(offer.provider));
    if (!isOverBudget(candidate, asked)) left.push(candidate);
  }
  return { asked, offers: left.sort(byUnit), considered };
}

/** Equal in price: the larger one, then the one that was published first. Most are told apart by a plain number, up to which all are exact. */
function byUnit(one: Priced, other: Priced): number {
  return (
    one.order - other.order ||
    ascending(one.unitMicro, other.unitMicro) ||
    ascending(one.baseMicro, other.baseMicro) ||
    ascending(other.room, one.room) ||
    ascending(other.subtasksMax, one.subtasksMax) ||
    ascending(one.offer.resource, other.offer.resource)
  );
}

/** What a provider's own conditions say of an offer: they may depend on how much is asked for. */
export type Admission = 'admitted' | 'refused' | 'by-amounts';

/** Candidates of one part: beyond, only the cheapest and the largest of the rest are kept. */
const CANDIDATES_MAX = 384;
const LARGEST_MAX = 64;
/** Offers kept of a need that is met whole by one of them. */
const WHOLE_MAX = 24;

/**
 * The offers that a best plan can need. One that is dearer in every figure and no larger than another can be replaced by it, unless the plan
 * uses that one too; a plan uses `depth` offers at most, so an offer with as many better ones is never needed. With `apart`, better ones of
 * other providers are counted by the provider, since a plan with copies must not use one twice. What remains is exact, whatever the sizes:
 * dear offers stay as long as they are larger. Conditions are asked in order of price, of those alone that are still needed.
 */
export function candidates(
  market: Market,
  of: {
    units: bigint;
    depth: number;
    apart: boolean;
    effort: Effort;
    admit: (offer: IndexedOffer) => Admission;
  },
): Priced[] {
  const { admit, effort } = of;
  const isWhole = market.asked.part.unitsMax === 1n;
  const found: Priced[] = [];
  /** Of these the conditions hold whatever is asked for, so they can stand in for others. */
  const sure: Priced[] = [];
  for (const offer of market.offers) {
    if ((isWhole && found.length >= WHOLE_MAX) || effort.left < 0) break;
    if (!isWhole && isSpare(offer, sure, of)) continue;
    const admission = admit(offer.offer);
    if (admission === 'refused') continue;
    found.push(offer);
    if (admission === 'admitted') sure.push(offer);
  }
  return bounded(found, of.units);
}

function isSpare(
  offer: Priced,
  sure: readonly Priced[],
  of: { units: bigint; depth: number; apart: boolean; effort: Effort },
): boolean {
  const { units, depth, apart, effort } = of;
  const { provider } = offer.offer;
  let own = 0;
  const others = new Set<bigint>();
  let other = 0;
  for (const better of sure) {
    effort.left -= 1;
    if (!isAsGood(better, offer, units)) continue;
    if (!apart) other += 1;
    else if (better.offer.provider === provider) own += 1;
    else {
      others.add(better.offer.provider);
      other = others.size;
    }
    if (own >= depth || other >= depth) return true;
  }
  return false;
}

function isAsGood(better: Priced, offer: Priced, units: bigint): boolean {
  return (
    better.heldMicro <= offer.heldMicro &&
    better.countedMicro <= offer.countedMicro &&
    better.baseMicro <= offer.baseMicro &&
    (better.room >= offer.room || better.room >= units) &&
    better.subtasksMax >= offer.subtasksMax
  );
}

function bounded(found: Priced[], units: bigint): Priced[] {
  if (found.length <= CANDIDATES_MAX) return found;
  const cheapest = found.slice(0, CANDIDATES_MAX - LARGEST_MAX);
  const clipped = ({ room }: Priced): bigint => (room < units ? room : units);
  const largest = found
    .slice(CANDIDATES_MAX - LARGEST_MAX)
    .toSorted((one, other) => ascending(clipped(other), clipped(one)))
    .slice(0, LARGEST_MAX);
  return [...cheapest, ...largest.sort(byUnit)];
}

/** Offers that a plan of one part uses at most, backups apart. */
export function piecesMax({ copies }: ExactPart): number {
  return PIECES_MAX * Number(copies);
}
