import 'server-only';
import { findKind } from '#ledger/contracts/kinds/kinds.ts';
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

/** '10 calls', '1 byte', '3 MiB': units that are whole words have a plural. */
function countInWords(count: string, unit: string): string {
  return `${count} ${unit}${count !== '1' && /^[a-z]{3,}$/.test(unit) ? 's' : ''}`;
}

/** What was chosen or asked for of a kind's own words; undefined for every other path. */
function ownClause(kindName: string, path: string, value: string): string | undefined {
  const kind = findKind(kindName);
  const [, list, name = ''] = /^use\.(choice|amount)\.(\w+)$/.exec(path) ?? [];
  if (list === 'amount') {
    const unit = kind?.meters[name]?.unit;
    return `you asked for ${unit === undefined ? `${value} ${name}` : countInWords(value, unit)}`;
  }
  if (list !== 'choice') return undefined;
  const title = new Map(Object.entries(kind?.choices ?? {})).get(name)?.toLowerCase() ?? name;
  return value === '' ? `you chose no ${title}` : `you chose the ${title} ${value}`;
}

function orders(count: string): string {
  return count === '1' ? '1 order' : `${count} orders`;
}

/** One value that the rule read, by its CEL path, as a clause. */
function clause(kind: string, { name, value }: { name: string; value: string }): string {
  switch (name) {
    case 'use.durationMs':
      return `you asked for ${inWords(Number(value))}`;
    case 'use.purpose':
      return `you gave the purpose ${value}`;
    case 'use.field':
      return `your field of business is ${value}`;
    case 'applicant.roles':
      return `your roles are ${value}`;
    case 'applicant.accountAgeMs':
      return `your account is ${inWords(Number(value))} old`;
    case 'applicant.completedOrders':
      return `you have completed ${orders(value)}`;
    case 'applicant.brokenOrders':
      return `you have broken ${orders(value)}`;
    case 'applicant.credit':
      return `your credit is ${value}`;
    case 'applicant.identifiedBy':
      return value === '0' ? 'no operator has identified you' : `account A-${value} has identified you`;
    default:
      return ownClause(kind, name, value) ?? `${name} is ${value}`;
  }
}

/** What must hold beside what was asked, in the words of the resource's kind. A rule that could not be evaluated says so. */
export function toFailed(failed: StoredFailed, kind: string): FailedConditionDto {
  const { sentence } = failed;
  const index = Number(failed.index);
  if (failed.error !== '') return { index, sentence, asked: failed.error };
  const shown = failed.values.filter(({ name }) => name !== 'nowMs' && !name.startsWith('resource.'));
  const asked = shown.map((value) => clause(kind, value)).join(', ');
  return { index, sentence, asked: shown.length === 0 ? null : asked };
}
