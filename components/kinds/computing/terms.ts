import type { KindDraft, ParsedTerms } from '#components/kinds/kind.ts';
import { amountDraft, amountProblem, parseAmount } from '#components/ledger/amounts.ts';
import type { TermDto } from '#lib/shared/dto.ts';
import {
  computingWaysTerms,
  readComputer,
  readRunMs,
  RUN_MS_MAX,
  type Computer,
} from '#ledger/contracts/kinds/computing.ts';
import { assert } from '#ledger/core/assert.ts';

/** The description of a computer that the ledger took. */
export function computerOf(attributes: readonly TermDto[]): Computer {
  const computer = readComputer(attributes);
  assert(computer, 'the ledger takes a computer only with sound attributes');
  return computer;
}

/** The longest run in ms of processor time. */
export function runMsOf(ways: readonly TermDto[]): number {
  const runMs = readRunMs(ways);
  assert(runMs !== undefined, 'the ledger takes the ways of a computer only when they are sound');
  return Number(runMs);
}

/** The longest run as it is typed: in seconds, as all processor time. */
export const LONGEST_RUN = { unit: 'ms', title: 'Longest run', max: RUN_MS_MAX } as const;

export function longestIn({ longestRun }: KindDraft): string {
  return typeof longestRun === 'string' ? longestRun : '';
}

export const FIRST_WAYS: KindDraft = { longestRun: '60' };

export function waysDraft(ways: readonly TermDto[]): KindDraft {
  return { longestRun: amountDraft(runMsOf(ways), LONGEST_RUN) };
}

export function parseWays(draft: KindDraft): ParsedTerms {
  const typed = longestIn(draft);
  const runMs = parseAmount(typed, LONGEST_RUN);
  return runMs === undefined
    ? { ok: false, errors: { longestRun: amountProblem(LONGEST_RUN, typed) } }
    : { ok: true, terms: computingWaysTerms(runMs) };
}
