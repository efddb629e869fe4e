import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database, Prisma } from '#lib/db.ts';
import type { PageOf } from '#lib/shared/dto.ts';
import type { AlertDetailDto, AlertDto, RuleDto, Severity, WebhookDto, WindowDto } from '#lib/shared/monitoring.ts';
import { loadAccountRefs } from './account-refs.ts';
import { emptyPage, idOf, numberOrNull, pageNumber, pageOf, windowOf } from './page.ts';
import { named, seenBy, sightOf, subjectName, type NamedRow } from './watched-nodes.ts';

const LISTED_MAX = 500;
const DELIVERIES_MAX = 50;

interface AlertRow extends NamedRow {
  id: bigint;
  rule: string;
  severity: Severity;
  state: AlertDto['state'];
  scope: AlertDto['scope'];
  value: number | null;
  sentence: string;
  times: number;
  isFlapping: boolean;
  firedAt: Date;
  acknowledgedAt: Date | null;
  acknowledgedBy: bigint | null;
  note: string | null;
  resolvedAt: Date | null;
  total: number;
}

const columns = Prisma.sql`a."id", a."subject", s."kind", s."key", ${subjectName} AS "name", a."rule", a."severity", a."state", a."scope", a."value",
  a."sentence", a."times", a."isFlapping", a."firedAt", a."acknowledgedAt", a."acknowledgedBy", a."note", a."resolvedAt"`;

function toAlert(row: AlertRow): AlertDto {
  const { firedAt, acknowledgedAt, resolvedAt } = row;
  const { rule, severity, state, scope, value, sentence, times, isFlapping, note } = row;
  return {
    id: Number(row.id),
    node: named(row),
    rule,
    severity,
    state,
    scope,
    value,
    sentence,
    times,
    isFlapping,
    note,
    firedAtMs: firedAt.getTime(),
    acknowledgedAtMs: acknowledgedAt?.getTime() ?? null,
    acknowledgedBy: numberOrNull(row.acknowledgedBy),
    resolvedAtMs: resolvedAt?.getTime() ?? null,
  };
}

export interface AlertsFilter {
  /** `open`: firing and acknowledged. All, when left out. */
  state?: 'open' | AlertDto['state'];
  node?: number;
  page?: number;
}

/** Alerts of the nodes that the viewer may see: those that wait for somebody first, then the newest. */
export async function getAlerts(filter: AlertsFilter): Promise<PageOf<AlertDto>> {
  const sight = await sightOf();
  if (sight.of === 'none') return emptyPage();
  const page = pageNumber(filter.page);
  const { skip, take } = windowOf(page);
  const states =
    filter.state === undefined
      ? ['firing', 'acknowledged', 'resolved']
      : filter.state === 'open'
        ? ['firing', 'acknowledged']
        : [filter.state];
  const node = filter.node === undefined ? Prisma.sql`TRUE` : Prisma.sql`a."subject" = ${filter.node}`;
  const rows = await database().$queryRaw<AlertRow[]>`
    SELECT ${columns}, count(*) OVER ()::int AS "total" FROM monitoring.alerts a JOIN monitoring.subjects s ON s."id" = a."subject"
    WHERE ${seenBy(sight)} AND ${node} AND a."state" = ANY(${states})
    ORDER BY array_position(ARRAY['firing', 'acknowledged', 'resolved'], a."state"), a."id" DESC LIMIT ${take} OFFSET ${skip}`;
  return pageOf(rows.map(toAlert), rows[0]?.total ?? 0, page);
}

/** How many alerts wait that nobody has acknowledged; null for who may see none. */
export async function getWaitingAlerts(): Promise<{ count: number } | null> {
  const sight = await sightOf();
  if (sight.of === 'none') return null;
  const [row] = await database().$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS "count" FROM monitoring.alerts a JOIN monitoring.subjects s ON s."id" = a."subject"
    WHERE a."state" = 'firing' AND ${seenBy(sight)}`;
  return { count: row?.count ?? 0 };
}

/** One alert with what became of it; null where there is none that the viewer may see. */
export async function getAlert(id: number): Promise<AlertDetailDto | null> {
  const alert = idOf(id);
  const sight = await sightOf();
  if (alert === undefined || sight.of === 'none') return null;
  const [row] = await database().$queryRaw<AlertRow[]>`
    SELECT ${columns} FROM monitoring.alerts a JOIN monitoring.subjects s ON s."id" = a."subject" WHERE a."id" = ${alert} AND ${seenBy(sight)}`;
  if (row === undefined) return null;
  const [history, deliveries] = await Promise.all([
    database().$queryRaw<
      { at: Date; what: AlertDetailDto['history'][number]['what']; account: bigint | null; note: string | null }[]
    >`
      SELECT "at", "what", "account", "note" FROM monitoring.alert_history WHERE "alert" = ${alert} ORDER BY "id" LIMIT ${LISTED_MAX}`,
    database().$queryRaw<
      { webhook: bigint; event: string; attempts: number; deliveredAt: Date | null; sentence: string | null }[]
    >`
      SELECT "webhook", "event", "attempts", "deliveredAt", "sentence" FROM monitoring.deliveries WHERE "alert" = ${alert} ORDER BY "id" LIMIT ${LISTED_MAX}`,
  ]);
  const refs = await loadAccountRefs([row.acknowledgedBy, ...history.map(({ account }) => account)]);
  return {
    ...toAlert(row),
    lookedAfterBy: row.acknowledgedBy === null ? null : refs.of(row.acknowledgedBy),
    history: history.map(({ at, what, account, note }) => ({
      atMs: at.getTime(),
      what,
      account: account === null ? null : refs.of(account),
      note,
    })),
    deliveries: deliveries.map(({ webhook, deliveredAt, ...delivery }) => ({
      webhook: Number(webhook),
      deliveredAtMs: deliveredAt?.getTime() ?? null,
      ...delivery,
    })),
  };
}

/** Every rule, in order of its id. */
export async function getAlertRules(): Promise<RuleDto[]> {
  if (!(await authorize('monitoring.read')).ok) return [];
  const rows = await database().$queryRaw<
    (Omit<RuleDto, 'changedBy' | 'changedAtMs'> & { changedBy: bigint | null; changedAt: Date })[]
  >`
    SELECT "id", "kind", "metric", "comparison", "threshold", "clearsAt", "forSeconds", "severity", "isEnabled", "changedBy", "changedAt"
    FROM monitoring.rules ORDER BY "id" LIMIT ${LISTED_MAX}`;
  return rows.map(({ changedBy, changedAt, ...rule }) => ({
    ...rule,
    changedBy: numberOrNull(changedBy),
    changedAtMs: changedAt.getTime(),
  }));
}

interface WindowRow extends NamedRow {
  id: bigint;
  from: Date;
  to: Date;
  account: bigint;
  note: string;
}

/** Maintenance windows of the nodes that the viewer may see which are not over, in order of their begin. */
export async function getMaintenanceWindows(): Promise<WindowDto[]> {
  const sight = await sightOf();
  if (sight.of === 'none') return [];
  const rows = await database().$queryRaw<WindowRow[]>`
    SELECT w."id", w."subject", s."kind", s."key", ${subjectName} AS "name", w."from", w."to", w."account", w."note"
    FROM monitoring.windows w JOIN monitoring.subjects s ON s."id" = w."subject"
    WHERE w."to" > now() AND ${seenBy(sight)} ORDER BY w."from", w."id" LIMIT ${LISTED_MAX}`;
  const refs = await loadAccountRefs(rows.map(({ account }) => account));
  return rows.map(({ id, from, to, account, note, ...node }) => ({
    id: Number(id),
    node: named(node),
    fromMs: from.getTime(),
    toMs: to.getTime(),
    account: Number(account),
    announcedBy: refs.of(account),
    note,
  }));
}

type DeliveryRow = {
  webhook: bigint;
  id: bigint;
  alert: bigint;
  event: string;
  createdAt: Date;
  attempts: number;
  deliveredAt: Date | null;
  status: number | null;
  sentence: string | null;
};

/** Webhooks with the newest of what was told them; their secrets are never shown again. */
export async function getWebhooks(): Promise<WebhookDto[]> {
  if (!(await authorize('webhooks.manage')).ok) return [];
  const [rows, deliveries] = await Promise.all([
    database().$queryRaw<{ id: bigint; url: string; severityMin: Severity; isEnabled: boolean; createdAt: Date }[]>`
      SELECT "id", "url", "severityMin", "isEnabled", "createdAt" FROM monitoring.webhooks ORDER BY "id" LIMIT ${LISTED_MAX}`,
    database().$queryRaw<DeliveryRow[]>`
      SELECT d.* FROM monitoring.webhooks w, LATERAL (SELECT "webhook", "id", "alert", "event", "createdAt", "attempts", "deliveredAt", "status", "sentence"
        FROM monitoring.deliveries x WHERE x."webhook" = w."id" ORDER BY "id" DESC LIMIT ${DELIVERIES_MAX}) d`,
  ]);
  return rows.map(({ id, createdAt, ...webhook }) => ({
    ...webhook,
    id: Number(id),
    createdAtMs: createdAt.getTime(),
    deliveries: deliveries
      .filter((delivery) => delivery.webhook === id)
      .map(({ id: delivery, alert, event, createdAt: at, attempts, deliveredAt, status, sentence }) => ({
        id: Number(delivery),
        alert: Number(alert),
        createdAtMs: at.getTime(),
        deliveredAtMs: deliveredAt?.getTime() ?? null,
        event,
        attempts,
        status,
        sentence,
      })),
  }));
}
