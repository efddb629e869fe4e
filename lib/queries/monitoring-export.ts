import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database } from '#lib/db.ts';
import type { ExportedAlert, ExportedNode } from '#lib/shared/monitoring-views.ts';
import { shownKey, statusName, subjectName } from './watched-nodes.ts';

/** So many rows are in memory at once, however long a table is. */
const BATCH = 500;

type Keyed<Row> = Omit<Row, 'id'> & { id: number | bigint };

/** A table in batches, each read when the one before was taken, in order of its id. */
async function* inBatches<Row extends { id: number }>(
  read: (after: number) => Promise<Keyed<Row>[]>,
  shown: (row: Keyed<Row>) => Row,
): AsyncGenerator<Row[]> {
  for (let after = 0; ;) {
    const rows = await read(after);
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map(shown);
    if (rows.length < BATCH) return;
    after = Number(last.id);
  }
}

/** Every watched node with what was last heard of it; null for who does not look after the network. */
export async function exportNodes(): Promise<AsyncGenerator<ExportedNode[]> | null> {
  if (!(await authorize('monitoring.read')).ok) return null;
  return inBatches<ExportedNode>(
    (after) => database().$queryRaw<Keyed<ExportedNode>[]>`
      SELECT s."id", s."kind", s."key", ${subjectName} AS "name", s."account"::int, ${statusName} AS "status", t."since", t."sentence",
        m."at" AS "heardAt", m."version", m."height"::float8 AS "height", m."lag", m."cpuPermille", m."memoryMib", m."diskFreeMib", m."loopDelayMs", m."clockSeenMs",
        m."orders", m."roundTripMs", m."lossPermille",
        (SELECT count(*)::int FROM monitoring.alerts a WHERE a."subject" = s."id" AND a."state" <> 'resolved') AS "openAlerts"
      FROM monitoring.subjects s LEFT JOIN monitoring.states t ON t."subject" = s."id"
      LEFT JOIN LATERAL (SELECT * FROM monitoring.samples x WHERE x."subject" = s."id" ORDER BY x."at" DESC LIMIT 1) m ON TRUE
      WHERE s."kind" <> 'chain' AND s."id" > ${after} ORDER BY s."id" LIMIT ${BATCH}`,
    (row) => ({ ...row, id: Number(row.id), key: shownKey(row.kind, row.key) }),
  );
}

/** Every alert there ever was, the oldest first; null for who does not look after the network. */
export async function exportAlerts(): Promise<AsyncGenerator<ExportedAlert[]> | null> {
  if (!(await authorize('monitoring.read')).ok) return null;
  return inBatches<ExportedAlert>(
    (after) => database().$queryRaw<Keyed<ExportedAlert>[]>`
      SELECT a."id", a."subject" AS "node", s."kind", s."key", ${subjectName} AS "name", a."rule", a."severity", a."state", a."scope", a."value", a."times",
        a."isFlapping", a."firedAt", a."acknowledgedAt", a."acknowledgedBy"::int, a."note", a."resolvedAt", a."sentence"
      FROM monitoring.alerts a JOIN monitoring.subjects s ON s."id" = a."subject" WHERE a."id" > ${after} ORDER BY a."id" LIMIT ${BATCH}`,
    (row) => ({ ...row, id: Number(row.id), key: shownKey(row.kind, row.key) }),
  );
}
