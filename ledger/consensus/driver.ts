import type {
  Effect,
  Input,
  ProposalReceived,
  StartHeight,
  ValueBuilt,
  ValueChecked,
  VoteReceived,
} from './effects.ts';
import { isVote, keepEarly, senderOf, type Message } from './early.ts';
import { isAsked, isSameProposal, logProposal, logVerdict, logVote, roundLog } from './log.ts';
import { onTimeout, propose, startRound } from './round.ts';
import { runRules } from './rules.ts';
import { initialState, unchanged, type State, type Transition } from './state.ts';
import { NO_ROUND, round, type Round, type SignedProposal, type SignedVote } from './types.ts';
import { isAnswered, isDue } from './withheld.ts';
import { powerOf, proposerOf } from './validators.ts';

export { initialState, type State, type Transition };

/**
 * The whole of consensus: one input, the next state, and what is to be done about it, in order. An input that is late, repeated,
 * foreign or out of bounds returns the same state object and no effects; only inputs that return another one belong in the
 * write-ahead log.
 */
export function step(state: State, input: Input): Transition {
  const taken = take(state, input);
  if (taken.state === state && taken.effects.length === 0) return unchanged(state);
  const done = runRules(taken);
  if (done.state.withheld === null) return done;
  const withheld = [...done.state.withheld.filter((effect) => !isAnswered(effect, input)), ...done.effects];
  return unchanged({ ...done.state, withheld: withheld.filter((effect) => effect.kind !== 'deliver') });
}

function take(state: State, input: Input): Transition {
  switch (input.kind) {
    case 'start-height':
      return startHeight(state, input);
    case 'proposal':
      return takeProposal(state, input);
    case 'vote':
      return takeVote(state, input);
    case 'value-built':
      return takeBuilt(state, input);
    case 'value-checked':
      return takeChecked(state, input);
    case 'timeout-elapsed':
      return onTimeout(state, input.timeout);
    case 'restored':
      return restore(state);
  }
}

/** L10, and L52–L54 for the heights that follow. */
function startHeight(state: State, input: StartHeight): Transition {
  if (input.height <= state.height) return unchanged(state);
  const isNext = input.height === state.height + 1n;
  const fresh: State = {
    ...initialState(state.own), // L53
    height: input.height, // L52
    validators: input.validators,
    nextValidators: input.nextValidators ?? input.validators,
    timeouts: input.timeouts,
    withheld: input.replay === true ? [] : null,
  };
  const started = startRound(fresh, round(0)); // L10 L54
  if (!isNext || state.early.length === 0) return started;
  return { state: started.state, effects: [...started.effects, { kind: 'deliver', messages: state.early }] };
}

/** Whether a message belongs to the height in progress; those of the next one are kept for later, all others are not. */
function place(state: State, message: Message): Transition | 'current' {
  const { height } = isVote(message) ? message.vote : message.proposal;
  if (height === state.height + 1n) {
    if (powerOf(state.nextValidators, senderOf(message)) === 0) return unchanged(state); // A5
    const early = keepEarly(state.early, message);
    return early === state.early ? unchanged(state) : unchanged({ ...state, early });
  }
  return height === state.height ? 'current' : unchanged(state);
}

/** ⟨PROPOSAL, h, r, v, vr⟩ from proposer(h, r), the condition that L22, L28, L36 and L49 share. */
function takeProposal(state: State, { signed }: ProposalReceived): Transition {
  const { proposal } = signed;
  if (!isRound(proposal.round) || (proposal.validRound !== NO_ROUND && !isRound(proposal.validRound)))
    return unchanged(state);
  if (proposal.validRound >= proposal.round) return unchanged(state); // A2
  const placed = place(state, signed);
  if (placed !== 'current') return placed;
  if (proposal.proposer !== proposerOf(state.validators, proposal.height, proposal.round)) return unchanged(state);
  const log = logProposal(state.log, signed, state);
  const first = roundLog(state.log, proposal.round).proposals[0];
  const effects: Effect[] = [];
  if (
    first !== undefined &&
    roundLog(state.log, proposal.round).proposals.length === 1 &&
    !isSameProposal(first.signed, signed)
  ) {
    effects.push({ kind: 'proposal-evidence', first: first.signed, second: signed }); // A6
  }
  return log === state.log ? unchanged(state) : { state: { ...state, log }, effects };
}

function takeVote(state: State, { signed }: VoteReceived): Transition {
  const { vote } = signed;
  if (!isRound(vote.round)) return unchanged(state);
  const placed = place(state, signed);
  if (placed !== 'current') return placed;
  const { log, contradicts } = logVote(state.log, signed, state);
  if (log === state.log) return unchanged(state);
  const logged = vote.validator === state.own ? withOwnLock({ ...state, log }, signed) : { ...state, log };
  if (contradicts === undefined) return { state: logged, effects: [] };
  return {
    state: logged,
    effects: [{ kind: 'vote-evidence', validator: vote.validator, first: contradicts, second: signed }],
  }; // A6
}

/** A9: an own precommit for a value means the lock it was cast with, whatever else a restart has lost. */
function withOwnLock(state: State, { vote }: SignedVote): State {
  if (vote.kind !== 'precommit' || vote.valueId === null || vote.round <= state.lockedRound) return state;
  return { ...state, lockedValue: vote.valueId, lockedRound: vote.round };
}

function takeBuilt(state: State, input: ValueBuilt): Transition {
  const isAwaited = input.height === state.height && input.round === state.round && state.step === 'propose';
  if (!isAwaited || proposerOf(state.validators, state.height, state.round) !== state.own) return unchanged(state);
  const effects = propose(state, input.valueId, NO_ROUND); // L18 L19
  if (effects.length === 0) return unchanged(state);
  return { state: { ...state, validity: new Map(state.validity).set(input.valueId, true) }, effects };
}

/** A3. */
function takeChecked(state: State, input: ValueChecked): Transition {
  const { height, valueId, verdict } = input;
  if (height !== state.height || !isAsked(state.log, input.round, valueId)) return unchanged(state);
  const log = logVerdict(state.log, input.round, valueId, verdict);
  if (verdict === 'unknown') return unchanged({ ...state, log });
  const validity = new Map(state.validity).set(valueId, verdict !== 'invalid');
  return { state: { ...state, log, validity }, effects: [] };
}

/** A9: the recorded inputs are all in; what none of them answered is still to be done, and the own messages go out again. */
function restore(state: State): Transition {
  if (state.withheld === null) return unchanged(state);
  const again: Effect[] = ownMessages(state).map((message) => ({ kind: 'send-again', message }));
  return {
    state: { ...state, withheld: null },
    effects: [...again, ...state.withheld.filter((effect) => isDue(effect, state))],
  };
}

function ownMessages(state: State): (SignedProposal | SignedVote)[] {
  const own: (SignedProposal | SignedVote)[] = [];
  for (const messages of state.log.values()) {
    for (const { signed } of messages.proposals) if (signed.proposal.proposer === state.own) own.push(signed);
    own.push(...(messages.prevotes.votes.get(state.own) ?? []), ...(messages.precommits.votes.get(state.own) ?? []));
  }
  return own;
}

/** Strangers may write any number where a round belongs. */
function isRound(value: number): value is Round {
  return Number.isInteger(value) && value >= 0 && value < 2 ** 31;
}
