import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database, readModel } from '#lib/db.ts';
import type { OrderMovesDto } from '#lib/shared/repair.ts';
import { idOf } from './page.ts';

/** Pairs of resources that one page names. */
const MOVES_MAX = 100;

interface MoveRow {
  resource: bigint;
  title: string;
  orders: number;
  hadBackup: boolean;
  toResource: bigint | null;
  toTitle: string | null;
  toNode: bigint | null;
  toName: string | null;
}

/**
 * What becomes of the orders of an incident's node when it stays silent: how many of those that run have a backup, and where those went that
 * failed for its silence since the fault was seen. Counted by resource: whose orders they are stays between the parties. Null for who
 * repairs nothing.
 */
export async function getOrderMoves(incident: number): Promise<OrderMovesDto | null> {
  const id = idOf(incident);
  if (id === undefined || !(await authorize('OpenIncident')).ok) return null;
  const [of] = await database().$queryRaw<
    { operator: bigint; key: bigint; detectedMs: bigint; closedAtMs: bigint | null }[]
  >`
    SELECT n."operator", n."key", i."detectedMs", i."closedAtMs" FROM ${readModel.incidents} i JOIN ${readModel.nodes} n ON n."id" = i."node"
    WHERE i."id" = ${id}`;
  if (of === undefined) return null;
  const { operator, key, detectedMs, closedAtMs } = of;
  const [[running], moves] = await Promise.all([
    database().$queryRaw<{ live: number; withBackup: number }[]>`
      SELECT count(*)::int AS "live", count(*) FILTER (WHERE jsonb_array_length(a."backup") > 0)::int AS "withBackup"
      FROM ${readModel.agreements} a
      WHERE a."provider" = ${operator} AND a."agentKey" = ${key} AND ${key} > 0 AND a."status" IN ('reserved', 'prepared', 'active') AND a."endedAtMs" IS NULL`,
    database().$queryRaw<MoveRow[]>`
      SELECT r."id" AS "resource", r."title", count(*)::int AS "orders", jsonb_array_length(a."backup") > 0 AS "hadBackup",
        t."id" AS "toResource", t."title" AS "toTitle", m."id" AS "toNode", m."name" AS "toName"
      FROM ${readModel.agreements} a JOIN ${readModel.resources} r ON r."id" = a."resource"
      LEFT JOIN ${readModel.agreements} b ON b."id" = a."replacedBy"
      LEFT JOIN ${readModel.resources} t ON t."id" = b."resource"
      LEFT JOIN ${readModel.nodes} m ON m."operator" = b."provider" AND m."key" = b."agentKey" AND m."key" > 0 AND m."status" <> 'retired'
      WHERE a."provider" = ${operator} AND a."agentKey" = ${key} AND ${key} > 0 AND a."endReason" = 'not-reachable'
        AND a."endedAtMs" >= ${detectedMs} AND (${closedAtMs}::bigint IS NULL OR a."endedAtMs" <= ${closedAtMs}::bigint)
      GROUP BY r."id", r."title", 4, t."id", t."title", m."id", m."name" ORDER BY r."id", t."id" LIMIT ${MOVES_MAX}`,
  ]);
  return {
    running: running?.live ?? 0,
    withBackup: running?.withBackup ?? 0,
    moves: moves.map(({ resource, title, orders, hadBackup, toResource, toTitle, toNode, toName }) => ({
      resource: Number(resource),
      title,
      orders,
      hadBackup,
      to:
        toResource === null || toTitle === null
          ? null
          : {
              resource: Number(toResource),
              title: toTitle,
              node: toNode === null || toName === null ? null : { id: Number(toNode), name: toName },
            },
    })),
  };
}
