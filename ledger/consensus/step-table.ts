import { initialState, step, type State } from './driver.ts';
import type { Input, Verdict } from './effects.ts';
import { textOfEffect, textOfState } from './text.ts';
import {
  NO_ROUND,
  address,
  height,
  round,
  valueId,
  type NoRound,
  type SignedProposal,
  type SignedVote,
  type Timeout,
  type ValidatorSet,
  type VoteKind,
} from './types.ts';
import { validatorSet } from './validators.ts';

/** One line of a step table: an input, and all that it must bring about, in the words of `text.ts`. */
export interface Step {
  readonly what: string;
  /** Lines of spec.md that this step shows, separated by spaces. */
  readonly lines: string;
  readonly input: Input;
  readonly outputs: readonly string[];
  /** The paper's variables afterwards; 'same' when the state object must not have changed. */
  readonly next: string;
}

/** What a step did, in the shape of what it should do. */
export type StepDone = Pick<Step, 'what' | 'outputs' | 'next'>;

/** Four validators a, b, c, d of equal power: the proposer of height 1 is b in round 0, c in round 1, d in round 2, a in round 3. */
export const FOUR: ValidatorSet = validatorSet(
  ['a', 'b', 'c', 'd'].map((name) => ({ address: address(name), power: 1 })),
);

const LENGTH = { initialMs: 100, deltaMs: 10 };
const TIMEOUTS = { propose: LENGTH, prevote: LENGTH, precommit: LENGTH };

export function start(atHeight = 1n, validators = FOUR, nextValidators = validators): Input {
  return { kind: 'start-height', height: height(atHeight), validators, nextValidators, timeouts: TIMEOUTS };
}

export function startReplay(atHeight = 1n): Input {
  return { kind: 'start-height', height: height(atHeight), validators: FOUR, timeouts: TIMEOUTS, replay: true };
}

/** `place`: 'height/round'; `value`: an id, or 'nil'. */
export function vote(kind: VoteKind, place: string, value: string, of: string): Input & { kind: 'vote' } {
  const [atHeight, atRound] = placeOf(place);
  const id = value === 'nil' ? null : valueId(value);
  const signed: SignedVote = {
    vote: { kind, height: height(atHeight), round: round(atRound), valueId: id, validator: address(of) },
    timestampMs: 0n,
    signature: new Uint8Array([1]),
  };
  return { kind: 'vote', signed };
}

export function proposal(
  place: string,
  value: string,
  of: string,
  validRound: number = NO_ROUND,
): Input & { kind: 'proposal' } {
  const [atHeight, atRound] = placeOf(place);
  const signed: SignedProposal = {
    proposal: {
      height: height(atHeight),
      round: round(atRound),
      valueId: valueId(value),
      validRound: validRound as NoRound,
      proposer: address(of),
    },
    timestampMs: 0n,
    signature: new Uint8Array([2]),
  };
  return { kind: 'proposal', signed };
}

export function checked(place: string, value: string, verdict: Verdict = 'valid'): Input {
  const [atHeight, atRound] = placeOf(place);
  return { kind: 'value-checked', height: height(atHeight), round: round(atRound), valueId: valueId(value), verdict };
}

export function built(place: string, value: string): Input {
  const [atHeight, atRound] = placeOf(place);
  return { kind: 'value-built', height: height(atHeight), round: round(atRound), valueId: valueId(value) };
}

export function elapsed(timer: Timeout['step'], place: string): Input {
  const [atHeight, atRound] = placeOf(place);
  return { kind: 'timeout-elapsed', timeout: { step: timer, height: height(atHeight), round: round(atRound) } };
}

function placeOf(place: string): [bigint, number] {
  const [atHeight = '', atRound = ''] = place.split('/');
  return [BigInt(atHeight), Number(atRound)];
}

/** Plays a table as validator `own`, after inputs that only lead to its situation; answers what each step did. */
export function play(
  own: string,
  before: readonly Input[],
  steps: readonly Step[],
): { done: StepDone[]; state: State } {
  let state = stateAfter(own, before);
  const done = steps.map(({ what, input }) => {
    const previous = state;
    const { state: next, effects } = step(previous, input);
    state = next;
    return { what, outputs: effects.map(textOfEffect), next: next === previous ? 'same' : textOfState(next) };
  });
  return { done, state };
}

export function stateAfter(own: string, inputs: readonly Input[]): State {
  return inputs.reduce((state, input) => step(state, input).state, initialState(address(own)));
}

/** The table without what is only for readers of it. */
export function expected(steps: readonly Step[]): StepDone[] {
  return steps.map(({ what, outputs, next }) => ({ what, outputs, next }));
}

/** a has locked and precommitted v in round 0, where c and d did not follow, and is in round 1. */
export const LOCKED_IN_ROUND_0: readonly Input[] = [
  start(),
  proposal('1/0', 'v', 'b'),
  checked('1/0', 'v'),
  vote('prevote', '1/0', 'v', 'a'),
  vote('prevote', '1/0', 'v', 'b'),
  vote('prevote', '1/0', 'v', 'c'),
  vote('precommit', '1/0', 'v', 'a'),
  vote('precommit', '1/0', 'nil', 'c'),
  vote('precommit', '1/0', 'nil', 'd'),
  elapsed('precommit', '1/0'),
];

/** a has prevoted v in round 0. */
export const PREVOTED: readonly Input[] = [
  start(),
  proposal('1/0', 'v', 'b'),
  checked('1/0', 'v'),
  vote('prevote', '1/0', 'v', 'a'),
];

/** Height 1 as a sees it when all goes well, up to its decision. */
export const DECIDED_1: readonly Input[] = [
  start(),
  proposal('1/0', 'v', 'b'),
  checked('1/0', 'v'),
  vote('prevote', '1/0', 'v', 'a'),
  vote('prevote', '1/0', 'v', 'b'),
  vote('prevote', '1/0', 'v', 'c'),
  vote('precommit', '1/0', 'v', 'a'),
  vote('precommit', '1/0', 'v', 'b'),
  vote('precommit', '1/0', 'v', 'c'),
];
