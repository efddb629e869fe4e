import type { UnrewardedReason, RewardFacts, RewardRates } from '#ledger/contracts/incentive/definition.ts';
import type { AccountRef, AsOf, PageOf } from './dto.ts';

/** What an account was paid for one epoch of rewards: the facts, the rates of the epoch, and what followed. Amounts are micro-units in decimal. */
export interface RewardDto {
  epoch: number;
  /** Whole numbers, as the rules take them. */
  facts: RewardFacts;
  rates: RewardRates;
  pointsOfAll: string;
  poolMicro: string;
  amountMicro: string;
  paidAtMs: number;
}

/** The epoch that runs: what is recorded of the account so far, beside the points of everybody else. */
export interface RunningRewardsDto {
  epoch: number;
  facts: RewardFacts;
  rates: RewardRates;
  pointsOfOthers: bigint;
  endsAtMs: number;
}

/** A settled order that earned its provider nothing. `name` as the provider knows it. */
export interface UnrewardedDto {
  agreement: { id: number; name: string };
  customer: AccountRef;
  reason: UnrewardedReason;
  atMs: number;
}

export interface OwnRewardsDto {
  account: AccountRef;
  isIdentified: boolean;
  /** Rates that a vote decided last: those of the next epoch. */
  rates: RewardRates;
  treasuryMicro: bigint;
  /** Null between two epochs: the next fact opens one. */
  running: RunningRewardsDto | null;
  /** Of all epochs. */
  earnedMicro: string;
  rewards: PageOf<RewardDto>;
  /** The newest, at most twenty, of so many. */
  unrewarded: { items: UnrewardedDto[]; total: number };
}

/** What everybody reads of rewards. */
export interface NetworkRewardsDto {
  /** What an epoch shares at most, as votes decided last. */
  poolMicro: string;
  treasuryMicro: string;
  /** Every token that there is: free, held and the treasury's. */
  supplyMicro: string;
  paidMicro: string;
  /** The last that was paid; null before. */
  last: { epoch: number; accounts: number; points: string; sharedMicro: string; paidMicro: string } | null;
  asOf: AsOf;
}
