import { END_REASONS, type AgreementStatus, type EndReason } from './definition.ts';

/** True when the word is a reason, and one that this party may give. */
export function mayGiveReason(party: 'customer' | 'provider', reason: string): reason is EndReason {
  return Object.hasOwn(END_REASONS, reason) && END_REASONS[reason as EndReason].by === party;
}

/** An order whose window never began was not completed, whatever the reason. */
export function endedStatus(reason: EndReason, wasStarted: boolean): AgreementStatus {
  const { to } = END_REASONS[reason];
  return to === 'completed' && !wasStarted ? 'terminated' : to;
}

export function brokenBy(reason: EndReason): 'customer' | 'provider' | 'nobody' {
  return END_REASONS[reason].broken;
}
