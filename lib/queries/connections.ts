import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database, readModel } from '#lib/db.ts';
import type { TermDto } from '#lib/shared/dto.ts';
import type { ConnectionsDto, PlacedNodeDto, WayDto } from '#lib/shared/monitoring-views.ts';
import type { NodeStatus } from '#lib/shared/monitoring.ts';
import { named, statusName, subjectName, type NamedRow } from './watched-nodes.ts';

/** Nodes of one matrix: more columns are not read on a screen. */
export const MATRIX_MAX = 10;
const WAYS_MS = 3_600_000;
const PLACES_MAX = 500;

/** Where the resources of agents stand, as their providers state it [6.2.5-a]. */
export async function getNodePlaces(): Promise<PlacedNodeDto[]> {
  if (!(await authorize('monitoring.read')).ok) return [];
  const rows = await database().$queryRaw<
    (NamedRow & {
      status: NodeStatus;
      id: bigint;
      resourceKind: string;
      title: string;
      region: string;
      zone: string | null;
      attributes: TermDto[];
    })[]
  >`
    SELECT s."id" AS "subject", s."kind", s."key", ${subjectName} AS "name", ${statusName} AS "status",
      r."id", r."kind" AS "resourceKind", r."title", r."region", r."zone", r."attributes"
    FROM monitoring.subjects s LEFT JOIN monitoring.states t ON t."subject" = s."id"
    JOIN ${readModel.account_keys} k ON k."address" = s."key"
    JOIN ${readModel.resources} r ON r."owner" = k."account" AND r."agentKey" = k."key"
    WHERE s."kind" = 'agent' AND r."status" IN ('published', 'suspended') ORDER BY r."region", s."id", r."id" LIMIT ${PLACES_MAX}`;
  return rows.map(({ id, resourceKind, title, status, region, zone, attributes, ...node }) => ({
    node: named(node),
    status,
    resource: { id: Number(id), kind: resourceKind, title },
    region,
    zone,
    attributes,
  }));
}

/** What the nodes measured of their ways to their portal and to one another, and the monitor of its ways to them [7.2.6-a]. */
async function waysAmong(ids: readonly number[], since: Date): Promise<WayDto[]> {
  return database().$queryRaw<WayDto[]>`
    WITH measured AS (
      SELECT x."subject" AS "from", NULL::int AS "to", x."roundTripMs"::float8 AS "ms", x."lossPermille"::float8 AS "loss"
      FROM monitoring.samples x WHERE x."subject" = ANY(${ids}::int[]) AND x."at" > ${since} AND x."lossPermille" IS NOT NULL
      UNION ALL
      SELECT x."subject", s."id", (p.value->>'roundTripMs')::float8, (p.value->>'lossPermille')::float8
      FROM monitoring.samples x CROSS JOIN LATERAL jsonb_array_elements(x."peers") p
      JOIN monitoring.subjects s ON s."kind" = 'agent' AND s."key" = p.value->>'address'
      WHERE x."subject" = ANY(${ids}::int[]) AND x."at" > ${since} AND s."id" = ANY(${ids}::int[])
      UNION ALL
      SELECT NULL, b."subject", b."roundTripMs"::float8, CASE WHEN b."isOk" THEN 0 ELSE 1000 END
      FROM monitoring.probes b WHERE b."subject" = ANY(${ids}::int[]) AND b."at" > ${since}
    )
    SELECT "from", "to", percentile_cont(0.5) WITHIN GROUP (ORDER BY "ms") AS "roundTripMs",
      round(avg("loss"))::int AS "lossPermille", count(*)::int AS "count" FROM measured GROUP BY "from", "to"`;
}

/** The matrix of connections among the nodes that fail first; null for who does not look after the network. */
export async function getConnections(): Promise<ConnectionsDto | null> {
  if (!(await authorize('monitoring.read')).ok) return null;
  const rows = await database().$queryRaw<(NamedRow & { status: NodeStatus; total: number })[]>`
    SELECT s."id" AS "subject", s."kind", s."key", ${subjectName} AS "name", ${statusName} AS "status", count(*) OVER ()::int AS "total"
    FROM monitoring.subjects s LEFT JOIN monitoring.states t ON t."subject" = s."id" WHERE s."kind" IN ('agent', 'portal')
    ORDER BY array_position(ARRAY['failed', 'suspected', 'unknown', 'up'], ${statusName}), s."id" LIMIT ${MATRIX_MAX}`;
  const ways = await waysAmong(
    rows.map(({ subject }) => subject),
    new Date(Date.now() - WAYS_MS),
  );
  return {
    nodes: rows.map(({ status, total: _, ...node }) => ({ ...named(node), status })),
    total: rows[0]?.total ?? 0,
    ways,
  };
}
