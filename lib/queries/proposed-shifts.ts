import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database, Prisma, readModel } from '#lib/db.ts';
import type { HostDto, ProposedReturnDto, ProposedShiftDto } from '#lib/shared/allocation.ts';
import { broughtBy, type Brought, type ShareChange } from '#lib/shared/brought-cores.ts';
import { proposedShift } from '#lib/shared/shift-proposal.ts';
import { loadAccountRefs } from './account-refs.ts';
import { selectHosts, toHost } from './allocation.ts';
import { readAsOf } from './page.ts';

/** Rules that say that a host is short of cores [I.2-8]. */
const SHORT = 'computing-short';
const BLOCKS_SLOW = 'block-time-high';
const CORE = 1_000;
/** So far back it is looked for the last time at which something was short. */
const LOOK_BACK_MS = 3_600_000;
/** Samples come 10 s apart: what lies between two that are further apart nobody knows. */
const GAP_MS = 45_000;
/** An idle chain makes a block every 10 s: a read model that is older does not know what was shifted since. */
const STALE_MS = 60_000;

interface AlertRow {
  id: bigint;
  subject: number;
  rule: string;
  forSeconds: number;
  isOpen: boolean;
  resolvedAt: Date | null;
}

/** Shifts that are proposed now, as the page Allocation proposes them, and what the asking program may take back; null for who maintains nothing. */
export async function getProposedShifts(): Promise<{
  readonly shifts: readonly ProposedShiftDto[];
  readonly returns: readonly ProposedReturnDto[];
} | null> {
  const access = await authorize('monitoring.measure');
  if (!access.ok) return null;
  const nowMs = Date.now();
  const [rows, alerts] = await Promise.all([selectHosts(nowMs), selectAlerts(nowMs)]);
  const refs = await loadAccountRefs(rows.map(({ operator }) => operator));
  const hosts = rows.map((row) => toHost(row, refs));
  const slow = alerts.find(({ rule, isOpen }) => rule === BLOCKS_SLOW && isOpen);
  const shifts = hosts.flatMap((host): ProposedShiftDto[] => {
    const { node, watched, shares } = host;
    const proposed = proposedShift(host, slow !== undefined);
    if (proposed === undefined || shares === null) return [];
    const own = alerts.find(({ rule, subject, isOpen }) => rule === SHORT && subject === watched && isOpen);
    const alert = proposed.to === 'consensus' ? slow : own;
    const opened = alert === undefined ? null : { id: Number(alert.id), forMs: alert.forSeconds * 1_000 };
    return [{ node, ...proposed, changedAtMs: shares.atMs, alert: opened }];
  });
  const { viewer } = access;
  if (viewer.kind !== 'agent' || viewer.account === null || viewer.key === null) return { shifts, returns: [] };
  // Where something is to be brought, nothing is taken back.
  const idle = hosts.filter(({ node }) => shifts.every((shift) => shift.node !== node));
  return { shifts, returns: await returnsOf(idle, { by: viewer.account, key: viewer.key, alerts, nowMs }) };
}

/** Open alerts about cores, and those that are over since a short time. */
function selectAlerts(nowMs: number): Promise<AlertRow[]> {
  return database().$queryRaw<AlertRow[]>`
    SELECT a."id", a."subject", a."rule", r."forSeconds", a."state" <> 'resolved' AS "isOpen", a."resolvedAt"
    FROM monitoring.alerts a JOIN monitoring.rules r ON r."id" = a."rule"
    WHERE a."rule" IN (${SHORT}, ${BLOCKS_SLOW}) AND (a."state" <> 'resolved' OR a."resolvedAt" > ${new Date(nowMs - LOOK_BACK_MS)})
    ORDER BY a."id" DESC`;
}

interface Asking {
  readonly by: number;
  readonly key: number;
  readonly alerts: readonly AlertRow[];
  readonly nowMs: number;
}

async function returnsOf(hosts: readonly HostDto[], asking: Asking): Promise<ProposedReturnDto[]> {
  const { timeMs } = await readAsOf();
  if (asking.nowMs - timeMs > STALE_MS) return [];
  const brought = await broughtTo(
    hosts.flatMap(({ node, shares }) => (shares === null ? [] : [node])),
    asking,
  );
  const proposed = await Promise.all(
    hosts.flatMap((host) => (brought.get(host.node) ?? []).map((each) => returnOf(host, each, asking))),
  );
  return proposed.filter((each) => each !== undefined);
}

/** What the program has brought to each host, from the ledger's own events: no program has to remember it. */
async function broughtTo(nodes: readonly number[], of: Pick<Asking, 'by' | 'key'>): Promise<Map<number, Brought[]>> {
  const rows = await database().$queryRaw<
    (Omit<ShareChange, 'millicores' | 'by' | 'key'> & Record<'node' | 'millicores' | 'by' | 'key', bigint>)[]
  >`
    SELECT x."node", x."from", x."to", x."millicores", x."by", x."key" FROM ${readModel.node_shares} x
    WHERE x."node" = ANY(${nodes.map(BigInt)}::bigint[]) ORDER BY x."node", x."height", x."phase", x."index", x."sequence"`;
  const changes = rows.map(({ node, from, to, millicores, by, key }) => ({
    node: Number(node),
    from,
    to,
    millicores: Number(millicores),
    by: Number(by),
    key: Number(key),
  }));
  return new Map([...Map.groupBy(changes, ({ node }) => node)].map(([node, own]) => [node, broughtBy(own, of)]));
}

async function returnOf(
  { node, watched, shares, runs }: HostDto,
  { from, to, millicores: brought }: Brought,
  { alerts, nowMs }: Asking,
): Promise<ProposedReturnDto | undefined> {
  const millicores = Math.min(brought, shares?.movable[to] ?? 0);
  if (shares === null || millicores < 1) return undefined;
  const ofReason = alerts.filter(({ rule, subject }) =>
    to === 'consensus' ? rule === BLOCKS_SLOW : rule === SHORT && subject === watched,
  );
  if (ofReason.some(({ isOpen }) => isOpen)) return undefined;
  if (to !== 'consensus' && (watched === null || runs === null)) return undefined;
  const slotsAfter = Math.max(1, Math.floor((shares.now[to] - millicores) / CORE));
  const shortMs = to === 'consensus' ? await monitorCalmSince(nowMs) : await hostCalmSince(watched, slotsAfter, nowMs);
  if (shortMs === undefined) return undefined;
  const calmSinceMs = Math.max(shortMs, ...ofReason.map(({ resolvedAt }) => resolvedAt?.getTime() ?? 0));
  const reason =
    to === 'consensus'
      ? 'Blocks are quick again: what was brought goes back'
      : 'Nothing waits any more: what was brought goes back';
  return { node, from: to, to: from, millicores, reason, changedAtMs: shares.atMs, calmSinceMs };
}

/**
 * Since when an agent has said without a gap that nothing waits for a slot, and that the slots which would be left are enough for what runs:
 * else the next run would wait again. Undefined where it says nothing.
 */
function hostCalmSince(watched: number | null, slotsAfter: number, nowMs: number): Promise<number | undefined> {
  return calmSince(
    Prisma.sql`SELECT "at", lag("at") OVER (ORDER BY "at") AS "before", "slots" IS NULL OR "slotsBusy" > ${slotsAfter}::int OR ("slotsBusy" >= "slots" AND "runsWaiting" > 0) AS "isShort"
      FROM monitoring.samples WHERE "subject" = ${watched} AND "at" > ${new Date(nowMs - LOOK_BACK_MS)}`,
    nowMs,
  );
}

/** Since when the monitor has watched the chain without a gap: it would have opened an alert. */
function monitorCalmSince(nowMs: number): Promise<number | undefined> {
  return calmSince(
    Prisma.sql`SELECT "at", lag("at") OVER (ORDER BY "at") AS "before", FALSE AS "isShort" FROM monitoring.chain_samples WHERE "at" > ${new Date(nowMs - LOOK_BACK_MS)}`,
    nowMs,
  );
}

async function calmSince(samples: Prisma.Sql, nowMs: number): Promise<number | undefined> {
  const [row] = await database().$queryRaw<{ calm: Date | null; last: Date | null }[]>`
    SELECT max("at") FILTER (WHERE "isShort" OR "before" IS NULL OR "at" - "before" > make_interval(secs => ${GAP_MS / 1_000})) AS "calm", max("at") AS "last"
    FROM (${samples}) s`;
  if (row === undefined || row.calm === null || row.last === null || nowMs - row.last.getTime() > GAP_MS)
    return undefined;
  return row.calm.getTime();
}
