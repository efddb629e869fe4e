import { z } from 'zod';
import type { AccountRef } from './dto.ts';
import { lineOrNothing } from './line.ts';

/** What is watched: a provider's agent, a validator, a portal, and the network itself. */
export const SUBJECT_KINDS = ['agent', 'validator', 'portal', 'chain'] as const;
export type SubjectKind = (typeof SUBJECT_KINDS)[number];

export const NODE_STATUSES = ['up', 'suspected', 'failed', 'unknown'] as const;
export type NodeStatus = (typeof NODE_STATUSES)[number];
export const SEVERITIES = ['notice', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What a rule can look at, by what it is of. `unit` stands behind the number. */
export const METRICS = {
  isFailed: { of: ['agent', 'validator', 'portal'], title: 'Failed', unit: '' },
  clockOffMs: { of: ['agent'], title: 'Clock away', unit: 'ms' },
  lag: { of: ['agent', 'validator'], title: 'Blocks behind', unit: 'blocks' },
  heightClaimed: { of: ['agent'], title: 'Blocks claimed that nobody has', unit: 'blocks' },
  cpuPermille: { of: ['agent'], title: 'Processor, of one core', unit: '‰' },
  memoryPermille: { of: ['agent'], title: 'Memory, of its limit', unit: '‰' },
  diskFreeMib: { of: ['agent'], title: 'Disk left', unit: 'MiB' },
  loopDelayMs: { of: ['agent'], title: 'Event loop late by', unit: 'ms' },
  roundTripMs: { of: ['agent', 'portal'], title: 'Round trip', unit: 'ms' },
  lossPermille: { of: ['agent'], title: 'Calls lost', unit: '‰' },
  loopDelayUnusual: { of: ['agent'], title: 'Event loop late, against its habit', unit: 'deviations' },
  roundTripUnusual: { of: ['agent'], title: 'Round trip, against its habit', unit: 'deviations' },
  runsHeldBack: { of: ['agent'], title: 'Runs that wait while all slots are busy', unit: '' },
  sinceBlockMs: { of: ['chain'], title: 'Since the last block', unit: 'ms' },
  blockTimeMs: { of: ['chain'], title: 'Block time', unit: 'ms' },
  rounds: { of: ['chain'], title: 'Rounds beyond the first, for each block', unit: '' },
  missedPermille: { of: ['chain'], title: 'Votes missing', unit: '‰' },
  waiting: { of: ['chain'], title: 'Transactions that wait', unit: '' },
  dueBacklog: { of: ['chain'], title: 'Due work that is late', unit: '' },
  journalBytes: { of: ['chain'], title: 'Journal of a validator', unit: 'bytes' },
  journalBytesPerHour: { of: ['chain'], title: 'Growth of the journal, an hour', unit: 'bytes' },
  projectorLag: { of: ['chain'], title: 'Read model behind', unit: 'blocks' },
  isLedgerAway: { of: ['chain'], title: 'Ledger process away', unit: '' },
} as const satisfies Readonly<Record<string, { of: readonly SubjectKind[]; title: string; unit: string }>>;
export type Metric = keyof typeof METRICS;

/** Under which name the series of a refusal's code is kept. */
export function refusalName({ contract, code }: { contract: string; code: number }): string {
  return `refused.${contract}.${code}`;
}

/** The contract and the code of such a series; undefined for any other. */
export function refusalOf(name: string): { contract: string; code: number } | undefined {
  const [, contract, code] = /^refused\.([a-z]+)\.(\d{1,9})$/.exec(name) ?? [];
  return contract === undefined || code === undefined ? undefined : { contract, code: Number(code) };
}

export function isMetric(text: string): text is Metric {
  return Object.hasOwn(METRICS, text);
}

/** Figures of one subject at one moment; what nobody could measure is absent. */
export type Figures = Partial<Record<Metric, number>>;

/** No bound of a rule lies further from 0. */
export const BOUND_MAX = 1e12;
export const RULE_SECONDS_MAX = 86_400;
const bound = z.number().min(-BOUND_MAX).max(BOUND_MAX);

/** A rule as somebody who may change it sends it. */
export const ruleShape = z
  .strictObject({
    id: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be small letters, digits and hyphens'),
    kind: z.enum(SUBJECT_KINDS),
    metric: z.string().refine(isMetric, 'is no metric'),
    comparison: z.enum(['above', 'below']),
    threshold: bound,
    clearsAt: bound,
    forSeconds: z.number().int().min(0).max(RULE_SECONDS_MAX),
    severity: z.enum(SEVERITIES),
    isEnabled: z.boolean(),
  })
  .refine(({ kind, metric }) => (METRICS[metric].of as readonly SubjectKind[]).includes(kind), {
    path: ['metric'],
    message: 'is not measured of such a node',
  })
  .refine(
    ({ comparison, threshold, clearsAt }) => (comparison === 'above' ? clearsAt <= threshold : clearsAt >= threshold),
    {
      path: ['clearsAt'],
      message: 'must not lie beyond the threshold',
    },
  );
export type RuleInput = z.infer<typeof ruleShape>;

/** The longest maintenance that can be announced. */
export const WINDOW_DAYS_MAX = 30;
const WINDOW_MS_MAX = WINDOW_DAYS_MAX * 86_400_000;
const timeMs = z.number().int().min(0).max(8.64e15);
const period = { fromMs: timeMs, toMs: timeMs, note: lineOrNothing(300) };
const isPeriod = ({ fromMs, toMs }: { fromMs: number; toMs: number }): boolean =>
  toMs > fromMs && toMs - fromMs <= WINDOW_MS_MAX;
const noPeriod = { path: ['toMs'], message: 'must be later than its begin, by 30 days at most' };

/** What of a window can be changed: its node stays. */
export const periodShape = z.strictObject(period).refine(isPeriod, noPeriod);
export type PeriodInput = z.infer<typeof periodShape>;

export const windowShape = z
  .strictObject({ node: z.number().int().min(1).max(2_147_483_647), ...period })
  .refine(isPeriod, noPeriod);
export type WindowInput = z.infer<typeof windowShape>;

export const webhookShape = z.strictObject({
  url: z
    .string()
    .max(500)
    .refine((text) => {
      const url = URL.parse(text);
      return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
    }, 'must be an http:// or https:// address without a user name'),
  severityMin: z.enum(SEVERITIES),
});
export type WebhookInput = z.infer<typeof webhookShape>;

export const noteShape = lineOrNothing(500);

/** One of 24: the share of an hour in which the node was heard, of what could be heard; null when nothing could. */
export interface UptimeDot {
  atMs: number;
  permille: number | null;
}

export interface WatchedNodeDto {
  /** Number of the node in monitoring. */
  id: number;
  kind: SubjectKind;
  /** 0x… of an agent, hex of a validator, origin of a portal. */
  key: string;
  /** An agent's label, a validator's name. */
  name: string | null;
  account: number | null;
  status: NodeStatus;
  statusSinceMs: number | null;
  sentence: string;
  seenAtMs: number | null;
  version: string | null;
  height: number | null;
  lag: number | null;
  cpuPermille: number | null;
  memoryMib: number | null;
  memoryMaxMib: number | null;
  diskFreeMib: number | null;
  loopDelayMs: number | null;
  clockOffsetMs: number | null;
  /** By the portal's measurement. */
  clockSeenMs: number | null;
  /** Set when its clock is so far away that its heartbeats are refused. */
  clockAwayMs: number | null;
  orders: number | null;
  roundTripMs: number | null;
  lossPermille: number | null;
  openAlerts: number;
  isInMaintenance: boolean;
  uptime: readonly UptimeDot[];
  /** Round trip of the last hour, by minute; null where nothing came. */
  sparkline: readonly (number | null)[];
}

export interface NodesFilter {
  kind?: SubjectKind;
  status?: NodeStatus;
  /** Part of a name, an address or an origin. */
  text?: string;
  page?: number;
}

export const RANGES = {
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
  month: 2_592_000_000,
  year: 31_536_000_000,
} as const;
export type Range = keyof typeof RANGES;

export interface SeriesPoint {
  atMs: number;
  count: number;
  height: number | null;
  lag: number | null;
  cpuPermille: number | null;
  memoryMib: number | null;
  diskFreeMib: number | null;
  loopDelayMs: number | null;
  clockOffsetMs: number | null;
  orders: number | null;
  refused: number | null;
  roundTripMs: number | null;
  lossPermille: number | null;
  carriedBytesPerS: number | null;
}

export interface NodeSeriesDto {
  range: Range;
  /** Between two points. */
  stepMs: number;
  points: readonly SeriesPoint[];
}

export interface PeerWayDto {
  address: string;
  roundTripMs: number | null;
  lossPermille: number;
}

export interface ProbeDto {
  atMs: number;
  isOk: boolean;
  roundTripMs: number | null;
  sentence: string;
}

export interface WatchedNodeDetailDto {
  node: WatchedNodeDto;
  /** Whose it is; null for what belongs to the network itself. */
  owner: AccountRef | null;
  /** Of the last heartbeat. */
  peers: readonly PeerWayDto[];
  refusals: Readonly<Record<string, number>>;
  carriedBytesPerS: number | null;
  changes: readonly { atMs: number; status: NodeStatus; sentence: string }[];
  probes: readonly ProbeDto[];
}

export interface AlertDto {
  id: number;
  node: { id: number; kind: SubjectKind; key: string; name: string | null };
  rule: string;
  severity: Severity;
  state: 'firing' | 'acknowledged' | 'resolved';
  /** `everyone`: half of its class or more shows the same. */
  scope: 'one' | 'everyone';
  value: number | null;
  sentence: string;
  times: number;
  isFlapping: boolean;
  firedAtMs: number;
  acknowledgedAtMs: number | null;
  acknowledgedBy: number | null;
  note: string | null;
  resolvedAtMs: number | null;
}

export interface AlertDetailDto extends AlertDto {
  /** Who acknowledged it. */
  lookedAfterBy: AccountRef | null;
  history: readonly {
    atMs: number;
    what: 'firing' | 'again' | 'flapping' | 'acknowledged' | 'resolved';
    account: AccountRef | null;
    note: string | null;
  }[];
  deliveries: readonly {
    webhook: number;
    event: string;
    attempts: number;
    deliveredAtMs: number | null;
    sentence: string | null;
  }[];
}

export interface RuleDto extends RuleInput {
  changedBy: number | null;
  changedAtMs: number;
}

export interface WindowDto {
  id: number;
  node: { id: number; kind: SubjectKind; key: string; name: string | null };
  fromMs: number;
  toMs: number;
  account: number;
  announcedBy: AccountRef;
  note: string;
}

export interface WebhookDto {
  id: number;
  url: string;
  severityMin: Severity;
  isEnabled: boolean;
  createdAtMs: number;
  deliveries: readonly {
    id: number;
    alert: number;
    event: string;
    createdAtMs: number;
    attempts: number;
    deliveredAtMs: number | null;
    status: number | null;
    sentence: string | null;
  }[];
}

export interface CheckDto {
  id: number;
  askedAtMs: number;
  answeredAtMs: number | null;
  sentences: readonly string[];
}

/** What the network does. Absent: nobody can tell. */
export interface ChainPoint {
  atMs: number;
  figures: Readonly<Record<string, number>>;
}

/** The newest blocks with who proposed and who is missing; refusals by code. */
export interface ConsensusDto {
  validators: readonly { address: string; name: string | null; missed: number; proposed: number; blocks: number }[];
  blocks: readonly {
    height: number;
    timeMs: number;
    blockTimeMs: number | null;
    round: number | null;
    proposer: string;
    missing: readonly string[];
  }[];
  refusals: readonly { code: number; count: number }[];
}
