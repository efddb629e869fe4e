import type { Address, SignedVote, ValidatorSet, ValueId } from './types.ts';
import { isQuorum, powerOf } from './validators.ts';

/** The votes of one kind in one round. Powers count a validator once per value and once in `totalPower`, however often it voted. */
export interface Tally {
  /** Per validator: the first vote, then contradicting ones as far as `addVote` keeps them. */
  readonly votes: ReadonlyMap<Address, readonly SignedVote[]>;
  readonly powers: ReadonlyMap<ValueId | null, number>;
  readonly totalPower: number;
}

export const EMPTY_TALLY: Tally = { votes: new Map(), powers: new Map(), totalPower: 0 };

export interface VoteAdded {
  readonly tally: Tally;
  /** Set when this vote is the first to contradict an earlier one of the same validator. */
  readonly contradicts?: SignedVote;
}

/**
 * Adds the vote of a member of the set (A10). An equivocator's second vote is evidence and is counted for its value too, as in the paper,
 * where a quorum is a set of messages: a polka that others saw must become visible here. Further ones count only for a value that
 * somebody else voted for, which bounds them by the number of validators. What is not kept leaves the tally as it is.
 */
export function addVote(tally: Tally, signed: SignedVote, power: number): VoteAdded {
  const { validator, valueId } = signed.vote;
  const earlier = tally.votes.get(validator) ?? [];
  if (earlier.some((other) => other.vote.valueId === valueId)) return { tally };
  if (earlier.length > 1 && !tally.powers.has(valueId)) return { tally };
  const next: Tally = {
    votes: new Map(tally.votes).set(validator, [...earlier, signed]),
    powers: new Map(tally.powers).set(valueId, (tally.powers.get(valueId) ?? 0) + power),
    totalPower: tally.totalPower + (earlier.length === 0 ? power : 0),
  };
  return earlier.length === 1 ? { tally: next, contradicts: earlier[0] } : { tally: next };
}

/** Forgets a validator's votes: used to bound what is kept of rounds ahead. */
export function removeVotes(tally: Tally, validator: Address, power: number): Tally {
  const removed = tally.votes.get(validator);
  if (removed === undefined) return tally;
  const votes = new Map(tally.votes);
  votes.delete(validator);
  const powers = new Map(tally.powers);
  for (const signed of removed) {
    const left = (powers.get(signed.vote.valueId) ?? 0) - power;
    if (left > 0) powers.set(signed.vote.valueId, left);
    else powers.delete(signed.vote.valueId);
  }
  return { votes, powers, totalPower: tally.totalPower - power };
}

/** 2f + 1 votes for this value, `null` being nil. */
export function hasQuorumFor(tally: Tally, set: ValidatorSet, valueId: ValueId | null): boolean {
  return isQuorum(set, tally.powers.get(valueId) ?? 0);
}

/** 2f + 1 votes for anything, nil included (A1). */
export function hasQuorumForAny(tally: Tally, set: ValidatorSet): boolean {
  return isQuorum(set, tally.totalPower);
}

/** The values, nil excluded (A1), with 2f + 1 votes: more than one only if a third of the power is faulty. */
export function quorumValues(tally: Tally, set: ValidatorSet): ValueId[] {
  const values: ValueId[] = [];
  for (const [valueId, power] of tally.powers) {
    if (valueId !== null && isQuorum(set, power)) values.push(valueId);
  }
  return values;
}

/** The votes for this value in the order of the set. */
export function votesFor(tally: Tally, set: ValidatorSet, valueId: ValueId | null): SignedVote[] {
  const found: SignedVote[] = [];
  for (const { address } of set.validators) {
    const signed = tally.votes.get(address)?.find((other) => other.vote.valueId === valueId);
    if (signed !== undefined) found.push(signed);
  }
  return found;
}

/** Whether one-vote-per-validator votes of the set reach the quorum: what makes a certificate. */
export function isCertificate(votes: readonly SignedVote[], set: ValidatorSet): boolean {
  const powers = new Map(votes.map(({ vote }) => [vote.validator, powerOf(set, vote.validator)]));
  if (powers.size !== votes.length) return false;
  let total = 0;
  for (const power of powers.values()) total += power;
  return isQuorum(set, total);
}
