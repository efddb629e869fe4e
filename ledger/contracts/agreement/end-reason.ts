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

/** What an ended order adds to the history of one of its parties. */
export function tally(
  party: 'customer' | 'provider',
  { to, reason }: { to: AgreementStatus; reason: EndReason },
): { completed: bigint; broken: bigint } {
  return { completed: to === 'completed' ? 1n : 0n, broken: brokenBy(reason) === party ? 1n : 0n };
}

/** Orders that a provider served and settled with too little of their time kept; and those of them that the customer contested. */
export type FaultsRecord = { qualityMissed: bigint; contestsLost: bigint };

/** Of the time that was served, what must have been as promised, per mille: below it the quality counts as missed. */
const KEPT_PER_MILLE_MIN = 900n;

/** What the bill of an order says of its time. */
export type Billed = { keptMs: bigint; degradedMs: bigint; downMs: bigint; contested: boolean };

/** What a bill adds to the provider's faults: where it says itself that the promise was kept too little, a contest of it was right [8.5.1-d]. */
export function faultIn({ keptMs, degradedMs, downMs, contested }: Billed): FaultsRecord {
  const isKept = keptMs * 1_000n >= (keptMs + degradedMs + downMs) * KEPT_PER_MILLE_MIN;
  return isKept ? { qualityMissed: 0n, contestsLost: 0n } : { qualityMissed: 1n, contestsLost: contested ? 1n : 0n };
}
