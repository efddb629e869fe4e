import { NO_VOUCHER_KEY } from '#ledger/contracts/shared/voucher-fields.ts';
import { assert } from '#ledger/core/assert.ts';
import type { CommandContext, Decision, StateReader } from '#ledger/core/decision.ts';
import { remainder } from '#ledger/core/integer.ts';
import { fail, ok, type Result } from '#ledger/core/result.ts';
import type { Buyer } from '#ledger/contracts/agreement/order.ts';
import { BATCH_MAX } from '#ledger/contracts/demand/definition.ts';
import type { DemandRecord } from '#ledger/contracts/demand/record.ts';
import { epochEndAfter } from '#ledger/contracts/shared/epoch.ts';
import type { Struct } from '#ledger/contracts/shared/fields.ts';
import { planCodes as codes, planEvent, type PlanArgs, type PlanEvent } from './definition.ts';
import { batchWaiting } from './due-items.ts';
import { matchBatch } from './matching/batch.ts';
import { isBetter, valueOf, type Assignment, type MatchingValue } from './matching/value.ts';
import type { PlanNeeds } from './needs.ts';
import type { IndexedOffer } from './offers.ts';
import { orderOf } from './choice.ts';
import { readProposedMatch, readMatchings } from './record.ts';
import { Steps } from '#ledger/contracts/shared/steps.ts';
import { optionsOf, pairsOf, roomsOf, waitingOf, type Waiting } from './options.ts';

/** Elementary moves of one match, some 50 ms: it ends in time whatever is asked and offered. */
const STEPS_MAX = 3_000_000;
/** Demands that ask for it are matched together when the epoch ends [8.3.2-b]: nobody gains by being first in a block. */
export function awaitMatch<Event>(nowMs: bigint, needs: PlanNeeds<Event>): Decision<PlanEvent> {
  const atMs = epochEndAfter(nowMs, needs.parameter('epochMs'));
  return { events: [], cancel: [batchWaiting()], due: [{ ...batchWaiting(), atMs }] };
}

/** Each match begins one demand further on: who is never served does not stand before everybody else for good. */
function waiting<Event>(matching: bigint, nowMs: bigint, needs: PlanNeeds<Event>): Waiting[] {
  const demands = needs.waitingDemands();
  const start = demands.length === 0 ? 0 : Number(remainder(matching, BigInt(demands.length)));
  const inTurn = [...demands.slice(start), ...demands.slice(0, start)].map((id) => {
    const record = needs.demand(id);
    assert(record !== undefined, 'a demand that waits is there');
    return [id, record] as const;
  });
  return waitingOf(inTurn, nowMs, needs);
}

/** Due work: the epoch ended. The better of the contract's own match and the one that a broker proposed is bought, demand by demand. */
export function matchDemands<Event>(
  state: StateReader,
  nowMs: bigint,
  needs: PlanNeeds<Event>,
): Decision<PlanEvent | Event> {
  const asks = waiting(readMatchings(state), nowMs, needs);
  const rooms = roomsOf(asks);
  const own = matchBatch(asks, rooms, STEPS_MAX);
  const { pairs, broker } = better(state, { own, asks, rooms });
  const steps = new Steps<PlanEvent | Event>(state, needs.evolve);
  let [served, costMicro] = [0n, 0n];
  for (const { demand, resource } of pairs) {
    const spentMicro = buy(steps, { asks, demand, resource, nowMs }, needs);
    if (spentMicro === undefined) continue;
    served += 1n;
    costMicro += spentMicro;
  }
  const counts = { asked: BigInt(asks.length), matched: BigInt(pairs.length), served, costMicro };
  steps.add(planEvent('DemandsMatched', { matching: readMatchings(state), ...counts, broker, matchedAtMs: nowMs }));
  if (needs.at(steps.state).waitingDemands().length > 0) steps.take(awaitMatch(nowMs, needs));
  return steps.decision();
}

type Pairs = readonly Struct<'Pair'>[];

function better(
  state: StateReader,
  of: { own: Assignment; asks: readonly Waiting[]; rooms: ReturnType<typeof roomsOf> },
): { pairs: Pairs; broker: bigint } {
  const { asks, rooms } = of;
  const proposed = readProposedMatch(state);
  const ownValue = valueOf(of.own, asks, rooms);
  assert(ownValue !== undefined, 'the contract’s own match is feasible');
  const own = { pairs: pairsOf(of.own), broker: 0n };
  if (proposed === undefined) return own;
  const theirs = assignmentOf(proposed.pairs);
  const theirValue = valueOf(theirs, asks, rooms);
  const isTaken = theirValue !== undefined && isBetter(theirValue, ownValue);
  return isTaken ? { pairs: pairsOf(theirs), broker: proposed.broker } : own;
}

function assignmentOf(pairs: Pairs): Assignment {
  return new Map(pairs.map(({ demand, resource }) => [demand, resource]));
}

/** One demand of a match becomes an order; undefined when it cannot be paid, or its customer has too many: then it waits on. */
function buy<Event>(
  steps: Steps<PlanEvent | Event>,
  of: { asks: readonly Waiting[]; demand: bigint; resource: bigint; nowMs: bigint },
  needs: PlanNeeds<Event>,
): bigint | undefined {
  const { demand, nowMs } = of;
  const ask = of.asks.find(({ id }) => id === demand);
  const part = ask?.options.find(({ resource }) => resource === of.resource)?.part;
  assert(ask !== undefined && part !== undefined, 'a match pairs a demand with one of its offers');
  const { record } = ask;
  if (!needs.isKeyLive(record.customer, record.key, nowMs)) return undefined;
  const buyer: Buyer = { account: record.customer, key: record.key, nowMs };
  const there = needs.at(steps.state);
  // Bought while nobody is there who could sign vouchers.
  const keys = { encryptionKey: record.encryptionKey, voucherKey: NO_VOUCHER_KEY };
  const ordered = there.placeOrder({ record, parts: [part], ...keys }, buyer);
  const order = ordered.ok ? orderOf(ordered.value) : undefined;
  if (!ordered.ok || order === undefined) return undefined;
  steps.take(ordered.value);
  steps.take(needs.decideDemand(demand, record, nowMs));
  const { holdMicro } = part;
  const money = { broker: 0n, feeMicro: 0n, holdMicro, estimateMicro: holdMicro };
  const chosen = { demand, customer: record.customer, plan: 0n, aim: 'matched', order, ...money, chosenAtMs: nowMs };
  steps.add(planEvent('PlanChosen', chosen));
  return holdMicro;
}

/** A broker's match for the end of this epoch: checked in time linear in it, and kept if it is the best that was proposed [8.3.2-b]. */
export function proposeMatch<Event>(
  state: StateReader,
  { pairs }: PlanArgs<'ProposeMatch'>,
  ctx: CommandContext,
  needs: PlanNeeds<Event>,
): Result<Decision<PlanEvent>> {
  if (!needs.isBroker(ctx.account)) return fail(codes.BROKER_ROLE_REQUIRED);
  const value = valueOfPairs(pairs, ctx.nowMs, needs);
  if (value === undefined) return fail(codes.MATCH_INVALID);
  const best = readProposedMatch(state);
  // One that has become impossible since stands in nobody's way.
  const bestValue = best === undefined ? undefined : valueOfPairs(best.pairs, ctx.nowMs, needs);
  if (bestValue !== undefined && !isBetter(value, bestValue)) return fail(codes.MATCH_NOT_BETTER);
  const { served, costMicro } = value;
  const facts = { broker: ctx.account, pairs, served: BigInt(served), costMicro, proposedAtMs: ctx.nowMs };
  return ok({ events: [planEvent('MatchProposed', facts)] });
}

/** What a proposed match comes to now; undefined when it is none: a demand twice or not waiting, an offer that does not fit, too little room. */
function valueOfPairs<Event>(pairs: Pairs, nowMs: bigint, needs: PlanNeeds<Event>): MatchingValue | undefined {
  const assignment = assignmentOf(pairs);
  const isSound = pairs.length > 0 && pairs.length <= BATCH_MAX && assignment.size === pairs.length;
  const asks = isSound ? proposedAsks(pairs, nowMs, needs) : undefined;
  if (asks === undefined) return undefined;
  return valueOf(assignment, asks, roomsOf(asks));
}

/** The named demands with the one offer that each is to get; undefined when one does not wait, or its offer does not fit. */
function proposedAsks<Event>(pairs: Pairs, nowMs: bigint, needs: PlanNeeds<Event>): Waiting[] | undefined {
  const open = new Set(needs.waitingDemands());
  const named = new Set(pairs.map(({ resource }) => resource));
  const offered = new Map<string, IndexedOffer[]>();
  const asks: Waiting[] = [];
  for (const { demand, resource } of pairs) {
    const record: DemandRecord | undefined = open.has(demand) ? needs.demand(demand) : undefined;
    if (record === undefined) return undefined;
    const kind = record.needs[0]?.kind ?? '';
    const there = offered.get(kind) ?? [...needs.offers(kind)].filter((offer) => named.has(offer.resource));
    offered.set(kind, there);
    const offers = there.filter((offer) => offer.resource === resource);
    const options = optionsOf({ record, nowMs, offers }, needs);
    if (options.length === 0) return undefined;
    asks.push({ id: demand, record, options });
  }
  return asks;
}
