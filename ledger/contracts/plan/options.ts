import { assert } from '#ledger/core/assert.ts';
import { ascending } from '#ledger/core/integer.ts';
import type { DemandRecord } from '#ledger/contracts/demand/record.ts';
import type { Struct } from '#ledger/contracts/shared/fields.ts';
import { holdMicroOf } from '#ledger/contracts/shared/price.ts';
import { amountOf } from '#ledger/contracts/shared/terms.ts';
import type { ConditionNeeds } from './admissions.ts';
import { failedRule } from './candidates.ts';
import { exactOf } from './exact.ts';
import type { Assignment, Option, Room } from './matching/value.ts';
import type { IndexedOffer } from './offers.ts';

/** Offers of one demand that a match looks at: the cheapest that admit it. */
const OPTIONS_MAX = 20;
/** Strategies that are asked for one demand at most. */
const ASKED_MAX = 64;

/** An offer that fits a demand, as it would be bought. */
interface Fitting extends Option {
  readonly part: Struct<'Part'>;
  readonly offer: IndexedOffer;
}

/** A demand that waits for a match, with the offers that fit it, cheapest first. */
export interface Waiting {
  /** Of the demand. */
  readonly id: bigint;
  readonly record: DemandRecord;
  readonly options: readonly Fitting[];
}

/** Offers that a demand of one whole need can be bought from within its budget. */
export function optionsOf(
  of: { record: DemandRecord; nowMs: bigint; offers: readonly IndexedOffer[] },
  needs: ConditionNeeds,
): Fitting[] {
  const { record, nowMs, offers } = of;
  const { customer, purpose, fieldOfBusiness, durationMs, budgetMicro } = record;
  const [exact] = exactOf(record).parts;
  assert(exact !== undefined, 'a demand that waits for a match has one need');
  const { amounts, choices } = exact.need;
  const priced = offers
    .filter((offer) => failedRule(offer, { part: exact, demand: record, nowMs }) === undefined)
    .map((offer) => ({ offer, costMicro: holdMicroOf(offer.strategy.prices, { amounts, durationMs }) }))
    .filter(({ costMicro }) => costMicro <= budgetMicro)
    .toSorted(
      (left, right) =>
        ascending(left.costMicro, right.costMicro) || ascending(left.offer.resource, right.offer.resource),
    );
  const found: Fitting[] = [];
  for (const { offer, costMicro } of priced.slice(0, ASKED_MAX)) {
    if (found.length >= OPTIONS_MAX) break;
    const { resource, provider, strategyVersion, free } = offer;
    const use = { resource, provider, strategyVersion, durationMs, choices, amounts };
    if (needs.failedConditions({ purpose, fieldOfBusiness, ...use }, customer, nowMs).length > 0) continue;
    const part = { ...use, holdMicro: costMicro, backup: [] };
    found.push({ resource, costMicro, amounts: free.map(({ meter }) => amountOf(amounts, meter)), part, offer });
  }
  return found;
}

/** Pairs of a demand and an offer that one match prices; demands beyond wait for the next. */
const PRICED_MAX = 100_000;

/** Demands in this order, as many as one match prices, each with the offers that fit it. */
export function waitingOf(
  demands: Iterable<readonly [id: bigint, record: DemandRecord]>,
  nowMs: bigint,
  needs: ConditionNeeds & { offers(kind: string): Iterable<IndexedOffer> },
): Waiting[] {
  const offers = new Map<string, readonly IndexedOffer[]>();
  const found: Waiting[] = [];
  let priced = 0;
  for (const [id, record] of demands) {
    const kind = record.needs[0]?.kind ?? '';
    const all = offers.get(kind) ?? [...needs.offers(kind)];
    offers.set(kind, all);
    priced += all.length;
    if (priced > PRICED_MAX && found.length > 0) break;
    found.push({ id, record, options: optionsOf({ record, nowMs, offers: all }, needs) });
  }
  return found;
}

/** An assignment in the order of its demands, as it is signed. */
export function pairsOf(assignment: Assignment): Struct<'Pair'>[] {
  return [...assignment]
    .map(([demand, resource]) => ({ demand, resource }))
    .toSorted((left, right) => ascending(left.demand, right.demand));
}

/** What the offers of these demands have free, each once. */
export function roomsOf(waiting: readonly Waiting[]): Room[] {
  const rooms = new Map<bigint, Room>();
  for (const { options } of waiting)
    for (const { resource, offer } of options)
      rooms.set(resource, { resource, free: offer.free.map(({ amount }) => amount) });
  return [...rooms.values()];
}
