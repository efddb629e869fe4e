import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database, Prisma, readModel } from '#lib/db.ts';
import { isPortalNode } from '#lib/operations/portal-heartbeats.ts';
import { MESSAGES_MAX } from '#lib/operations/support-messages.ts';
import type { PageOf } from '#lib/shared/dto.ts';
import type {
  IncidentDetailDto,
  IncidentDto,
  IncidentNode,
  ProposedIncidentDto,
  RepairStepDto,
  SupportMessageDto,
} from '#lib/shared/repair.ts';
import type { IncidentCause } from '#ledger/contracts/security/repair-words.ts';
import { loadAccountRefs } from './account-refs.ts';
import { emptyPage, idOf, numberOrNull, pageNumber, pageOf, windowOf } from './page.ts';
import { sightOf, type Sight } from './watched-nodes.ts';

/** Nodes that an incident can be opened about are chosen from one list; proposals stand above it. */
const NODES_MAX = 500;
const PROPOSED_MAX = 50;
const ORDERS_MAX = 100;

interface NodeColumns {
  node: bigint;
  name: string;
  class: IncidentNode['class'];
  status: IncidentNode['status'];
  watched: number | null;
}

interface IncidentRow extends NodeColumns {
  id: bigint;
  operator: bigint;
  cause: IncidentCause;
  openedBy: bigint;
  detectedMs: bigint;
  openedAtMs: bigint;
  acknowledgedBy: bigint | null;
  acknowledgedAtMs: bigint | null;
  repairedAtMs: bigint | null;
  outcome: IncidentDto['outcome'];
  closedBy: bigint | null;
  closedAtMs: bigint | null;
  text: string;
  steps: bigint;
  total: number;
}

/** A node `n` of the ledger, and where monitoring has it. */
const nodeColumns = Prisma.sql`n."id" AS "node", n."name", n."class", n."status",
  (SELECT s."id" FROM monitoring.subjects s WHERE s."key" = n."address" AND s."kind" IN ('agent', 'validator')
    OR s."kind" = 'portal' AND ${isPortalNode(Prisma.sql`s."key"`)} LIMIT 1) AS "watched"`;

function nodeOf({ node, name, class: kind, status, watched }: NodeColumns): IncidentNode {
  return { id: Number(node), name, class: kind, status, watched };
}

function toIncident(row: IncidentRow): IncidentDto {
  const { cause, outcome, text } = row;
  return {
    id: Number(row.id),
    node: nodeOf(row),
    operator: Number(row.operator),
    cause,
    openedBy: Number(row.openedBy),
    detectedMs: Number(row.detectedMs),
    openedAtMs: Number(row.openedAtMs),
    acknowledgedBy: numberOrNull(row.acknowledgedBy),
    acknowledgedAtMs: numberOrNull(row.acknowledgedAtMs),
    repairedAtMs: numberOrNull(row.repairedAtMs),
    outcome,
    closedBy: numberOrNull(row.closedBy),
    closedAtMs: numberOrNull(row.closedAtMs),
    text,
    steps: Number(row.steps),
  };
}

/** Who looks after the network sees every incident, an operator those of its nodes. */
function seenIncidents(sight: Sight): Prisma.Sql {
  switch (sight.of) {
    case 'all':
      return Prisma.sql`TRUE`;
    case 'own':
      return Prisma.sql`i."operator" = ${sight.account}`;
    case 'none':
      return Prisma.sql`FALSE`;
  }
}

const incidentColumns = Prisma.sql`i."id", i."operator", i."cause", i."openedBy", i."detectedMs", i."openedAtMs", i."acknowledgedBy",
  i."acknowledgedAtMs", i."repairedAtMs", i."outcome", i."closedBy", i."closedAtMs", i."text", i."steps", ${nodeColumns}`;

export interface IncidentsFilter {
  /** A node's number in monitoring. */
  watched?: number;
  /** Only of nodes that the viewer operates, also for who may see every incident. */
  isOwn?: boolean;
  page?: number;
}

/** Incidents that the viewer may see: open ones first, then the newest. */
export async function getIncidents(filter: IncidentsFilter): Promise<PageOf<IncidentDto>> {
  const sight = await sightOf();
  if (sight.of === 'none') return emptyPage();
  const page = pageNumber(filter.page);
  const { skip, take } = windowOf(page);
  const { watched, isOwn = false } = filter;
  const own = await authorize('monitoring.own');
  const account = own.ok ? own.account : null;
  if (isOwn && account === null) return emptyPage();
  const ofAccount = isOwn ? Prisma.sql`i."operator" = ${account}` : Prisma.sql`TRUE`;
  if (watched !== undefined && idOf(watched) === undefined) return emptyPage();
  const ofNode =
    watched === undefined
      ? Prisma.sql`TRUE`
      : Prisma.sql`n."address" = (SELECT w."key" FROM monitoring.subjects w WHERE w."id" = ${BigInt(watched)})`;
  const rows = await database().$queryRaw<IncidentRow[]>`
    SELECT ${incidentColumns}, count(*) OVER ()::int AS "total"
    FROM ${readModel.incidents} i JOIN ${readModel.nodes} n ON n."id" = i."node"
    WHERE ${seenIncidents(sight)} AND ${ofNode} AND ${ofAccount}
    ORDER BY i."closedAtMs" IS NOT NULL, i."id" DESC LIMIT ${take} OFFSET ${skip}`;
  return pageOf(rows.map(toIncident), rows[0]?.total ?? 0, page);
}

interface StepRow {
  step: bigint;
  what: RepairStepDto['what'];
  isCommand: boolean;
  by: bigint;
  atMs: bigint;
  expiresAtMs: bigint | null;
  outcome: RepairStepDto['outcome'];
  text: string;
  answeredAtMs: bigint | null;
}

/** One incident with its steps, and which resources of the node have orders that live; null where there is none that the viewer may see. */
export async function getIncident(id: number): Promise<IncidentDetailDto | null> {
  const incident = idOf(id);
  const sight = await sightOf();
  if (incident === undefined || sight.of === 'none') return null;
  const [row] = await database().$queryRaw<IncidentRow[]>`
    SELECT ${incidentColumns} FROM ${readModel.incidents} i JOIN ${readModel.nodes} n ON n."id" = i."node"
    WHERE i."id" = ${incident} AND ${seenIncidents(sight)}`;
  if (row === undefined) return null;
  const [steps, orders] = await Promise.all([
    database().$queryRaw<StepRow[]>`
      SELECT "step", "what", "isCommand", "by", "atMs", "expiresAtMs", "outcome", "text", "answeredAtMs"
      FROM ${readModel.incident_steps} WHERE "incident" = ${incident} ORDER BY "step"`,
    // Whose orders they are stays between the parties.
    database().$queryRaw<{ resource: bigint; title: string; live: number }[]>`
      SELECT r."id" AS "resource", r."title", count(*)::int AS "live"
      FROM ${readModel.nodes} n
      JOIN ${readModel.agreements} a ON a."provider" = n."operator" AND a."agentKey" = n."key"
      JOIN ${readModel.resources} r ON r."id" = a."resource"
      WHERE n."id" = ${row.node} AND n."key" > 0 AND a."status" IN ('reserved', 'prepared', 'active') AND a."endedAtMs" IS NULL
      GROUP BY r."id", r."title" ORDER BY r."id" LIMIT ${ORDERS_MAX}`,
  ]);
  const { operator, openedBy, acknowledgedBy, closedBy } = row;
  const refs = await loadAccountRefs([operator, openedBy, acknowledgedBy, closedBy, ...steps.map(({ by }) => by)]);
  const orNull = (account: bigint | null) => (account === null || account === 0n ? null : refs.of(account));
  return {
    ...toIncident(row),
    people: {
      operator: orNull(operator),
      opened: refs.of(openedBy),
      acknowledged: orNull(acknowledgedBy),
      closed: orNull(closedBy),
    },
    history: steps.map(({ step, by, atMs, expiresAtMs, answeredAtMs, ...rest }) => ({
      ...rest,
      step: Number(step),
      by: refs.of(by),
      atMs: Number(atMs),
      expiresAtMs: numberOrNull(expiresAtMs),
      answeredAtMs: numberOrNull(answeredAtMs),
    })),
    orders: orders.map(({ resource, title, live }) => ({ resource: Number(resource), title, live })),
  };
}

/** What a rule's metric says about the cause. */
const CAUSE_OF_METRIC: Readonly<Record<string, IncidentCause>> = {
  isFailed: 'not-reachable',
  lag: 'behind-the-ledger',
  memoryPermille: 'overloaded',
  diskFreeMib: 'overloaded',
  loopDelayMs: 'overloaded',
  runsHeldBack: 'overloaded',
};

interface ProposedRow extends NodeColumns {
  alert: bigint;
  sentence: string;
  metric: string | null;
  firedAt: Date;
}

function selectProposed(where: Prisma.Sql): Promise<ProposedRow[]> {
  return database().$queryRaw<ProposedRow[]>`
    SELECT a."id" AS "alert", a."sentence", r."metric", a."firedAt", ${nodeColumns}
    FROM monitoring.alerts a JOIN monitoring.subjects w ON w."id" = a."subject" LEFT JOIN monitoring.rules r ON r."id" = a."rule"
    JOIN ${readModel.nodes} n ON n."address" = w."key" AND n."status" <> 'retired'
    WHERE w."kind" IN ('agent', 'validator') AND ${where}
      AND NOT EXISTS (SELECT 1 FROM ${readModel.incidents} i WHERE i."node" = n."id" AND i."closedAtMs" IS NULL)
    ORDER BY a."id" DESC LIMIT ${PROPOSED_MAX}`;
}

function toProposed({ alert, sentence, metric, firedAt, ...node }: ProposedRow): ProposedIncidentDto {
  const cause = CAUSE_OF_METRIC[metric ?? ''] ?? 'other-fault';
  return { alert: Number(alert), sentence, node: nodeOf(node), cause, detectedMs: firedAt.getTime() };
}

/**
 * What the monitor proposes: nodes that have failed and have no open incident. A proposal is no row of its own: it is there while the alert
 * is open, and a maintainer's signature makes it an incident of the ledger.
 */
export async function getProposedIncidents(): Promise<ProposedIncidentDto[]> {
  if (!(await authorize('OpenIncident')).ok) return [];
  return (await selectProposed(Prisma.sql`a."state" <> 'resolved' AND r."metric" = 'isFailed'`)).map(toProposed);
}

/** The incident that could be opened of one alert, of any rule and also once it is over; null where its node has an open one or stands in no register. */
export async function getProposedIncident(alert: number): Promise<ProposedIncidentDto | null> {
  const id = idOf(alert);
  if (id === undefined || !(await authorize('OpenIncident')).ok) return null;
  const [row] = await selectProposed(Prisma.sql`a."id" = ${id}`);
  return row === undefined ? null : toProposed(row);
}

/** Nodes of the register that an incident can be opened about by hand. */
export async function getRepairableNodes(): Promise<IncidentNode[]> {
  if (!(await authorize('OpenIncident')).ok) return [];
  const rows = await database().$queryRaw<NodeColumns[]>`
    SELECT ${nodeColumns} FROM ${readModel.nodes} n WHERE n."status" <> 'retired'
      AND NOT EXISTS (SELECT 1 FROM ${readModel.incidents} i WHERE i."node" = n."id" AND i."closedAtMs" IS NULL)
    ORDER BY n."id" LIMIT ${NODES_MAX}`;
  return rows.map(nodeOf);
}

/** What maintainers and the node's operator have said about an incident; null for everybody else, and where there is none. */
export async function getSupportMessages(incident: number): Promise<SupportMessageDto[] | null> {
  const id = idOf(incident);
  const access = await authorize('support.talk');
  if (id === undefined || !access.ok || access.account === null) return null;
  const isMaintainer = (await authorize('OpenIncident')).ok;
  const operator = isMaintainer ? Prisma.sql`TRUE` : Prisma.sql`"operator" = ${BigInt(access.account)}`;
  const [known] = await database().$queryRaw<object[]>`
    SELECT 1 FROM ${readModel.incidents} WHERE "id" = ${id} AND ${operator}`;
  if (known === undefined) return null;
  const rows = await database().$queryRaw<{ id: bigint; account: bigint; text: string; at: Date }[]>`
    SELECT "id", "account", "text", "at" FROM monitoring.support_messages WHERE "incident" = ${id} ORDER BY "id" LIMIT ${MESSAGES_MAX}`;
  const refs = await loadAccountRefs(rows.map(({ account }) => account));
  return rows.map(({ id: number, account, text, at }) => ({
    id: Number(number),
    account: refs.of(account),
    text,
    atMs: at.getTime(),
  }));
}
