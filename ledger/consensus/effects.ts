import type {
  Address,
  Height,
  NoRound,
  Proposal,
  Round,
  SignedProposal,
  SignedVote,
  Timeout,
  Timeouts,
  ValidatorSet,
  ValueId,
  Vote,
} from './types.ts';

/**
 * What the shell feeds to the driver. Every input that changes the state (`result.state !== state`) is appended to the write-ahead
 * log before an effect of it is carried out; README.md says when that log is synced.
 */
export type Input =
  StartHeight | ProposalReceived | VoteReceived | ValueBuilt | ValueChecked | TimeoutElapsed | Restored;

/**
 * Begins a height at round 0 (L10), also a later one than the next after block sync. Ignored unless above the height the driver is
 * in. `replay: true` after a restart: effects are withheld until `restored`.
 */
export interface StartHeight {
  readonly kind: 'start-height';
  readonly height: Height;
  readonly validators: ValidatorSet;
  /** Of the next height: whose messages for it are kept meanwhile. Absent: the same. */
  readonly nextValidators?: ValidatorSet;
  readonly timeouts: Timeouts;
  readonly replay?: boolean;
}

/** A proposal of anybody, the own one too once it is signed. Its signature is good and its content is at hand. */
export interface ProposalReceived {
  readonly kind: 'proposal';
  readonly signed: SignedProposal;
}

/** A vote of anybody, the own one too once it is signed. Its signature is good. */
export interface VoteReceived {
  readonly kind: 'vote';
  readonly signed: SignedVote;
}

/** Answers `build-value`; by building it the shell vouches that it is valid and timely. */
export interface ValueBuilt {
  readonly kind: 'value-built';
  readonly height: Height;
  readonly round: Round;
  readonly valueId: ValueId;
}

/**
 * Answers `check-value` for the proposal of `round`.
 * - `valid`: the application accepts it, and with validRound −1 its time is within the bound of the own clock.
 * - `untimely`: the application accepts it, its time is outside the bound: no prevote for it at L22, but a polka may still carry it.
 * - `invalid`: the application refuses it, for good.
 * - `unknown`: cannot be checked now; the driver forgets the proposal, feed it again to try again.
 */
export interface ValueChecked {
  readonly kind: 'value-checked';
  readonly height: Height;
  readonly round: Round;
  readonly valueId: ValueId;
  readonly verdict: Verdict;
}

export type Verdict = 'valid' | 'untimely' | 'invalid' | 'unknown';

/** A timer of `schedule-timeout` went off. Late ones are ignored: timers need no cancelling. */
export interface TimeoutElapsed {
  readonly kind: 'timeout-elapsed';
  readonly timeout: Timeout;
}

/** Every recorded input has been fed again: emits what is still to be done and the own messages to send again. */
export interface Restored {
  readonly kind: 'restored';
}

/** What the shell carries out, in this order. `build-value`, `check-value`, `sign-*` and `schedule-timeout` are answered by inputs. */
export type Effect =
  | BuildValue
  | CheckValue
  | SignProposal
  | SignVote
  | SendAgain
  | Deliver
  | ScheduleTimeout
  | Decided
  | VoteEvidence
  | ProposalEvidence
  | NeedProposal
  | Halt;

/** getValue() (L18). Answer with `value-built`, or not at all: the propose timeout runs. */
export interface BuildValue {
  readonly kind: 'build-value';
  readonly height: Height;
  readonly round: Round;
}

/** valid(v). Answer with `value-checked`. The clock is asked only when validRound is −1. */
export interface CheckValue {
  readonly kind: 'check-value';
  readonly height: Height;
  readonly round: Round;
  readonly valueId: ValueId;
  readonly validRound: Round | NoRound;
}

/** Sign it, feed it back as `proposal`, record it, sync, then send it with its content. */
export interface SignProposal {
  readonly kind: 'sign-proposal';
  readonly proposal: Proposal;
}

/** Sign it, feed it back as `vote`, record it (a precommit for a value in one write with the content), sync, then send it. */
export interface SignVote {
  readonly kind: 'sign-vote';
  readonly vote: Vote;
}

/** An own message of before the restart: send it as it stands, sign nothing. */
export interface SendAgain {
  readonly kind: 'send-again';
  readonly message: SignedProposal | SignedVote;
}

/** Messages of the height just started that came before it: feed each as an input now (so that each is recorded like any other). */
export interface Deliver {
  readonly kind: 'deliver';
  readonly messages: readonly (SignedProposal | SignedVote)[];
}

/** Feed `timeout-elapsed` after `durationMs`. */
export interface ScheduleTimeout {
  readonly kind: 'schedule-timeout';
  readonly timeout: Timeout;
  readonly durationMs: number;
}

/** decision[h] = v (L51). Apply it, then start the next height. `precommits` are one per validator, > 2/3 of the power, in set order. */
export interface Decided {
  readonly kind: 'decided';
  readonly height: Height;
  readonly round: Round;
  readonly valueId: ValueId;
  readonly proposal: SignedProposal;
  readonly precommits: readonly SignedVote[];
}

/** Two different votes of one validator in one round and kind. At most one per validator, round and kind. */
export interface VoteEvidence {
  readonly kind: 'vote-evidence';
  readonly validator: Address;
  readonly first: SignedVote;
  readonly second: SignedVote;
}

/** Two different proposals by the proposer of a round: for the log, it costs nothing by itself. */
export interface ProposalEvidence {
  readonly kind: 'proposal-evidence';
  readonly first: SignedProposal;
  readonly second: SignedProposal;
}

/** More than 2/3 prevoted in this round, or precommitted in any, a value whose proposal is not here: ask the peers for it. Once per round and value. */
export interface NeedProposal {
  readonly kind: 'need-proposal';
  readonly height: Height;
  readonly round: Round;
  readonly valueId: ValueId;
}

/** More than 2/3 precommitted a value that the own application refuses: one of them is broken. Stop the validator with a sentence. */
export interface Halt {
  readonly kind: 'halt';
  readonly height: Height;
  readonly round: Round;
  readonly valueId: ValueId;
}
