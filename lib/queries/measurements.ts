import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database, Prisma, readModel } from '#lib/db.ts';
import { isPortalNode } from '#lib/operations/portal-heartbeats.ts';
import type { MeasurementsDto, MeasuredNodeDto } from '#lib/shared/measurements.ts';

/** Heartbeats come so far apart. */
const BEAT_MS = 10_000;
/** The first look of a time goes by what was heard shortly before it. */
const BEFORE_MS = 2 * BEAT_MS;
export const MEASURED_MS_MAX = 86_400_000;
/** Rows of one answer, about. */
const ROWS_MAX = 40_000;
const NODES_MAX = 64;

interface NodeRow {
  id: bigint;
  subject: number;
  kind: 'agent' | 'validator' | 'portal';
  address: string;
}

/** Nodes of the register with what watches them: a portal is watched under its origin, and stands under the key of its keeper. */
const measuredNodes = Prisma.sql`
  SELECT n."id", s."id" AS "subject", s."kind", n."address" FROM ${readModel.nodes} n
    JOIN monitoring.subjects s ON s."key" = n."address" AND s."kind" = CASE n."class" WHEN 'service' THEN 'agent' WHEN 'consensus' THEN 'validator' END
    WHERE n."status" NOT IN ('registered', 'retired')
  UNION ALL SELECT n."id", s."id" AS "subject", s."kind", n."address" FROM ${readModel.nodes} n
    JOIN monitoring.subjects s ON s."kind" = 'portal' AND s."key" = n."endpoint" WHERE ${isPortalNode(Prisma.sql`n."endpoint"`)}`;

/**
 * What was heard and asked of nodes of the register in a time, raw: whoever judges them by it can show every line of it. Nodes in order of
 * their number, `next` the last of this answer while there are more. Null for who maintains nothing, and for a time that is none.
 */
export async function getMeasurements(of: {
  fromMs: number;
  toMs: number;
  after: number;
}): Promise<MeasurementsDto | null> {
  const { fromMs, toMs, after } = of;
  if (!(await authorize('monitoring.measure')).ok) return null;
  const lengthMs = toMs - fromMs;
  if (!(lengthMs > 0 && lengthMs <= MEASURED_MS_MAX)) return null;
  const [from, to] = [new Date(fromMs), new Date(toMs)];
  const take = Math.max(1, Math.min(NODES_MAX, Math.floor((ROWS_MAX * BEAT_MS) / lengthMs)));
  const rows = await database().$queryRaw<NodeRow[]>`
    SELECT * FROM (${measuredNodes}) m WHERE m."id" > ${after} ORDER BY m."id" LIMIT ${take + 1}`;
  const nodes = rows.slice(0, take);
  const subjects = nodes.map(({ subject }) => subject);
  const [watched, beats, probes, changes, proposed] = await Promise.all([
    database().$queryRaw<{ at: Date }[]>`
      SELECT "at" FROM monitoring.chain_samples WHERE "at" >= ${from} AND "at" < ${to} ORDER BY "at"`,
    database().$queryRaw<{ subject: number; at: Date; orders: number | null }[]>`
      SELECT "subject", "at", "orders" FROM monitoring.samples WHERE "subject" = ANY(${subjects}::int[]) AND "at" >= ${new Date(fromMs - BEFORE_MS)} AND "at" < ${to} ORDER BY "at"`,
    database().$queryRaw<{ subject: number; at: Date; isOk: boolean }[]>`
      SELECT "subject", "at", "isOk" FROM monitoring.probes WHERE "subject" = ANY(${subjects}::int[]) AND "at" >= ${from} AND "at" < ${to} ORDER BY "at"`,
    database().$queryRaw<{ subject: number; at: Date; status: string }[]>`
      SELECT "subject", greatest("at", ${from}) AS "at", "status" FROM (
        SELECT *, lead("at") OVER (PARTITION BY "subject" ORDER BY "id") AS "until" FROM monitoring.state_changes WHERE "subject" = ANY(${subjects}::int[])) c
      WHERE "at" < ${to} AND ("until" IS NULL OR "until" > ${from}) ORDER BY "id"`,
    database().block.groupBy({
      by: ['proposer'],
      where: {
        proposer: { in: nodes.filter(({ kind }) => kind === 'validator').map(({ address }) => address) },
        timeMs: { gte: BigInt(fromMs), lt: BigInt(toMs) },
      },
      _count: true,
    }),
  ]);
  const proposedBy = new Map(proposed.map(({ proposer, _count: count }) => [proposer, count]));
  const rowsOf = <Row extends { subject: number }>(all: readonly Row[]): Map<number, Row[]> =>
    Map.groupBy(all, ({ subject }) => subject);
  const [beatsOf, probesOf, changesOf] = [rowsOf(beats), rowsOf(probes), rowsOf(changes)];
  return {
    watchedAtMs: watched.map(({ at }) => at.getTime()),
    nodes: nodes.map(({ id, subject, kind, address }): MeasuredNodeDto => ({
      node: Number(id),
      // A portal takes in its own heartbeats: it is judged by the monitor's calls alone.
      beats:
        kind === 'agent'
          ? (beatsOf.get(subject) ?? []).map(({ at, orders }): [number, number] => [at.getTime(), orders ?? 0])
          : null,
      statuses: (changesOf.get(subject) ?? []).map(({ at, status }): [number, string] => [at.getTime(), status]),
      probes: (probesOf.get(subject) ?? []).map(({ at, isOk }): [number, boolean] => [at.getTime(), isOk]),
      blocksProposed: kind === 'validator' ? (proposedBy.get(address) ?? 0) : null,
    })),
    next: rows.length > take ? Number(nodes.at(-1)?.id ?? 0n) : null,
  };
}
