import 'server-only';
import type { Database } from '#lib/database-session.ts';
import type { Metric } from '#lib/shared/monitoring.ts';
import { unusualOf, type OwnSeries } from './detection/unusual.ts';
import type { Subject } from './subjects.ts';

const HISTORY_MINUTES = 180;
/** From this score on, a node counts among those that show something unusual. */
const UNUSUAL_FROM = 8;
/** Below these, milliseconds, nothing is unusual: the scheduler of any machine does that. */
const FLOORS = { loopDelayMs: 5, roundTripMs: 5 } as const;

/** Holds each node's last minute against its own three hours and against its class. */
export async function scoreUnusual(
  database: Database,
  subjects: ReadonlyMap<number, Subject>,
  nowMs: number,
): Promise<void> {
  const { rows } = await database.query<{
    subject: number;
    loopDelayMs: (number | null)[];
    roundTripMs: (number | null)[];
  }>(
    `SELECT "subject", array_agg("loopDelayMs" ORDER BY "at" DESC) AS "loopDelayMs", array_agg("roundTripMs" ORDER BY "at" DESC) AS "roundTripMs"
     FROM monitoring.samples_minute WHERE "at" > $1 GROUP BY "subject" HAVING max("at") > $2`,
    [new Date(nowMs - HISTORY_MINUTES * 60_000).toISOString(), new Date(nowMs - 180_000).toISOString()],
  );
  const everywhere = new Set<Metric>();
  for (const [column, metric] of [
    ['loopDelayMs', 'loopDelayUnusual'],
    ['roundTripMs', 'roundTripUnusual'],
  ] as const) {
    const series = rows.flatMap((row): OwnSeries[] => {
      const [now, ...history] = row[column].filter((value) => value !== null);
      return now === undefined ? [] : [{ subject: row.subject, now, history }];
    });
    for (const { subject: id, score, scope } of unusualOf(series, FLOORS[column], UNUSUAL_FROM)) {
      const subject = subjects.get(id);
      if (subject === undefined) continue;
      subject.unusual[metric] = score;
      if (scope === 'everyone') everywhere.add(metric);
    }
  }
  for (const { subject: id } of rows) {
    const subject = subjects.get(id);
    if (subject !== undefined) subject.unusualEverywhere = everywhere;
  }
}
