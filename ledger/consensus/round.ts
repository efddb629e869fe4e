import type { Effect } from './effects.ts';
import { roundLog, tallyOf } from './log.ts';
import type { State, Transition } from './state.ts';
import {
  NO_ROUND,
  round,
  type NoRound,
  type Round,
  type Timeout,
  type TimeoutLength,
  type ValueId,
  type VoteKind,
} from './types.ts';
import { powerOf, proposerOf } from './validators.ts';

/** Function StartRound(round) (L11). */
export function startRound(state: State, next: Round): Transition {
  const started: State = { ...state, round: next, step: 'propose' }; // L12 L13
  const timer = schedule(started, 'propose'); // L21, and A4 for the proposer
  if (proposerOf(started.validators, started.height, next) !== started.own) return { state: started, effects: [timer] }; // L14 L20
  if (started.validValue !== null) {
    // L15 L16
    return { state: started, effects: [...propose(started, started.validValue, started.validRound), timer] };
  }
  if (hasProposed(started)) return { state: started, effects: [timer] }; // A9
  return { state: started, effects: [{ kind: 'build-value', height: started.height, round: next }, timer] }; // L17 L18
}

/** broadcast ⟨PROPOSAL, h_p, round_p, v, validRound⟩ (L19), once a round. */
export function propose(state: State, valueId: ValueId, validRound: Round | NoRound): Effect[] {
  if (hasProposed(state)) return []; // A9
  const { height, own } = state;
  return [{ kind: 'sign-proposal', proposal: { height, round: state.round, valueId, validRound, proposer: own } }]; // L19
}

/** Whether a proposal of the own round, signed by the own key, is on record. */
function hasProposed(state: State): boolean {
  return roundLog(state.log, state.round).proposals.some((kept) => kept.signed.proposal.proposer === state.own);
}

/** broadcast ⟨PREVOTE, h_p, round_p, v⟩; step_p ← prevote (L24–L27, L30–L33, L59–L60). */
export function prevote(state: State, valueId: ValueId | null): Transition {
  return { state: { ...state, step: 'prevote' }, effects: vote(state, 'prevote', valueId) }; // L27 L33 L60
}

/** broadcast ⟨PRECOMMIT, h_p, round_p, nil⟩; step_p ← precommit (L45–L46, L63–L64). */
export function precommitNil(state: State): Transition {
  return { state: { ...state, step: 'precommit' }, effects: vote(state, 'precommit', null) }; // L46 L64
}

/** The polka of the own round for a valid v (L37–L43): locks it while still in prevote, and remembers it in any case. */
export function polka(state: State, valueId: ValueId): Transition {
  const remembered: State = { ...state, validValue: valueId, validRound: state.round }; // L42 L43
  if (state.step !== 'prevote') return { state: remembered, effects: [] }; // L37
  const locked: State = { ...remembered, lockedValue: valueId, lockedRound: state.round, step: 'precommit' }; // L38 L39 L41
  return { state: locked, effects: vote(state, 'precommit', valueId) }; // L40
}

/** The own vote of this round and kind, at most one ever: where one is on record already, nothing is signed (A9). */
function vote(state: State, kind: VoteKind, valueId: ValueId | null): Effect[] {
  if (powerOf(state.validators, state.own) === 0) return [];
  if (tallyOf(state.log, state.round, kind).votes.has(state.own)) return []; // A9
  const { height, own } = state;
  return [{ kind: 'sign-vote', vote: { kind, height, round: state.round, valueId, validator: own } }];
}

/** schedule OnTimeoutX(h_p, round_p) to be executed after timeoutX(round_p). */
export function schedule(state: State, step: Timeout['step']): Effect {
  const timeout = { step, height: state.height, round: state.round };
  return { kind: 'schedule-timeout', timeout, durationMs: lengthMs(state.timeouts[step], state.round) };
}

/** timeoutX(r) grows with the round, so that one round is long enough once the network is well. */
function lengthMs(length: TimeoutLength, atRound: Round): number {
  return length.initialMs + atRound * length.deltaMs;
}

/** OnTimeoutPropose, OnTimeoutPrevote, OnTimeoutPrecommit (L57–L67). */
export function onTimeout(state: State, timeout: Timeout): Transition {
  const isCurrent = timeout.height === state.height && timeout.round === state.round; // L58 L62 L66
  if (!isCurrent || state.step === 'commit') return { state, effects: [] };
  switch (timeout.step) {
    case 'propose': // L57
      return state.step === 'propose' ? prevote(state, null) : { state, effects: [] }; // L58 L59 L60
    case 'prevote': // L61
      return state.step === 'prevote' ? precommitNil(state) : { state, effects: [] }; // L62 L63 L64
    case 'precommit': // L65
      return startRound(state, round(state.round + 1)); // L67
  }
}

/** Whether v may be prevoted against the lock: nothing is locked, the same value is, or a polka of validRound came after the lock. */
export function isUnlockedFor(state: State, valueId: ValueId, validRound: Round | NoRound): boolean {
  if (state.lockedValue === valueId) return true; // L23 L29
  if (validRound === NO_ROUND) return state.lockedRound === NO_ROUND; // L23
  return state.lockedRound <= validRound; // L29
}
