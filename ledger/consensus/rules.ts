import { assert } from '#ledger/core/assert.ts';
import type { Decided } from './effects.ts';
import { isAsked, markCheck, markOnce, roundLog, senderPower, type KeptProposal, type RoundLog } from './log.ts';
import { isUnlockedFor, polka, precommitNil, prevote, schedule, startRound } from './round.ts';
import type { State, Transition } from './state.ts';
import { NO_ROUND, type Round, type ValueId } from './types.ts';
import { hasQuorumFor, hasQuorumForAny, quorumValues, votesFor } from './votes.ts';
import { isOneCorrect } from './validators.ts';

/** An upon-rule: what it does if its condition holds now, else undefined. Each makes its own condition false. */
type UponRule = (state: State) => Transition | undefined;

/** In this order; the first that applies runs, then all are asked again. */
const UPON_RULES: readonly UponRule[] = [
  decide, // L49
  skipRound, // L55
  askCheck, // A3
  prevoteNewProposal, // L22
  prevoteProposalWithPolka, // L28
  schedulePrevoteTimeout, // L34
  lockOnPolka, // L36
  precommitNilOnPolka, // L44
  schedulePrecommitTimeout, // L47
  askProposal, // A7
  haltOnInvalidQuorum, // A8
];

/** Every rule moves the step or the round, or leaves a mark of its own in the round's log: this is far above what one input can set off. */
const FIRINGS_MAX = 10_000;

/** Runs the rules until none applies. */
export function runRules(before: Transition): Transition {
  let { state } = before;
  const effects = [...before.effects];
  for (let firings = 0; firings < FIRINGS_MAX; firings += 1) {
    const fired = state.step === 'commit' ? undefined : firstApplicable(state);
    if (fired === undefined) return { state, effects };
    state = fired.state;
    effects.push(...fired.effects);
  }
  assert(false, 'the upon-rules come to rest');
}

function firstApplicable(state: State): Transition | undefined {
  for (const rule of UPON_RULES) {
    const transition = rule(state);
    if (transition !== undefined) return transition;
  }
  return undefined;
}

/** valid(v): false while it is not known. */
function isValid(state: State, valueId: ValueId): boolean {
  return state.validity.get(valueId) === true;
}

/** A proposal whose check has been answered. */
function isChecked(kept: KeptProposal): boolean {
  return kept.check !== undefined && kept.check !== 'asked';
}

/** upon ⟨PROPOSAL, h_p, round_p, v, −1⟩ while step_p = propose (L22). */
function prevoteNewProposal(state: State): Transition | undefined {
  if (state.step !== 'propose') return undefined; // L22
  for (const kept of roundLog(state.log, state.round).proposals) {
    const { valueId, validRound } = kept.signed.proposal;
    if (validRound !== NO_ROUND || !isChecked(kept)) continue;
    const isWelcome = kept.check === 'valid' && isUnlockedFor(state, valueId, NO_ROUND); // L23, A3: timely too
    return prevote(state, isWelcome ? valueId : null); // L24 L25 L26 L27
  }
  return undefined;
}

/** upon ⟨PROPOSAL, h_p, round_p, v, vr⟩ and 2f + 1 ⟨PREVOTE, h_p, vr, id(v)⟩ while step_p = propose ∧ 0 ≤ vr < round_p (L28). */
function prevoteProposalWithPolka(state: State): Transition | undefined {
  if (state.step !== 'propose') return undefined; // L28
  for (const kept of roundLog(state.log, state.round).proposals) {
    const { valueId, validRound } = kept.signed.proposal;
    if (validRound === NO_ROUND || validRound >= state.round || !isChecked(kept)) continue;
    if (!hasQuorumFor(roundLog(state.log, validRound).prevotes, state.validators, valueId)) continue;
    const isWelcome = isValid(state, valueId) && isUnlockedFor(state, valueId, validRound); // L29
    return prevote(state, isWelcome ? valueId : null); // L30 L31 L32 L33
  }
  return undefined;
}

/** upon 2f + 1 ⟨PREVOTE, h_p, round_p, ∗⟩ while step_p = prevote for the first time (L34). */
function schedulePrevoteTimeout(state: State): Transition | undefined {
  const messages = roundLog(state.log, state.round);
  if (state.step !== 'prevote' || messages.once.has('L34')) return undefined;
  if (!hasQuorumForAny(messages.prevotes, state.validators)) return undefined; // L34
  const log = markOnce(state.log, state.round, 'L34');
  return { state: { ...state, log }, effects: [schedule(state, 'prevote')] }; // L35
}

/** upon ⟨PROPOSAL, h_p, round_p, v, ∗⟩ and 2f + 1 ⟨PREVOTE, h_p, round_p, id(v)⟩ while valid(v) ∧ step_p ≥ prevote for the first time (L36). */
function lockOnPolka(state: State): Transition | undefined {
  const messages = roundLog(state.log, state.round);
  if (state.step === 'propose' || messages.once.has('L36')) return undefined;
  for (const valueId of quorumValues(messages.prevotes, state.validators)) {
    if (!isProposed(messages, valueId) || !isValid(state, valueId)) continue; // L36
    return polka({ ...state, log: markOnce(state.log, state.round, 'L36') }, valueId); // L37 – L43
  }
  return undefined;
}

/** upon 2f + 1 ⟨PREVOTE, h_p, round_p, nil⟩ while step_p = prevote (L44). */
function precommitNilOnPolka(state: State): Transition | undefined {
  if (state.step !== 'prevote') return undefined;
  if (!hasQuorumFor(roundLog(state.log, state.round).prevotes, state.validators, null)) return undefined; // L44
  return precommitNil(state); // L45 L46
}

/** upon 2f + 1 ⟨PRECOMMIT, h_p, round_p, ∗⟩ for the first time (L47). */
function schedulePrecommitTimeout(state: State): Transition | undefined {
  const messages = roundLog(state.log, state.round);
  if (messages.once.has('L47') || !hasQuorumForAny(messages.precommits, state.validators)) return undefined; // L47
  const log = markOnce(state.log, state.round, 'L47');
  return { state: { ...state, log }, effects: [schedule(state, 'precommit')] }; // L48
}

/** upon ⟨PROPOSAL, h_p, r, v, ∗⟩ and 2f + 1 ⟨PRECOMMIT, h_p, r, id(v)⟩ while decision_p[h_p] = nil (L49): of any round. */
function decide(state: State): Transition | undefined {
  for (const [round, messages] of state.log) {
    for (const valueId of quorumValues(messages.precommits, state.validators)) {
      const kept = messages.proposals.find((other) => other.signed.proposal.valueId === valueId); // L49
      if (kept === undefined || !isValid(state, valueId)) continue; // L50
      const decision: Decided = {
        kind: 'decided',
        height: state.height,
        round,
        valueId,
        proposal: kept.signed,
        precommits: votesFor(messages.precommits, state.validators, valueId),
      };
      return { state: { ...state, step: 'commit', decision }, effects: [decision] }; // L51
    }
  }
  return undefined;
}

/** upon f + 1 ⟨∗, h_p, round, ∗, ∗⟩ with round > round_p (L55): the highest such round (A11). */
function skipRound(state: State): Transition | undefined {
  let highest: Round = state.round;
  for (const round of state.log.keys()) {
    if (round > highest && isOneCorrect(state.validators, senderPower(state.log, round, state.validators)))
      highest = round; // L55
  }
  return highest > state.round ? startRound(state, highest) : undefined; // L56
}

/** A3: asks the shell for valid(v), per proposal, of every round up to the own one and of a round with a quorum of precommits. */
function askCheck(state: State): Transition | undefined {
  for (const [round, messages] of state.log) {
    if (round > state.round && quorumValues(messages.precommits, state.validators).length === 0) continue;
    const kept = messages.proposals.find(
      (other) => other.check === undefined && !isAsked(state.log, round, other.signed.proposal.valueId),
    );
    if (kept !== undefined) return check(state, kept);
  }
  return undefined;
}

/** What is known stays known; only a new proposal of somebody else is asked about again, for its time. */
function check(state: State, kept: KeptProposal): Transition {
  const { height, round, valueId, validRound, proposer } = kept.signed.proposal;
  const known = state.validity.get(valueId);
  const isTimeless = validRound !== NO_ROUND || proposer === state.own;
  if (known === false || (known === true && isTimeless)) {
    return { state: { ...state, log: markCheck(state.log, kept, known ? 'valid' : 'invalid') }, effects: [] };
  }
  const log = markCheck(state.log, kept, 'asked');
  return { state: { ...state, log }, effects: [{ kind: 'check-value', height, round, valueId, validRound }] };
}

function isProposed(messages: RoundLog, valueId: ValueId): boolean {
  return messages.proposals.some((kept) => kept.signed.proposal.valueId === valueId);
}

/** A7: the polka of this round (L36) or a quorum of precommits of any (L49) for a value whose proposal is not here. */
function askProposal(state: State): Transition | undefined {
  for (const [round, messages] of state.log) {
    const polka = round === state.round ? quorumValues(messages.prevotes, state.validators) : [];
    const wanted = [...polka, ...quorumValues(messages.precommits, state.validators)];
    const valueId = wanted.find((other) => !isProposed(messages, other) && !messages.once.has(`need:${other}`));
    if (valueId === undefined) continue;
    const log = markOnce(state.log, round, `need:${valueId}`);
    return { state: { ...state, log }, effects: [{ kind: 'need-proposal', height: state.height, round, valueId }] };
  }
  return undefined;
}

/** A8: 2f + 1 precommits for a value that valid() refused. */
function haltOnInvalidQuorum(state: State): Transition | undefined {
  for (const [round, messages] of state.log) {
    for (const valueId of quorumValues(messages.precommits, state.validators)) {
      if (state.validity.get(valueId) !== false || messages.once.has(`halt:${valueId}`)) continue;
      const log = markOnce(state.log, round, `halt:${valueId}`);
      return { state: { ...state, log }, effects: [{ kind: 'halt', height: state.height, round, valueId }] };
    }
  }
  return undefined;
}
