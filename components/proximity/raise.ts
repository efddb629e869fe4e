import type { Part } from '#ledger/contracts/prose/definition.ts';
import { ownParts } from '#ledger/contracts/prose/recommend.ts';
import type { CandidateDto } from '#lib/shared/proximity.ts';
import { candidateOf } from './candidates.ts';

/** A part as good as this needs no advice. */
const GOOD = 900n;
const PART_MAX = 1_000n;

/** What a provider can do about each part that is not good, the one that costs it most first. Pure. */
export function whatWouldRaise(row: CandidateDto, weights: Readonly<Record<Part, number>>): string[] {
  const parts = ownParts(candidateOf(row));
  const advice = [
    { part: 'quality', says: qualityAdvice(row) },
    { part: 'waiting', says: 'Few of its connections are free: publish a wider relay, or another one.' },
    { part: 'history', says: historyAdvice(row) },
  ] as const;
  const lost = ({ part }: { part: keyof typeof parts }): number => Number(PART_MAX - parts[part]) * weights[part];
  return advice
    .filter(({ part }) => parts[part] < GOOD && weights[part] > 0)
    .toSorted((one, other) => lost(other) - lost(one))
    .map(({ says }) => says);
}

function qualityAdvice({ begunSessions, keptPerMilleSum }: CandidateDto): string {
  return keptPerMilleSum < begunSessions * Number(GOOD)
    ? 'Sessions were not kept as promised: promise what the line holds, and keep the agent running.'
    : 'The measured round trip is long: publish the relay anew once its line is quicker.';
}

function historyAdvice({ disconnects, evaluations, scoreSum, credit }: CandidateDto): string {
  if (disconnects > 0) return 'Sessions were broken off: let orders run to their end, and keep the agent running.';
  if (evaluations > 0 && scoreSum < evaluations * 4) return 'Customers were not content: look at what they measured.';
  return credit < Number(GOOD)
    ? 'Your credit is not full: it grows with orders that are completed.'
    : 'There are few evaluations yet: good ones raise it.';
}
