import type { Message } from './early.ts';
import { roundLog, type MessageLog, type RoundLog } from './log.ts';
import type { State } from './state.ts';
import { NO_ROUND, round, type Height, type Round, type SignedVote, type ValidatorSet, type ValueId } from './types.ts';
import type { Tally } from './votes.ts';

/** Rounds that a status tells about and an answer covers. */
export const STATUS_ROUNDS_MAX = 16;

/** Messages in one answer; the next status gets the rest. */
export const ANSWER_MESSAGES_MAX = 256;

/** A12. What a node has of its height: sent to the peers while it makes no progress, so that they can send what it lacks. */
export interface Status {
  readonly height: Height;
  readonly round: Round;
  readonly rounds: readonly RoundStatus[];
}

export interface RoundStatus {
  readonly round: Round;
  readonly proposals: readonly ValueId[];
  readonly prevotes: readonly VotesHeld[];
  readonly precommits: readonly VotesHeld[];
}

/** Bit i of `members`: the vote of the i-th validator of the set for this value (null: nil) is here. */
export interface VotesHeld {
  readonly valueId: ValueId | null;
  readonly members: bigint;
}

/** What this node has; polkas that a proposal refers to are told about too, even where nothing of them has come. */
export function statusOf(state: State): Status {
  const first = [state.round, ...polkaRounds(state.log), ...keptRounds(state)];
  const rounds = choose(state, first, [...state.log.keys()]).map((each) =>
    roundStatus(each, roundLog(state.log, each), state.validators),
  );
  return { height: state.height, round: state.round, rounds };
}

/**
 * What the peer with this status lacks of what is here, votes of others included: a polka must reach everybody even if its voters
 * are gone. Empty for another height (the shell sends decided blocks for lower ones). Own messages are among them.
 */
export function missing(state: State, status: Status): Message[] {
  if (status.height !== state.height) return [];
  const told = new Map(status.rounds.map((each) => [each.round, each]));
  const first = [state.round, ...told.keys(), ...keptRounds(state)];
  const later = [...state.log.keys()].filter((each) => each >= status.round);
  const messages: Message[] = [];
  for (const each of choose(state, first, later)) {
    const held = told.get(each);
    const kept = roundLog(state.log, each);
    for (const { signed } of kept.proposals) {
      if (held?.proposals.includes(signed.proposal.valueId) !== true) messages.push(signed);
    }
    messages.push(...lacking(kept.prevotes, held?.prevotes ?? [], state.validators));
    messages.push(...lacking(kept.precommits, held?.precommits ?? [], state.validators));
  }
  return messages.slice(0, ANSWER_MESSAGES_MAX);
}

/** The rounds whose polkas justify the own lock and valid value, and the decision's. */
function keptRounds(state: State): Round[] {
  return [state.validRound, state.lockedRound, state.decision?.round ?? NO_ROUND].filter(
    (each): each is Round => each !== NO_ROUND,
  );
}

function polkaRounds(log: MessageLog): Round[] {
  const rounds: Round[] = [];
  for (const messages of log.values()) {
    for (const { signed } of messages.proposals) {
      if (signed.proposal.validRound !== NO_ROUND) rounds.push(round(signed.proposal.validRound));
    }
  }
  return rounds;
}

/**
 * STATUS_ROUNDS_MAX rounds: the important ones, then the others up to the own one, newest first, and those ahead last: whoever floods
 * rounds ahead must not crowd out the rounds that decide.
 */
function choose(state: State, first: readonly Round[], others: readonly Round[]): Round[] {
  const isAhead = (each: Round): number => (each > state.round ? 1 : 0);
  const ordered = [...others].sort((a, b) => isAhead(a) - isAhead(b) || b - a);
  return [...new Set([...first, ...ordered])].slice(0, STATUS_ROUNDS_MAX);
}

function roundStatus(each: Round, messages: RoundLog, set: ValidatorSet): RoundStatus {
  return {
    round: each,
    proposals: messages.proposals.map((kept) => kept.signed.proposal.valueId),
    prevotes: held(messages.prevotes, set),
    precommits: held(messages.precommits, set),
  };
}

function held(tally: Tally, set: ValidatorSet): VotesHeld[] {
  const members = new Map<ValueId | null, bigint>();
  set.validators.forEach(({ address }, index) => {
    for (const { vote } of tally.votes.get(address) ?? []) {
      members.set(vote.valueId, (members.get(vote.valueId) ?? 0n) | (1n << BigInt(index)));
    }
  });
  return [...members].map(([valueId, bits]) => ({ valueId, members: bits }));
}

function lacking(tally: Tally, told: readonly VotesHeld[], set: ValidatorSet): SignedVote[] {
  const votes: SignedVote[] = [];
  set.validators.forEach(({ address }, index) => {
    for (const signed of tally.votes.get(address) ?? []) {
      const bits = told.find((each) => each.valueId === signed.vote.valueId)?.members ?? 0n;
      if (((bits >> BigInt(index)) & 1n) === 0n) votes.push(signed);
    }
  });
  return votes;
}
