import type { Address, SignedProposal, SignedVote } from './types.ts';

/** Messages of the next height that are kept of one sender, the newest ones. */
export const EARLY_MAX = 8;

export type Message = SignedProposal | SignedVote;

export function isVote(message: Message): message is SignedVote {
  return 'vote' in message;
}

export function senderOf(message: Message): Address {
  return isVote(message) ? message.vote.validator : message.proposal.proposer;
}

/** Keeps a message of the next height, dropping the sender's oldest one above EARLY_MAX. */
export function keepEarly(early: readonly Message[], message: Message): readonly Message[] {
  if (early.some((other) => isSame(other, message))) return early;
  const sender = senderOf(message);
  const own = early.filter((other) => senderOf(other) === sender);
  const dropped = own.length < EARLY_MAX ? undefined : own[0];
  return [...early.filter((other) => other !== dropped), message];
}

function isSame(a: Message, b: Message): boolean {
  if (isVote(a) && isVote(b)) {
    return (
      a.vote.validator === b.vote.validator &&
      a.vote.kind === b.vote.kind &&
      a.vote.round === b.vote.round &&
      a.vote.valueId === b.vote.valueId
    );
  }
  if (isVote(a) || isVote(b)) return false;
  return (
    a.proposal.proposer === b.proposal.proposer &&
    a.proposal.round === b.proposal.round &&
    a.proposal.valueId === b.proposal.valueId &&
    a.proposal.validRound === b.proposal.validRound
  );
}
