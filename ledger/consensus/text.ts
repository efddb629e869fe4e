import type { Effect } from './effects.ts';
import { isVote, type Message } from './early.ts';
import type { State } from './state.ts';
import type { Proposal, Vote } from './types.ts';

/** A message in a few words, for traces and step tables: `prevote 1/0 nil of a`. */
export function textOfMessage(message: Message): string {
  return isVote(message) ? textOfVote(message.vote) : textOfProposal(message.proposal);
}

export function textOfVote({ kind, height, round, valueId, validator }: Vote): string {
  return `${kind} ${height}/${round} ${valueId ?? 'nil'} of ${validator}`;
}

function textOfProposal({ height, round, valueId, validRound, proposer }: Proposal): string {
  return `proposal ${height}/${round} ${valueId} valid round ${validRound} of ${proposer}`;
}

/** An effect in a few words: `sign precommit 1/0 v of a`, `timeout propose 1/0 after 100 ms`. */
export function textOfEffect(effect: Effect): string {
  switch (effect.kind) {
    case 'build-value':
      return `build ${effect.height}/${effect.round}`;
    case 'check-value':
      return `check ${effect.height}/${effect.round} ${effect.valueId} valid round ${effect.validRound}`;
    case 'sign-proposal':
      return `sign ${textOfProposal(effect.proposal)}`;
    case 'sign-vote':
      return `sign ${textOfVote(effect.vote)}`;
    case 'send-again':
      return `send again ${textOfMessage(effect.message)}`;
    case 'deliver':
      return `deliver ${effect.messages.map(textOfMessage).join(', ')}`;
    case 'schedule-timeout': {
      const { step, height, round } = effect.timeout;
      return `timeout ${step} ${height}/${round} after ${effect.durationMs} ms`;
    }
    case 'decided':
      return `decide ${effect.height}/${effect.round} ${effect.valueId} by ${effect.precommits.map(({ vote }) => vote.validator).join(' ')}`;
    case 'vote-evidence':
      return `evidence ${textOfVote(effect.first.vote)} and ${effect.second.vote.valueId ?? 'nil'}`;
    case 'proposal-evidence':
      return `evidence ${textOfMessage(effect.first)} and ${effect.second.proposal.valueId}`;
    case 'need-proposal':
      return `need proposal ${effect.height}/${effect.round} ${effect.valueId}`;
    case 'halt':
      return `halt ${effect.height}/${effect.round} ${effect.valueId}`;
  }
}

/** The paper's variables in a line: `1/0 prevote, lock v@0, valid v@0`, with `-` for what is not set. */
export function textOfState(state: State): string {
  const lock = state.lockedValue === null ? '-' : `${state.lockedValue}@${state.lockedRound}`;
  const valid = state.validValue === null ? '-' : `${state.validValue}@${state.validRound}`;
  return `${state.height}/${state.round} ${state.step}, lock ${lock}, valid ${valid}`;
}
