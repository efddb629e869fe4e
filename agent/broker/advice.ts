import { createHash } from 'node:crypto';
import { utf8 } from '#ledger/core/bytes.ts';
import { quotient } from '#ledger/core/integer.ts';
import type { Wanted } from '#ledger/contracts/agreement/application.ts';
import type { MethodArgs } from '#ledger/contracts/definitions.ts';
import type { DemandRecord } from '#ledger/contracts/demand/record.ts';
import { findKind } from '#ledger/contracts/kinds/kinds.ts';
import { analyse, type Analysis, type AnalysisNeeds } from '#ledger/contracts/plan/analysis.ts';
import { PROPOSED_PLANS_MAX } from '#ledger/contracts/plan/definition.ts';
import { matchBatch } from '#ledger/contracts/plan/matching/batch.ts';
import { isBetter, valueOf } from '#ledger/contracts/plan/matching/value.ts';
import { pairsOf, roomsOf, waitingOf } from '#ledger/contracts/plan/options.ts';
import { whyNot, type WhyNot } from '#ledger/contracts/plan/why-not.ts';
import { failedConditions } from '#ledger/contracts/strategy/admission.ts';
import type { FailedCondition } from '#ledger/contracts/strategy/definition.ts';
import { compileRule } from '#ledger/contracts/strategy/rule.ts';
import { standingPlans, type CopiedDemand, type MarketCopy } from './market-copy.ts';

const PER_MILLE = 1_000n;
/** Steps of one match: some five times the contract's own. */
const MATCH_STEPS_MAX = 15_000_000;
/** What every provider counts as here: histories of orders are between their parties, and the broker is none. */
const QUALITY = 1_000;

/** What of an applicant stands with the ledger alone: the broker judges no rule that reads it. */
function readsApplicant(rule: string): boolean {
  const compiled = compileRule(rule);
  return typeof compiled === 'string' || compiled.reads.some((name) => /^applicant\.(?!account$)/.test(name));
}

/**
 * Conditions that do not hold by the contract's own rules, and those that only the ledger can judge. Undefined resources and kinds do not
 * come: what is asked about was offered by the copy.
 */
function conditionsOf(copy: MarketCopy, wanted: Wanted, account: bigint, nowMs: bigint): FailedCondition[] {
  const resource = copy.resources.get(wanted.resource);
  const kind = findKind(resource?.published.kind ?? '');
  const strategy = resource?.strategy?.strategy;
  if (resource === undefined || kind === undefined || strategy === undefined)
    return [unjudged('it is not in the copy')];
  const { purpose, fieldOfBusiness: field, durationMs, choices, amounts } = wanted;
  const hidden = strategy.conditions.filter(({ rule }) => readsApplicant(rule));
  const failed = failedConditions(
    { ...strategy, conditions: strategy.conditions.filter((condition) => !hidden.includes(condition)) },
    kind,
    {
      applicant: {
        account,
        roles: [],
        accountAgeMs: 0n,
        completedOrders: 0n,
        brokenOrders: 0n,
        credit: 0n,
        identifiedBy: 0n,
      },
      use: { purpose, field, durationMs, choices, amounts },
      resource: { tags: resource.published.tags, kind: resource.published.kind },
      nowMs,
    },
  );
  return [
    ...failed,
    ...hidden.map(({ sentence }) => unjudged(`only the ledger knows whether this holds: ${sentence}`)),
  ];
}

function unjudged(sentence: string): FailedCondition {
  return { index: -1n, sentence, values: [], error: '' };
}

/** The market as the planner asks for it, answered by the copy. */
export function needsOf(copy: MarketCopy): AnalysisNeeds {
  return {
    offers: (kind) => copy.offers(kind),
    failedConditions: (wanted, account, nowMs) => conditionsOf(copy, wanted, account, nowMs),
    quality: () => QUALITY,
  };
}

/** The ledger's time as far as the copy reaches: contracts know no other. */
function ledgerNow(copy: MarketCopy): bigint {
  return BigInt(copy.asOf?.timeMs ?? 0);
}

export interface Recommendation {
  readonly analysis: Analysis;
  readonly whyNot: WhyNot;
}

/** Which resources fit a demand and why, which plans they make, and what keeps the others out, by the contract's own rules [8.3.2-a, 8.4.2-c]. */
export function recommend(copy: MarketCopy, { published }: CopiedDemand, after: bigint): Recommendation {
  const nowMs = ledgerNow(copy);
  const needs = needsOf(copy);
  return { analysis: analyse(published, nowMs, needs), whyNot: whyNot({ demand: published, nowMs, after }, needs) };
}

export interface Proposal<Method extends 'ProposePlan' | 'ProposeMatch'> {
  /** The same for what would be the same: nothing is proposed twice. */
  readonly id: string;
  readonly args: MethodArgs[Method];
}

/** What a plan of this broker adds to what it holds, in micro-units, rounded down. */
function feeOf(holdMicro: bigint, feePerMille: bigint): bigint {
  return quotient(holdMicro * feePerMille, PER_MILLE);
}

/** One plan for each analysis of the contract at most. */
export function planId({ published, analysed }: CopiedDemand): string {
  return `plan D-${published.demand} ${analysed?.madeAtMs ?? 0n}`;
}

/**
 * The plan that the broker would set beside those of a demand: one where none stands, or a cheaper one with its fee, within the budget. One
 * at most for each analysis of the contract, and none while nothing was analysed or brokers have proposed as many as it takes.
 */
export function planFor(
  copy: MarketCopy,
  demand: CopiedDemand,
  feePerMille: number,
): Proposal<'ProposePlan'> | undefined {
  const { published, analysed, proposed } = demand;
  const nowMs = ledgerNow(copy);
  const isOpen = !published.batch && published.customer !== copy.account && published.openUntilMs > nowMs;
  if (!isOpen || analysed === undefined || analysed.expiresAtMs <= nowMs) return undefined;
  if (proposed.length >= PROPOSED_PLANS_MAX || proposed.some(({ broker }) => broker === copy.account)) return undefined;
  const perMille = BigInt(feePerMille);
  // So that the hold and the fee on it are within the budget together.
  const budgetMicro = quotient(published.budgetMicro * PER_MILLE, PER_MILLE + perMille);
  const { plans } = analyse({ ...published, budgetMicro }, nowMs, needsOf(copy));
  const [own] = plans.toSorted((left, right) => (left.holdMicro < right.holdMicro ? -1 : 1));
  if (own === undefined) return undefined;
  const feeMicro = feeOf(own.holdMicro, perMille);
  const totalMicro = own.holdMicro + feeMicro;
  const others = standingPlans(demand, nowMs).map((plan) => plan.holdMicro + plan.feeMicro);
  if (others.some((other) => other <= totalMicro)) return undefined;
  const { parts, shares } = own;
  const args = { demand: published.demand, parts, shares, feeMicro };
  return { id: planId(demand), args };
}

/** A match of the demands that wait for one, when it is better than the best that was proposed for this epoch [8.3.2-b]. */
export function matchFor(copy: MarketCopy): Proposal<'ProposeMatch'> | undefined {
  const nowMs = ledgerNow(copy);
  const needs = needsOf(copy);
  const open = [...copy.demands.values()]
    .filter(({ published }) => published.batch && published.openUntilMs > nowMs)
    .map(({ published }): [bigint, DemandRecord] => [published.demand, { ...published, status: 'open' }]);
  const waiting = waitingOf(open, nowMs, needs);
  const rooms = roomsOf(waiting);
  const found = matchBatch(waiting, rooms, MATCH_STEPS_MAX);
  const value = valueOf(found, waiting, rooms);
  if (value === undefined || found.size === 0) return undefined;
  const { match } = copy;
  if (match !== undefined && !isBetter(value, { served: Number(match.served), costMicro: match.costMicro }))
    return undefined;
  const pairs = pairsOf(found);
  const text = pairs.map(({ demand, resource }) => `${demand}:${resource}`).join(',');
  const digest = createHash('sha256').update(utf8(text)).digest('hex').slice(0, 32);
  return { id: `match ${copy.matching} ${digest}`, args: { pairs } };
}
