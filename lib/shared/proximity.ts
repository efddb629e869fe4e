import type { LeavingReason, Part } from '#ledger/contracts/prose/definition.ts';
import type { TerminateCause } from '#ledger/contracts/prose/terminate-cause.ts';
import type { AccountRef, AsOf } from './dto.ts';
import type { AttestationDto } from './identity.ts';

/** Sums over the recorded sessions of an account; zeros before the first. */
export interface StandingDto {
  sessions: number;
  begunSessions: number;
  keptPerMilleSum: number;
  disconnects: number;
  evaluations: number;
  scoreSum: number;
}

/** One relay of the pool with everything that a recommendation is made of. All of it is public. */
export interface CandidateDto extends StandingDto {
  resource: number;
  title: string;
  owner: AccountRef;
  operator: AccountRef;
  /** Latitude and longitude in tenths of a degree, `47.6,-122.3`. */
  cell: string;
  roundTripMs: number;
  connections: number;
  free: number;
  /** Of the owner, 0 to 1000. */
  credit: number;
}

/** The pool as it is at one height, and the weights in force. */
export interface PoolDto {
  candidates: CandidateDto[];
  /** False: there are more, which are not among them. */
  isWhole: boolean;
  weights: Record<Part, number>;
  asOf: AsOf;
}

/** How a line was, as one side measured it. `bytesPerS` 0: not measured. */
export interface LineDto {
  roundTripMs: number;
  jitterMs: number;
  bytesPerS: number;
  lossPerMille: number;
}

/** A session as its parties and its operator read it. */
export interface ProximitySessionDto {
  agreement: number;
  resource: number;
  serviceNode: AccountRef;
  userNode: AccountRef;
  operator: AccountRef;
  /** Null for one that never began. */
  startMs: number | null;
  sessionMs: number;
  keptPerMille: number;
  inputBytes: number;
  outputBytes: number;
  terminateCause: TerminateCause;
  isDisconnect: boolean;
  paidMs: number;
  dueMicro: string;
  recordedAtMs: number;
  /** What the service node measured; null where it said nothing. */
  measured: LineDto | null;
  /** What the user node said; null until it did. */
  evaluation: ({ score: number } & LineDto) | null;
}

export interface TariffDto {
  microPerMinute: string;
  budgetMicro: string;
}

/** What an operator paid an account at the end of an epoch. */
export interface TariffPaymentDto {
  operator: AccountRef;
  to: AccountRef;
  paidAtMs: number;
  sessions: number;
  paidMs: number;
  dueMicro: string;
  amountMicro: string;
}

/** A relay of one's own, and how it stands to the pool. */
export interface OwnRelayDto {
  resource: number;
  title: string;
  /** Null where it states no place. */
  cell: string | null;
  isOnOffer: boolean;
  /** Null for one that is not in the pool. */
  joinedAtMs: number | null;
  /** How it left the pool last; null for one that is in it, or never was. */
  left: { reason: LeavingReason; atMs: number } | null;
  /** What a recommendation is made of; null for one that is not in the pool. */
  candidate: CandidateDto | null;
}

/** What a provider sees of its service nodes. */
export interface ServiceNodeDto {
  identifiedBy: AttestationDto | null;
  /** Of the operator that identified the account; null: it pays nothing on top. */
  tariff: TariffDto | null;
  relays: OwnRelayDto[];
  standing: StandingDto;
  sessions: ProximitySessionDto[];
  payments: TariffPaymentDto[];
  /** From customers, after the fee, for the sessions that were recorded; and from operators by their tariffs. */
  earnedMicro: string;
  paidMicro: string;
  weights: Record<Part, number>;
  asOf: AsOf;
}

/** What an operator sees of the service nodes that it identified. */
export interface ProximityNetworkDto {
  candidates: CandidateDto[];
  tariff: TariffDto | null;
  /** Length of an epoch in ms: the budget is for one. */
  epochMs: number;
  sessions: ProximitySessionDto[];
  sessionCount: number;
  payments: TariffPaymentDto[];
  paidMicro: string;
  asOf: AsOf;
}
