import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database, Prisma, readModel } from '#lib/db.ts';
import { showAddress } from '#lib/ledger-client.ts';
import { isPortalNode } from '#lib/operations/portal-heartbeats.ts';
import type { PageOf } from '#lib/shared/dto.ts';
import type { NamedNode } from '#lib/shared/monitoring-views.ts';
import {
  RANGES,
  type CheckDto,
  type NodeSeriesDto,
  type NodesFilter,
  type NodeStatus,
  type PeerWayDto,
  type Range,
  type SeriesPoint,
  type SubjectKind,
  type UptimeDot,
  type WatchedNodeDetailDto,
  type WatchedNodeDto,
} from '#lib/shared/monitoring.ts';
import { loadAccountRefs } from './account-refs.ts';
import { emptyPage, idOf, numberOrNull, pageNumber, pageOf, windowOf } from './page.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const DOTS = 24;
const SPARKLINE_MINUTES = 60;
const CHANGES_MAX = 50;
const PROBES_MAX = 50;
const TEXT_LENGTH_MAX = 100;
const IDS_MAX = 2_147_483_647;
/** Ranges up to here are told by samples, by minutes; longer ones by hours. */
const SAMPLES_MS_MAX = HOUR_MS;
const MINUTES_MS_MAX = 2 * 24 * HOUR_MS;
const POINTS_MAX = 9_000;

/** Whose nodes somebody may see: everybody's, one account's, or nobody's. */
export type Sight = { readonly of: 'all' } | { readonly of: 'own'; readonly account: bigint } | { readonly of: 'none' };

export async function sightOf(): Promise<Sight> {
  if ((await authorize('monitoring.read')).ok) return { of: 'all' };
  const own = await authorize('monitoring.own');
  return own.ok && own.account !== null ? { of: 'own', account: BigInt(own.account) } : { of: 'none' };
}

/** The condition on `s`, a subject, that says who may see it. */
export function seenBy(sight: Sight): Prisma.Sql {
  switch (sight.of) {
    case 'all':
      return Prisma.sql`TRUE`;
    case 'own':
      return Prisma.sql`s."account" = ${sight.account}`;
    case 'none':
      return Prisma.sql`FALSE`;
  }
}

/** A subject's name, where it has one: of an agent its label, of a validator or a portal that of its node on the ledger. */
export const subjectName = Prisma.sql`coalesce(
  (SELECT a."label" FROM operations.agents a WHERE s."kind" = 'agent' AND a."address" = s."key"),
  (SELECT n."name" FROM ${readModel.nodes} n WHERE s."kind" = 'validator' AND n."address" = s."key" ORDER BY n."id" DESC LIMIT 1),
  (SELECT n."name" FROM ${readModel.nodes} n WHERE s."kind" = 'portal' AND ${isPortalNode(Prisma.sql`s."key"`)} ORDER BY n."id" LIMIT 1))`;

/** What the monitor found of a subject, and in words; `t` is its state, which one that it has not looked at has not. */
export const statusName = Prisma.sql`coalesce(t."status", 'unknown')`;
export const statusSentence = Prisma.sql`coalesce(t."sentence", 'The monitor has not looked at it yet.')`;

/** A subject's key as people read it. */
export function shownKey(kind: SubjectKind, key: string): string {
  return kind === 'agent' ? showAddress(key) : key;
}

/** A subject in a row of something else. */
export interface NamedRow {
  subject: number;
  kind: SubjectKind;
  key: string;
  name: string | null;
}

/** A subject as lists name it. */
export function named({ subject, kind, key, name }: NamedRow): NamedNode {
  return { id: subject, kind, key: shownKey(kind, key), name };
}

interface NodeRow {
  id: number;
  kind: SubjectKind;
  key: string;
  name: string | null;
  account: bigint | null;
  status: NodeStatus;
  since: Date | null;
  sentence: string;
  at: Date | null;
  version: string | null;
  height: bigint | null;
  lag: number | null;
  cpuPermille: number | null;
  memoryMib: number | null;
  memoryMaxMib: number | null;
  diskFreeMib: number | null;
  loopDelayMs: number | null;
  clockOffsetMs: number | null;
  clockSeenMs: number | null;
  clockAwayMs: bigint | null;
  clockAwayAt: Date | null;
  orders: number | null;
  roundTripMs: number | null;
  lossPermille: number | null;
  peers: PeerWayDto[] | null;
  refusals: Record<string, number> | null;
  carriedBytesPerS: number | null;
  openAlerts: number;
  isInMaintenance: boolean;
  total: number;
}

/** Nodes that fail first. `window`: its LIMIT and OFFSET. */
function selectNodes(where: Prisma.Sql, window = Prisma.empty): Promise<NodeRow[]> {
  return database().$queryRaw<NodeRow[]>`
    WITH chosen AS (
      SELECT s.*, ${subjectName} AS "name", ${statusName} AS "status", t."since", ${statusSentence} AS "sentence",
        array_position(ARRAY['failed', 'suspected', 'unknown', 'up'], ${statusName}) AS "place", count(*) OVER ()::int AS "total"
      FROM monitoring.subjects s LEFT JOIN monitoring.states t ON t."subject" = s."id"
      WHERE s."kind" <> 'chain' AND ${where} ORDER BY "place", s."id" ${window}
    )
    SELECT c."id", c."kind", c."key", c."name", c."account", c."status", c."since", c."sentence", c."clockAwayMs", c."clockAwayAt", c."total", m.*,
      (SELECT count(*) FROM monitoring.alerts a WHERE a."subject" = c."id" AND a."state" <> 'resolved')::int AS "openAlerts",
      EXISTS (SELECT 1 FROM monitoring.windows w WHERE w."subject" = c."id" AND w."from" <= now() AND w."to" > now()) AS "isInMaintenance"
    FROM chosen c LEFT JOIN LATERAL (
      SELECT "at", "version", "height", "lag", "cpuPermille", "memoryMib", "memoryMaxMib", "diskFreeMib", "loopDelayMs", "clockOffsetMs",
        "clockSeenMs", "orders", "roundTripMs", "lossPermille", "peers", "refusals", "carriedBytesPerS"
      FROM monitoring.samples x WHERE x."subject" = c."id" ORDER BY "at" DESC LIMIT 1) m ON TRUE
    ORDER BY c."place", c."id"`;
}

/** Of each hour how much a node was heard, of what the monitor could hear: what was away on our side counts for nobody. */
async function uptimeOf(ids: readonly number[], nowMs: number): Promise<Map<number, UptimeDot[]>> {
  const firstMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS - (DOTS - 1) * HOUR_MS;
  const from = new Date(firstMs);
  const [heard, could, begun] = await Promise.all([
    database().$queryRaw<{ subject: number; at: Date; count: number }[]>`
      SELECT "subject", "at", "count" FROM monitoring.samples_hour WHERE "subject" = ANY(${ids}::int[]) AND "at" >= ${from}`,
    database().$queryRaw<{ at: Date; count: number }[]>`
      SELECT date_trunc('hour', "at", 'UTC') AS "at", count(*)::int AS "count" FROM monitoring.chain_samples
      WHERE "at" >= ${from} AND "at" < coalesce((SELECT "until" FROM monitoring.progress WHERE "name" = 'minutes'), now()) GROUP BY 1`,
    // In the hour in which a node was heard for the first time it could be heard from that minute on.
    database().$queryRaw<{ subject: number; at: Date; count: number }[]>`
      SELECT f."subject", f."hour" AS "at", (SELECT count(*)::int FROM monitoring.chain_samples c WHERE c."at" < f."hour" + interval '1 hour'
        AND c."at" >= coalesce((SELECT min(m."at") FROM monitoring.samples_minute m
          WHERE m."subject" = f."subject" AND m."at" >= f."hour" AND m."at" < f."hour" + interval '1 hour'), f."hour")
        AND c."at" < coalesce((SELECT "until" FROM monitoring.progress WHERE "name" = 'minutes'), now())) AS "count"
      FROM (SELECT "subject", min("at") AS "hour" FROM monitoring.samples_hour WHERE "subject" = ANY(${ids}::int[]) GROUP BY 1) f`,
  ]);
  const begunAt = new Map(begun.map(({ subject, at, count }) => [subject, { atMs: at.getTime(), count }]));
  const couldAt = new Map(could.map(({ at, count }) => [at.getTime(), count]));
  const heardAt = new Map(heard.map(({ subject, at, count }) => [`${subject} ${at.getTime()}`, count]));
  return new Map(
    ids.map((id) => {
      const since = [...Array(DOTS).keys()].map((index) => firstMs + index * HOUR_MS);
      const first = begunAt.get(id) ?? { atMs: Number.POSITIVE_INFINITY, count: 0 };
      const dots = since.map((atMs) => {
        const could = atMs === first.atMs ? first.count : couldAt.get(atMs);
        return dotOf({ atMs, first: first.atMs, heard: heardAt.get(`${id} ${atMs}`), could });
      });
      return [id, dots];
    }),
  );
}

function dotOf(of: { atMs: number; first: number; heard: number | undefined; could: number | undefined }): UptimeDot {
  const { atMs, first, heard = 0, could = 0 } = of;
  // Before it was heard for the first time there was no node.
  if (atMs < first || could === 0) return { atMs, permille: null };
  return { atMs, permille: Math.min(1_000, Math.round((heard * 1_000) / could)) };
}

async function sparklinesOf(ids: readonly number[], nowMs: number): Promise<Map<number, (number | null)[]>> {
  const firstMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS - SPARKLINE_MINUTES * MINUTE_MS;
  const rows = await database().$queryRaw<{ subject: number; at: Date; roundTripMs: number | null }[]>`
    SELECT "subject", "at", "roundTripMs" FROM monitoring.samples_minute WHERE "subject" = ANY(${ids}::int[]) AND "at" >= ${new Date(firstMs)}`;
  const lines = new Map(ids.map((id) => [id, Array<number | null>(SPARKLINE_MINUTES).fill(null)]));
  for (const { subject, at, roundTripMs } of rows) {
    const line = lines.get(subject);
    const index = Math.round((at.getTime() - firstMs) / MINUTE_MS);
    if (line !== undefined && index >= 0 && index < SPARKLINE_MINUTES) line[index] = roundTripMs;
  }
  return lines;
}

async function toNodes(rows: readonly NodeRow[], nowMs: number): Promise<WatchedNodeDto[]> {
  const ids = rows.map(({ id }) => id);
  const [uptimes, sparklines] = await Promise.all([uptimeOf(ids, nowMs), sparklinesOf(ids, nowMs)]);
  return rows.map((row) => {
    const { id, kind, key, name, account, status, since, sentence, at, clockAwayMs, clockAwayAt } = row;
    const isAway = clockAwayAt !== null && clockAwayAt.getTime() > (at?.getTime() ?? 0);
    return {
      id,
      kind,
      key: shownKey(kind, key),
      name,
      account: numberOrNull(account),
      status,
      statusSinceMs: since?.getTime() ?? null,
      sentence,
      seenAtMs: at?.getTime() ?? null,
      version: row.version,
      height: numberOrNull(row.height),
      lag: row.lag,
      cpuPermille: row.cpuPermille,
      memoryMib: row.memoryMib,
      memoryMaxMib: row.memoryMaxMib,
      diskFreeMib: row.diskFreeMib,
      loopDelayMs: row.loopDelayMs,
      clockOffsetMs: row.clockOffsetMs,
      clockSeenMs: row.clockSeenMs,
      clockAwayMs: isAway ? numberOrNull(clockAwayMs) : null,
      orders: row.orders,
      roundTripMs: row.roundTripMs,
      lossPermille: row.lossPermille,
      openAlerts: row.openAlerts,
      isInMaintenance: row.isInMaintenance,
      uptime: uptimes.get(id) ?? [],
      sparkline: sparklines.get(id) ?? [],
    };
  });
}

function matching({ kind, status, text }: NodesFilter): Prisma.Sql {
  const pattern =
    text === undefined || text === ''
      ? null
      : `%${text
          .slice(0, TEXT_LENGTH_MAX)
          .replace(/^0x/, '')
          .replaceAll(/[\\%_]/g, '\\$&')}%`;
  return Prisma.sql`(${kind ?? null}::text IS NULL OR s."kind" = ${kind ?? null})
    AND (${status ?? null}::text IS NULL OR ${statusName} = ${status ?? null})
    AND (${pattern}::text IS NULL OR s."key" ILIKE ${pattern} OR ${subjectName} ILIKE ${pattern})`;
}

/** The nodes that the viewer may see, those that fail first. */
export async function getWatchedNodes(filter: NodesFilter): Promise<PageOf<WatchedNodeDto>> {
  const sight = await sightOf();
  if (sight.of === 'none') return emptyPage();
  const page = pageNumber(filter.page);
  const { skip, take } = windowOf(page);
  const where = Prisma.sql`${seenBy(sight)} AND ${matching(filter)}`;
  const rows = await selectNodes(where, Prisma.sql`LIMIT ${take} OFFSET ${skip}`);
  return pageOf(await toNodes(rows, Date.now()), rows[0]?.total ?? 0, page);
}

/** How many nodes of those that the viewer may see are how; null for who may see none. */
export async function getNodeCounts(): Promise<Readonly<Record<NodeStatus, number>> | null> {
  const sight = await sightOf();
  if (sight.of === 'none') return null;
  const rows = await database().$queryRaw<{ status: NodeStatus; count: number }[]>`
    SELECT ${statusName} AS "status", count(*)::int AS "count" FROM monitoring.subjects s
    LEFT JOIN monitoring.states t ON t."subject" = s."id" WHERE s."kind" <> 'chain' AND ${seenBy(sight)} GROUP BY 1`;
  return {
    up: 0,
    suspected: 0,
    failed: 0,
    unknown: 0,
    ...Object.fromEntries(rows.map(({ status, count }) => [status, count])),
  };
}

/** A subject's number as it came from outside; undefined for what is none. */
function subjectId(id: number): number | undefined {
  return Number.isSafeInteger(id) && id > 0 && id <= IDS_MAX ? id : undefined;
}

/** The number of a node that the viewer may see; null where there is none. */
export async function findSeenNode(id: number): Promise<number | null> {
  const subject = subjectId(id);
  const sight = await sightOf();
  if (sight.of === 'none' || subject === undefined) return null;
  const [row] = await database().$queryRaw<{ id: number }[]>`
    SELECT s."id" FROM monitoring.subjects s WHERE s."id" = ${subject} AND s."kind" <> 'chain' AND ${seenBy(sight)}`;
  return row?.id ?? null;
}

/** One node with what was found about it lately; null where there is none that the viewer may see. */
export async function getWatchedNode(id: number): Promise<WatchedNodeDetailDto | null> {
  const subject = subjectId(id);
  const sight = await sightOf();
  if (sight.of === 'none' || subject === undefined) return null;
  const [row] = await selectNodes(Prisma.sql`${seenBy(sight)} AND s."id" = ${subject}`);
  if (row === undefined) return null;
  const [changes, probes, [node]] = await Promise.all([
    database().$queryRaw<{ at: Date; status: NodeStatus; sentence: string }[]>`
      SELECT "at", "status", "sentence" FROM monitoring.state_changes WHERE "subject" = ${row.id} ORDER BY "id" DESC LIMIT ${CHANGES_MAX}`,
    database().$queryRaw<{ at: Date; isOk: boolean; roundTripMs: number | null; sentence: string }[]>`
      SELECT "at", "isOk", "roundTripMs", "sentence" FROM monitoring.probes WHERE "subject" = ${row.id} ORDER BY "at" DESC LIMIT ${PROBES_MAX}`,
    toNodes([row], Date.now()),
  ]);
  if (node === undefined) return null;
  const refs = await loadAccountRefs([row.account]);
  return {
    node,
    owner: row.account === null ? null : refs.of(row.account),
    peers: (row.peers ?? []).map(({ address, roundTripMs, lossPermille }) => ({
      address: showAddress(address),
      // Absent in what the node sent, where nothing came back.
      roundTripMs: roundTripMs ?? null,
      lossPermille,
    })),
    refusals: row.refusals ?? {},
    carriedBytesPerS: row.carriedBytesPerS,
    changes: changes.map(({ at, ...change }) => ({ atMs: at.getTime(), ...change })),
    probes: probes.map(({ at, ...probe }) => ({ atMs: at.getTime(), ...probe })),
  };
}

type PointRow = Omit<SeriesPoint, 'atMs'> & { at: Date };

/** Figures of a point that samples, minutes and hours name alike. */
const FIGURES = Prisma.sql`"at", "height"::float8 AS "height", "lag", "cpuPermille", "memoryMib", "diskFreeMib", "loopDelayMs", "orders",
  "refused"::float8 AS "refused", "roundTripMs", "lossPermille", "carriedBytesPerS"`;

const TABLES = {
  samples: { stepMs: 10_000, rest: Prisma.sql`1 AS "count", "clockSeenMs" AS "clockOffsetMs" FROM monitoring.samples` },
  minutes: { stepMs: MINUTE_MS, rest: Prisma.sql`"count", "clockOffsetMs" FROM monitoring.samples_minute` },
  hours: { stepMs: HOUR_MS, rest: Prisma.sql`"count", "clockOffsetMs" FROM monitoring.samples_hour` },
} as const;

/** Which of the series tells of a range: so fine that it can be seen, so coarse that it is some thousand points at most. */
export function tableOf(range: Range): keyof typeof TABLES {
  if (RANGES[range] <= SAMPLES_MS_MAX) return 'samples';
  return RANGES[range] <= MINUTES_MS_MAX ? 'minutes' : 'hours';
}

/** What a node said over a range; null where there is no node that the viewer may see. */
export async function getNodeSeries(id: number, range: Range): Promise<NodeSeriesDto | null> {
  const subject = Object.hasOwn(RANGES, range) ? await findSeenNode(id) : null;
  if (subject === null) return null;
  const { stepMs, rest } = TABLES[tableOf(range)];
  const rows = await database().$queryRaw<PointRow[]>`
    SELECT ${FIGURES}, ${rest} WHERE "subject" = ${subject} AND "at" > ${new Date(Date.now() - RANGES[range])} ORDER BY "at" LIMIT ${POINTS_MAX}`;
  return { range, stepMs, points: rows.map(({ at, ...point }) => ({ atMs: at.getTime(), ...point })) };
}

/** The answer to a check that the viewer asked for; null where there is none. */
export async function getCheck(id: number): Promise<CheckDto | null> {
  const access = await authorize('monitoring.own');
  const check = idOf(id);
  if (!access.ok || access.account === null || check === undefined) return null;
  const [row] = await database().$queryRaw<{ askedAt: Date; answeredAt: Date | null; sentences: string[] | null }[]>`
    SELECT "askedAt", "answeredAt", "sentences" FROM monitoring.checks WHERE "id" = ${check} AND "account" = ${BigInt(access.account)}`;
  if (row === undefined) return null;
  const { askedAt, answeredAt, sentences } = row;
  return {
    id,
    askedAtMs: askedAt.getTime(),
    answeredAtMs: answeredAt?.getTime() ?? null,
    sentences: sentences ?? [],
  };
}
