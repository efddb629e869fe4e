import type { DemandStatus } from '#ledger/contracts/demand/definition.ts';
import type { RangeRunDto } from './demand-dto.ts';
import type { AccountRef, PageOf } from './dto.ts';

/** A plan that a broker proposed, and what became of it. */
export interface MatchDto {
  demand: number;
  status: DemandStatus;
  kinds: string[];
  customer: AccountRef;
  /** Its number among the demand's plans. */
  plan: number;
  totalMicro: string;
  feeMicro: string;
  proposedAtMs: number;
  /** The customer chose this one: its fee was paid then. */
  isChosen: boolean;
}

export interface MatchesDto extends PageOf<MatchDto> {
  /** Of all plans of the broker, whatever page is shown. */
  chosen: number;
  earnedMicro: string;
}

/** What came of the demands that waited together for the end of an epoch. */
export interface MatchingDto {
  matching: number;
  /** Demands that waited, those for which an offer was found, and those that were bought: who could not pay waits on. */
  asked: number;
  matched: number;
  served: number;
  /** The most that what was bought can cost. */
  costMicro: string;
  /** The broker whose proposal was taken; null: the contract's own match. */
  broker: AccountRef | null;
  matchedAtMs: number;
}

export interface MatchingsDto extends PageOf<MatchingDto> {
  /** Open demands that wait for the next one. */
  waiting: number;
  /** When the epoch ends: the match comes with the first block from then on. */
  nextAtMs: number;
  epochMs: number;
}

/** A range that one of a provider's orders has, or had, to run. */
export interface OwnRangeDto extends Omit<RangeRunDto, 'provider'> {
  demand: number;
  range: number;
  first: number;
  count: number;
}
