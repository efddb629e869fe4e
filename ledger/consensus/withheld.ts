import type { Effect, Input } from './effects.ts';
import type { State } from './state.ts';

/** Whether a recorded input is the answer to an effect that was withheld during a replay. */
export function isAnswered(effect: Effect, input: Input): boolean {
  switch (effect.kind) {
    case 'build-value':
      return input.kind === 'value-built' && input.round === effect.round;
    case 'check-value':
      return input.kind === 'value-checked' && input.round === effect.round && input.valueId === effect.valueId;
    case 'sign-proposal':
      return (
        input.kind === 'proposal' &&
        input.signed.proposal.proposer === effect.proposal.proposer &&
        input.signed.proposal.round === effect.proposal.round
      );
    case 'sign-vote':
      return (
        input.kind === 'vote' &&
        input.signed.vote.validator === effect.vote.validator &&
        input.signed.vote.kind === effect.vote.kind &&
        input.signed.vote.round === effect.vote.round
      );
    case 'schedule-timeout':
      return (
        input.kind === 'timeout-elapsed' &&
        input.timeout.step === effect.timeout.step &&
        input.timeout.round === effect.timeout.round
      );
    case 'need-proposal':
      return (
        input.kind === 'proposal' &&
        input.signed.proposal.round === effect.round &&
        input.signed.proposal.valueId === effect.valueId
      );
    case 'send-again':
    case 'deliver':
    case 'decided':
    case 'vote-evidence':
    case 'proposal-evidence':
    case 'halt':
      return false;
  }
}

/** Whether a withheld effect still matters at the end of the replay: what belonged to a round that was left does not. */
export function isDue(effect: Effect, state: State): boolean {
  switch (effect.kind) {
    case 'build-value':
      return effect.round === state.round && state.step === 'propose';
    case 'schedule-timeout':
      return effect.timeout.round === state.round && state.step !== 'commit';
    case 'need-proposal':
    case 'check-value':
      return state.step !== 'commit';
    case 'sign-proposal':
    case 'sign-vote':
    case 'send-again':
    case 'deliver':
    case 'decided':
    case 'vote-evidence':
    case 'proposal-evidence':
    case 'halt':
      return true;
  }
}
