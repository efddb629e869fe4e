import { lesser, quotient } from '#ledger/core/integer.ts';
import type { IncentiveParameter, RewardFacts, RewardRates } from './definition.ts';

/** Rewards as pure functions of whole numbers, every quotient rounded down: the contract pays by them, and a page asks what would be. */

/** The rates of the parameters, wherever they are read from. */
export function ratesFrom(value: (name: IncentiveParameter) => bigint): RewardRates {
  return {
    poolMicro: value('incentivePoolMicro'),
    capPerMille: value('incentiveCapPerMille'),
    onlineMicro: value('incentiveOnlineMicro'),
    servedMicro: value('incentiveServedMicro'),
    feePerMille: value('incentiveFeePerMille'),
    voteMicro: value('incentiveVoteMicro'),
    votesMax: value('incentiveVotesMax'),
    validatorMicro: value('incentiveValidatorMicro'),
  };
}

const HOUR_MS = 3_600_000n;
const WHOLE = 1_000n;

/** The points of each rule. */
export interface RewardPoints {
  readonly online: bigint;
  readonly served: bigint;
  readonly votes: bigint;
  readonly consensus: bigint;
}

/** Served time counts up to a part of the fees that were paid for it: who buys from itself always pays more than it earns. */
export function pointsOf(facts: RewardFacts, rates: RewardRates): RewardPoints {
  const byTime = quotient(facts.servedMs * rates.servedMicro, HOUR_MS);
  const byFees = quotient(facts.feesMicro * rates.feePerMille, WHOLE);
  return {
    online: quotient(facts.online * rates.onlineMicro, WHOLE),
    served: lesser(byTime, byFees),
    votes: lesser(facts.votes, rates.votesMax) * rates.voteMicro,
    consensus: quotient(facts.consensus * rates.validatorMicro, WHOLE),
  };
}

export function sumOf({ online, served, votes, consensus }: RewardPoints): bigint {
  return online + served + votes + consensus;
}

/** What an account's points bring of a pool. A point is at most one micro-unit; what neither points nor the cap give away stays in the treasury. */
export function amountOf(
  points: bigint,
  { pointsOfAll, poolMicro, capPerMille }: { pointsOfAll: bigint; poolMicro: bigint; capPerMille: bigint },
): bigint {
  const share = pointsOfAll <= poolMicro ? points : quotient(points * poolMicro, pointsOfAll);
  return lesser(share, quotient(poolMicro * capPerMille, WHOLE));
}

/** What would be paid for these facts beside the points of all others [8.2.3-a]. */
export function whatIf(
  facts: RewardFacts,
  rates: RewardRates,
  of: { readonly pointsOfOthers: bigint; readonly treasuryMicro: bigint },
): { readonly points: RewardPoints; readonly poolMicro: bigint; readonly amountMicro: bigint } {
  const points = pointsOf(facts, rates);
  const poolMicro = lesser(rates.poolMicro, of.treasuryMicro);
  const sum = sumOf(points);
  const all = { pointsOfAll: of.pointsOfOthers + sum, poolMicro, capPerMille: rates.capPerMille };
  return { points, poolMicro, amountMicro: amountOf(sum, all) };
}
