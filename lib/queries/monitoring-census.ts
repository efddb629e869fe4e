import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database } from '#lib/db.ts';
import type { AgentStateDto, NamedNode, NodeCensusDto, StatusChangeDto } from '#lib/shared/monitoring-views.ts';
import type { NodeStatus, Severity } from '#lib/shared/monitoring.ts';
import {
  named,
  seenBy,
  shownKey,
  sightOf,
  statusName,
  statusSentence,
  subjectName,
  type NamedRow,
} from './watched-nodes.ts';

const CHANGES_MAX = 50;
/** Nodes that a form offers by name; others are found by their page. */
const OFFERED_MAX = 200;

/** How many nodes of each kind are how, of those that the viewer may see. */
export async function getNodeCensus(): Promise<NodeCensusDto[]> {
  const sight = await sightOf();
  if (sight.of === 'none') return [];
  return database().$queryRaw<NodeCensusDto[]>`
    SELECT s."kind", ${statusName} AS "status", count(*)::int AS "count" FROM monitoring.subjects s
    LEFT JOIN monitoring.states t ON t."subject" = s."id" WHERE s."kind" <> 'chain' AND ${seenBy(sight)} GROUP BY 1, 2`;
}

/** How many alerts of each severity are not over, of the nodes that the viewer may see; null for who may see none. */
export async function getOpenAlertCounts(): Promise<Readonly<Record<Severity, number>> | null> {
  const sight = await sightOf();
  if (sight.of === 'none') return null;
  const rows = await database().$queryRaw<{ severity: Severity; count: number }[]>`
    SELECT a."severity", count(*)::int AS "count" FROM monitoring.alerts a JOIN monitoring.subjects s ON s."id" = a."subject"
    WHERE a."state" <> 'resolved' AND ${seenBy(sight)} GROUP BY 1`;
  return {
    critical: 0,
    warning: 0,
    notice: 0,
    ...Object.fromEntries(rows.map(({ severity, count }) => [severity, count])),
  };
}

/** The newest changes of a status anywhere, for who looks after the network. */
export async function getStatusChanges(): Promise<StatusChangeDto[]> {
  if (!(await authorize('monitoring.read')).ok) return [];
  const rows = await database().$queryRaw<
    (NamedRow & { id: bigint; at: Date; status: NodeStatus; sentence: string })[]
  >`
    SELECT c."id", c."at", c."status", c."sentence", c."subject", s."kind", s."key", ${subjectName} AS "name"
    FROM monitoring.state_changes c JOIN monitoring.subjects s ON s."id" = c."subject" ORDER BY c."id" DESC LIMIT ${CHANGES_MAX}`;
  return rows.map(({ id, at, status, sentence, ...node }) => ({
    id: Number(id),
    atMs: at.getTime(),
    status,
    sentence,
    node: named(node),
  }));
}

/** The first nodes that the viewer may see, to be chosen among. */
export async function getNodesToChoose(): Promise<NamedNode[]> {
  const sight = await sightOf();
  if (sight.of === 'none') return [];
  const rows = await database().$queryRaw<NamedRow[]>`
    SELECT s."id" AS "subject", s."kind", s."key", ${subjectName} AS "name" FROM monitoring.subjects s
    WHERE s."kind" <> 'chain' AND ${seenBy(sight)} ORDER BY s."kind", s."id" LIMIT ${OFFERED_MAX}`;
  return rows.map(named);
}

/** How the viewer's own agents are, by what the monitor found. */
export async function getOwnAgentStates(): Promise<AgentStateDto[]> {
  const own = await authorize('monitoring.own');
  if (!own.ok || own.account === null) return [];
  const rows = await database().$queryRaw<
    { id: number; key: string; status: NodeStatus; since: Date | null; sentence: string }[]
  >`
    SELECT s."id", s."key", ${statusName} AS "status", t."since", ${statusSentence} AS "sentence" FROM monitoring.subjects s
    LEFT JOIN monitoring.states t ON t."subject" = s."id"
    WHERE s."kind" = 'agent' AND s."account" = ${BigInt(own.account)} ORDER BY s."id" LIMIT ${OFFERED_MAX}`;
  return rows.map(({ id, key, status, since, sentence }) => ({
    id,
    address: shownKey('agent', key),
    status,
    sinceMs: since?.getTime() ?? null,
    sentence,
  }));
}
