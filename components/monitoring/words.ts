import { formatBytes, formatCount, shorten } from '#components/ui/format.ts';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import type { NamedNode } from '#lib/shared/monitoring-views.ts';
import {
  isMetric,
  METRICS,
  type Metric,
  type NodeStatus,
  type Severity,
  type SubjectKind,
  type WatchedNodeDto,
} from '#lib/shared/monitoring.ts';

export const STATUSES = ['failed', 'suspected', 'unknown', 'up'] as const satisfies readonly NodeStatus[];
/** What is listed as a node: the network itself is none. */
export const NODE_KINDS = ['agent', 'validator', 'portal'] as const satisfies readonly SubjectKind[];
/** The gravest first. */
export const GRAVEST_FIRST = ['critical', 'warning', 'notice'] as const satisfies readonly Severity[];

export const KIND_WORDS: Readonly<Record<SubjectKind, string>> = {
  agent: 'agent',
  validator: 'validator',
  portal: 'portal',
  chain: 'the network',
};

/** A node in one text, for sentences and attributes: its name, else its key. */
export function nodeWords({ kind, key, name }: NamedNode): string {
  if (kind === 'chain') return 'The network';
  if (name !== null) return isolatedText(name);
  return kind === 'portal' ? key : `${KIND_WORDS[kind]} ${shorten(key)}`;
}

/** Where a node's page is below the role's own: the network itself has none. */
export function nodeHref(base: string, { id, kind }: NamedNode): string | undefined {
  return kind === 'chain' ? undefined : `${base}/${id}`;
}

/** A measured number: at most two decimals below ten, one below a hundred, none from there. */
export function figure(amount: number): string {
  const size = Math.abs(amount);
  const decimals = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  const text = Number(amount.toFixed(decimals)).toFixed(decimals);
  const [whole = '0', fraction = ''] = text.split('.');
  const kept = fraction.replace(/0+$/, '');
  const shown = kept === '' ? formatCount(whole) : `${formatCount(whole)}.${kept}`;
  return shown === '−0' ? '0' : shown;
}

/** A number with its unit: `12.4 ms`, `1,024 MiB`, `0`. */
export function figureWith(amount: number, unit: string): string {
  return unit === '' ? figure(amount) : `${figure(amount)} ${unit}`;
}

/** What a node's gateways carried for orders over its last heartbeat's time, or why there is no such figure. */
export function carriedWords(
  { kind, seenAtMs, orders }: Pick<WatchedNodeDto, 'kind' | 'seenAtMs' | 'orders'>,
  bytesPerS: number | null,
): string {
  if (bytesPerS !== null) return `${formatBytes(bytesPerS)}/s`;
  if (kind === 'validator') return 'N/A: a validator has no gateway; it carries blocks, and no orders';
  if (kind === 'portal') return 'N/A: nothing that orders carry passes a portal; customers reach the agents’ gateways';
  if (seenAtMs === null) return 'N/A: no heartbeat of it has come';
  return orders === 0
    ? 'N/A: it served no order over the time of its last heartbeat'
    : 'N/A: its last heartbeat did not say';
}

/** 998 → `99.8 %`. */
export function percent(permille: number): string {
  return `${figure(permille / 10)} %`;
}

/** Metrics that are so or not so: there is no bound to choose. */
const FLAGS: Partial<Readonly<Record<Metric, string>>> = {
  isFailed: 'It has failed: it is silent and does not answer',
  isLedgerAway: 'The ledger process does not answer',
};

export function isFlag(metric: string): boolean {
  return Object.hasOwn(FLAGS, metric);
}

export interface RuleWords {
  readonly metric: string;
  readonly comparison: 'above' | 'below';
  readonly threshold: number;
  readonly clearsAt: number;
  readonly forSeconds: number;
}

/** What a rule says, as a sentence. */
export function ruleSentence({ metric, comparison, threshold, clearsAt, forSeconds }: RuleWords): string {
  if (!isMetric(metric)) return 'It is held against nothing that is measured.';
  const lasting = forSeconds === 0 ? '' : ` for ${forSeconds} s`;
  const flag = FLAGS[metric];
  if (flag !== undefined) return `${flag}${lasting}.`;
  const { title: measured, unit } = METRICS[metric];
  const back = comparison === 'above' ? 'at or below' : 'at or above';
  return `${measured} ${comparison} ${figureWith(threshold, unit)}${lasting}; over when ${back} ${figureWith(clearsAt, unit)}.`;
}

/** How far a clock is away: `18 ms behind`. */
export function clockWords(offsetMs: number): string {
  if (offsetMs === 0) return 'right';
  return `${figureWith(Math.abs(offsetMs), 'ms')} ${offsetMs > 0 ? 'ahead' : 'behind'}`;
}
