import 'server-only';
import type { FailedConditionDto } from '#lib/shared/dto.ts';

/** A failed condition as the ledger records it, integers as decimal text. */
export interface StoredFailed {
  index: string;
  sentence: string;
  values: { name: string; value: string }[];
  error: string;
}

const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];

/** '6 hours', '1 hour 30 minutes': at most two units. */
export function inWords(durationMs: number): string {
  let rest = durationMs;
  const parts: string[] = [];
  for (const [name, ms] of UNITS) {
    const count = Math.floor(rest / ms);
    rest -= count * ms;
    if (count > 0) parts.push(`${count} ${name}${count === 1 ? '' : 's'}`);
  }
  return parts.length === 0 ? `${durationMs} ms` : parts.slice(0, 2).join(' ');
}

/** One value that the rule read, by its CEL path, as a clause. */
function clause({ name, value }: { name: string; value: string }): string {
  switch (name) {
    case 'use.durationMs':
      return `you asked for ${inWords(Number(value))}`;
    case 'use.purpose':
      return `you gave the purpose ${value}`;
    case 'use.field':
      return `your field of business is ${value}`;
    case 'use.format':
      return `you asked for ${value}`;
    case 'use.calls':
      return `you asked for ${value} calls`;
    case 'use.bytes':
      return `you asked for ${value} bytes`;
    case 'applicant.roles':
      return `your roles are ${value}`;
    case 'applicant.accountAgeMs':
      return `your account is ${inWords(Number(value))} old`;
    case 'applicant.completedOrders':
      return `you have completed ${value} orders`;
    case 'applicant.brokenOrders':
      return `you have broken ${value} orders`;
    default:
      return `${name} is ${value}`;
  }
}

/** What must hold beside what was asked. A rule that could not be evaluated says so. */
export function toFailed(failed: StoredFailed): FailedConditionDto {
  if (failed.error !== '') return { sentence: failed.sentence, asked: failed.error };
  const shown = failed.values.filter(({ name }) => name !== 'nowMs' && !name.startsWith('resource.'));
  return { sentence: failed.sentence, asked: shown.length === 0 ? null : shown.map(clause).join(', ') };
}
