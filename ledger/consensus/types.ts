/** Height of a block, from 1. */
export type Height = bigint & { readonly __brand: 'Height' };

/** Round within a height: an integer in [0, 2³¹). */
export type Round = number & { readonly __brand: 'Round' };

/** The paper's −1 in lockedRound, validRound and a proposal's validRound: "none". */
export const NO_ROUND = -1;
export type NoRound = typeof NO_ROUND;

/**
 * What is decided on, opaque here: two ids are the same value exactly if the strings are equal. The embedded engine uses the
 * lower-case hex of the block's hash (and of whatever else a vote signs about the block). At most 128 characters.
 */
export type ValueId = string & { readonly __brand: 'ValueId' };

/** A validator: lower-case hex of its 20-byte address. */
export type Address = string & { readonly __brand: 'Address' };

export function height(value: bigint): Height {
  return value as Height;
}

export function round(value: number): Round {
  return value as Round;
}

export function valueId(hex: string): ValueId {
  return hex as ValueId;
}

export function address(hex: string): Address {
  return hex as Address;
}

/** The paper's step. `commit` is ours: the height is decided and the next one has not been started. */
export type Step = 'propose' | 'prevote' | 'precommit' | 'commit';

export type VoteKind = 'prevote' | 'precommit';

/** ⟨PREVOTE, h, r, id⟩ or ⟨PRECOMMIT, h, r, id⟩; `valueId: null` is nil. */
export interface Vote {
  readonly kind: VoteKind;
  readonly height: Height;
  readonly round: Round;
  readonly valueId: ValueId | null;
  readonly validator: Address;
}

/** A vote with what its validator signed; the shell has verified the signature before the driver sees it. */
export interface SignedVote {
  readonly vote: Vote;
  /** Part of the signed bytes (CanonicalVote), without meaning to consensus. */
  readonly timestampMs: bigint;
  readonly signature: Uint8Array;
}

/** ⟨PROPOSAL, h, r, v, validRound⟩. The content of v stays with the shell, under its id. */
export interface Proposal {
  readonly height: Height;
  readonly round: Round;
  readonly valueId: ValueId;
  readonly validRound: Round | NoRound;
  readonly proposer: Address;
}

/** A proposal whose signature the shell has verified and whose content it holds. */
export interface SignedProposal {
  readonly proposal: Proposal;
  /** Part of the signed bytes (CanonicalProposal), without meaning to consensus. */
  readonly timestampMs: bigint;
  readonly signature: Uint8Array;
}

export interface Validator {
  readonly address: Address;
  /** Positive; the sum over a set is below 2⁵³. */
  readonly power: number;
}

/** In the order of the set (CometBFT: by power descending, then address ascending); the proposer rotates through it. */
export interface ValidatorSet {
  readonly validators: readonly Validator[];
}

/** Which timer: the paper's timeoutPropose, timeoutPrevote, timeoutPrecommit. */
export interface Timeout {
  readonly step: 'propose' | 'prevote' | 'precommit';
  readonly height: Height;
  readonly round: Round;
}

/** timeoutX(r) = initialMs + r · deltaMs, integers of milliseconds. */
export interface TimeoutLength {
  readonly initialMs: number;
  readonly deltaMs: number;
}

export interface Timeouts {
  readonly propose: TimeoutLength;
  readonly prevote: TimeoutLength;
  readonly precommit: TimeoutLength;
}
