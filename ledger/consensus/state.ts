import type { Decided, Effect } from './effects.ts';
import { EMPTY_LOG, type MessageLog } from './log.ts';
import {
  NO_ROUND,
  height,
  round,
  type Address,
  type Height,
  type NoRound,
  type Round,
  type SignedProposal,
  type SignedVote,
  type Step,
  type Timeouts,
  type ValidatorSet,
  type ValueId,
} from './types.ts';

/** The paper's variables (L1–L9), the message log of the height, and what a restart and the next height need. Never mutated. */
export interface State {
  /** Whose driver this is; signs only while it stands in the validator set. */
  readonly own: Address;
  /** h_p; 0 before the first `start-height`. */
  readonly height: Height; // L2
  readonly round: Round; // L3
  readonly step: Step; // L4
  readonly decision: Decided | null; // L5
  readonly lockedValue: ValueId | null; // L6
  readonly lockedRound: Round | NoRound; // L7
  readonly validValue: ValueId | null; // L8
  readonly validRound: Round | NoRound; // L9
  readonly validators: ValidatorSet;
  /** Of the next height. */
  readonly nextValidators: ValidatorSet;
  readonly timeouts: Timeouts;
  readonly log: MessageLog;
  /** valid(v) as far as it is known, for the height. */
  readonly validity: ReadonlyMap<ValueId, boolean>;
  /** Messages of the next height, the newest EARLY_MAX of each sender. */
  readonly early: readonly (SignedProposal | SignedVote)[];
  /** Between a start with `replay` and `restored`: effects that no recorded input has answered yet. */
  readonly withheld: readonly Effect[] | null;
}

const NO_TIMEOUT = { initialMs: 0, deltaMs: 0 };

/** Before any height: waits for `start-height`. */
export function initialState(own: Address): State {
  return {
    own,
    height: height(0n),
    round: round(0),
    step: 'commit',
    decision: null,
    lockedValue: null,
    lockedRound: NO_ROUND,
    validValue: null,
    validRound: NO_ROUND,
    validators: { validators: [] },
    nextValidators: { validators: [] },
    timeouts: { propose: NO_TIMEOUT, prevote: NO_TIMEOUT, precommit: NO_TIMEOUT },
    log: EMPTY_LOG,
    validity: new Map(),
    early: [],
    withheld: null,
  };
}

export interface Transition {
  readonly state: State;
  readonly effects: readonly Effect[];
}

export function unchanged(state: State): Transition {
  return { state, effects: [] };
}
