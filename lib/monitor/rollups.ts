import 'server-only';
import { inTransaction, type Database } from '#lib/database-session.ts';

/** What one statement makes at most: who was away for days catches up step by step. */
const MINUTES_MAX = 60;
/** A batch that began within its minute is in by then. */
const SETTLE_MS = 10_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const CHAIN_KEPT_MS = 31 * 86_400_000;

const COLUMNS = `"count", "height", "lag", "cpuPermille", "cpuPermilleMax", "memoryMib", "memoryMaxMib", "diskFreeMib", "loopDelayMs",
  "loopDelayMsMax", "clockOffsetMs", "orders", "refused", "roundTripMs", "roundTripMsMax", "lossPermille", "carriedBytesPerS",
  "slots", "slotsBusy", "runsWaiting"`;
const REPLACED = COLUMNS.split(',')
  .map((name) => `${name} = EXCLUDED.${name.trim()}`)
  .join(', ');

/** Averages of what varies, the largest delay, the least disk. Averages of averages are weighted by how many samples each has. */
const FROM_SAMPLES = `count(*), max("height"), max("lag"), avg("cpuPermille"), max("cpuPermille"), avg("memoryMib"), max("memoryMaxMib"), min("diskFreeMib"),
  avg("loopDelayMs"), max("loopDelayMs"), avg("clockSeenMs"), avg("orders"), sum("refused"), avg("roundTripMs"), max("roundTripMs"),
  avg("lossPermille"), avg("carriedBytesPerS"), avg("slots"), avg("slotsBusy"), avg("runsWaiting")`;
const weighted = (name: string): string =>
  `sum("${name}" * "count") / nullif(sum("count") FILTER (WHERE "${name}" IS NOT NULL), 0)`;
const FROM_MINUTES = `sum("count"), max("height"), max("lag"), ${weighted('cpuPermille')}, max("cpuPermilleMax"), ${weighted('memoryMib')},
  max("memoryMaxMib"), min("diskFreeMib"), ${weighted('loopDelayMs')}, max("loopDelayMsMax"), ${weighted('clockOffsetMs')}, ${weighted('orders')},
  sum("refused"), ${weighted('roundTripMs')}, max("roundTripMsMax"), ${weighted('lossPermille')}, ${weighted('carriedBytesPerS')},
  ${weighted('slots')}, ${weighted('slotsBusy')}, ${weighted('runsWaiting')}`;

async function progressOf(database: Database, nowMs: number): Promise<number> {
  const { rows } = await database.query<{ untilMs: string }>(
    `SELECT (extract(epoch FROM "until") * 1000)::bigint AS "untilMs" FROM monitoring.progress WHERE "name" = 'minutes'`,
  );
  // Samples are kept for a day and what has begun of another: before that there is nothing to make minutes of.
  const oldestMs = nowMs - 2 * 24 * HOUR_MS;
  return Math.floor(Math.max(Number(rows[0]?.untilMs ?? 0), oldestMs) / MINUTE_MS) * MINUTE_MS;
}

/**
 * Makes minutes of samples and hours of minutes, up to the last whole minute; the hour that runs is made anew with each. Rows and how far they go change in one
 * transaction. Answers whether everything is made.
 */
export async function rollUp(database: Database, nowMs: number): Promise<boolean> {
  const fromMs = await progressOf(database, nowMs);
  const lastMs = Math.floor((nowMs - SETTLE_MS) / MINUTE_MS) * MINUTE_MS;
  const toMs = Math.min(lastMs, fromMs + MINUTES_MAX * MINUTE_MS);
  if (toMs <= fromMs) return true;
  const hourMs = Math.floor(fromMs / HOUR_MS) * HOUR_MS;
  const at = (ms: number): string => new Date(ms).toISOString();
  await inTransaction(database, async () => {
    await database.query(
      `INSERT INTO monitoring.samples_minute ("subject", "at", ${COLUMNS})
       SELECT "subject", date_trunc('minute', "at", 'UTC'), ${FROM_SAMPLES} FROM monitoring.samples WHERE "at" >= $1 AND "at" < $2 GROUP BY 1, 2
       ON CONFLICT ("subject", "at") DO UPDATE SET ${REPLACED}`,
      [at(fromMs), at(toMs)],
    );
    await database.query(
      `INSERT INTO monitoring.samples_hour ("subject", "at", ${COLUMNS})
       SELECT "subject", date_trunc('hour', "at", 'UTC'), ${FROM_MINUTES} FROM monitoring.samples_minute WHERE "at" >= $1 AND "at" < $2 GROUP BY 1, 2
       ON CONFLICT ("subject", "at") DO UPDATE SET ${REPLACED}`,
      [at(hourMs), at(toMs)],
    );
    await database.query(
      `INSERT INTO monitoring.progress ("name", "until") VALUES ('minutes', $1)
       ON CONFLICT ("name") DO UPDATE SET "until" = EXCLUDED."until"`,
      [at(toMs)],
    );
  });
  return toMs === lastMs;
}

/** Partitions for what comes, none for what is too old; rows that need no partitions of their own are deleted. */
export async function keepTables(database: Database, nowMs: number): Promise<void> {
  await database.query('SELECT monitoring.keep_partitions($1)', [new Date(nowMs).toISOString()]);
  await database.query(`DELETE FROM monitoring.chain_samples WHERE "at" < $1`, [
    new Date(nowMs - CHAIN_KEPT_MS).toISOString(),
  ]);
  await database.query(`DELETE FROM monitoring.checks WHERE "askedAt" < $1`, [
    new Date(nowMs - 24 * HOUR_MS).toISOString(),
  ]);
  await database.query(`DELETE FROM monitoring.deliveries WHERE "createdAt" < $1`, [
    new Date(nowMs - CHAIN_KEPT_MS).toISOString(),
  ]);
}
