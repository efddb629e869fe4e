import 'server-only';
import { METRICS, type Metric } from '#lib/shared/monitoring.ts';

function shown(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** What an alert says: which node, what is seen of it, and beyond which bound. `found` is what liveness says of itself. */
export function alertSentence(
  name: string,
  of: { metric: Metric; comparison: 'above' | 'below'; threshold: number; value: number; scope: 'one' | 'everyone' },
  found: string,
): string {
  const { metric, comparison, threshold, value, scope } = of;
  const others =
    scope === 'everyone' ? ' Half of all such nodes or more show the same, so it is hardly this node.' : '';
  if (metric === 'isFailed') return `${name} has failed. ${found}${others}`;
  if (metric === 'isLedgerAway') return 'The ledger process does not answer: nothing is decided or read through it.';
  const { title, unit } = METRICS[metric];
  const behind = unit === '' ? '' : ` ${unit}`;
  return `${name}: “${title}” is ${shown(value)}${behind}, ${comparison} ${shown(threshold)}${behind}.${others}`;
}
