import type { CONTEST_REASONS } from '#ledger/contracts/settlement/definition.ts';
import { inWords } from '#components/ui/format.ts';

type ContestReason = (typeof CONTEST_REASONS)[number];

/** What a reason means, for each that the contract takes. */
const REASON_WORDS: Readonly<Record<ContestReason, string>> = {
  'not-served': 'it was not served when the claim says it was',
  'wrong-usage': 'the amounts that the claim says were used are wrong',
};

function isReason(reason: string): reason is ContestReason {
  return Object.hasOwn(REASON_WORDS, reason);
}

export function contestInWords(reason: string): string {
  return isReason(reason) ? REASON_WORDS[reason] : inWords(reason);
}
