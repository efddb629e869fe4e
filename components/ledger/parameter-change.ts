import { durationInWords } from '#components/ui/format.ts';
import { parameterDefinition, type Parameter } from '#ledger/contracts/definitions.ts';
import { parameterInWords, parameterTitle } from './parameter-words.ts';

/** A change by more than this factor is asked about: it is rather a wrong unit than a wish. */
const FACTOR_MAX = 10n;
/** Below this, nobody and nothing can act in time. */
const SHORT_MS = 1_000n;

/** `1 ms to 30 days`: what a vote may set. */
export function rangeInWords(name: Parameter): string {
  const { min, max } = parameterDefinition(name);
  return `${parameterInWords(name, min.toString())} to ${parameterInWords(name, max.toString())}`;
}

export interface ParameterChange {
  readonly name: Parameter;
  readonly from: bigint;
  readonly to: bigint;
}

/** `Time to contest a claim: from 10 minutes to 20 minutes`. */
export function changeInWords({ name, from, to }: ParameterChange): string {
  const [before, after] = [from, to].map((value) => parameterInWords(name, value.toString()));
  return `${parameterTitle(name)}: from ${before} to ${after}`;
}

/** Why a change should be looked at twice, as a sentence; undefined for one of the usual size. */
export function doubtAbout({ name, from, to }: ParameterChange): string | undefined {
  const { unit } = parameterDefinition(name);
  if (unit === 'ms' && to < SHORT_MS && to < from)
    return `That is less than a second: nobody could act in it. Values are typed in milliseconds; ${durationInWords(60_000)} is 60,000.`;
  if (to === 0n || from === 0n)
    return from === to ? undefined : `That is ${to === 0n ? 'nothing at all' : 'something where there was nothing'}.`;
  if (to > from * FACTOR_MAX) return `That is more than ${FACTOR_MAX} times as much as now.`;
  return to * FACTOR_MAX < from ? `That is less than a tenth of what it is now.` : undefined;
}
