import 'server-only';
import { database } from '#lib/db.ts';
import type { PortalHeartbeat, ValidatorHeartbeat } from '#lib/shared/agent.ts';
import { SAMPLE_EVERY_MS_MIN } from './heartbeats.ts';

type Sample = ValidatorHeartbeat['validators'][number]['sample'] & PortalHeartbeat['sample'];

/** A sample of a subject of monitoring: a validator by its address, a portal by its origin. */
export interface NodeSampleRow {
  readonly key: string;
  /** Blocks behind; null where nobody can say. */
  readonly lag: number | null;
  readonly sample: Omit<Sample, 'lag'>;
}

/** Keeps samples of nodes that this account answers for; of one that sends more often than once a second some are left out. */
export async function keepNodeSamples(
  of: { readonly kind: 'validator' | 'portal'; readonly account: number; readonly atMs: number },
  samples: readonly NodeSampleRow[],
): Promise<void> {
  if (samples.length === 0) return;
  const { kind, account, atMs } = of;
  const at = new Date(atMs).toISOString();
  const rows = samples.map(({ key, lag, sample }) => ({ ...sample, key, lag, at }));
  await database().$executeRaw`
    WITH given AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS g ("key" text, "at" timestamptz, "height" bigint, "lag" int,
        "version" text, "cpuPermille" int, "memoryMib" int, "memoryMaxMib" int, "diskFreeMib" int, "loopDelayMs" real, "clockOffsetMs" int,
        "roundTripMs" real, "lossPermille" int)
    ), named AS (
      INSERT INTO monitoring.subjects AS s ("kind", "key", "account") SELECT ${kind}, "key", ${BigInt(account)} FROM given ORDER BY "key"
      ON CONFLICT ("kind", "key") DO UPDATE SET "account" = EXCLUDED."account" WHERE s."account" IS DISTINCT FROM EXCLUDED."account"
      RETURNING s."id", s."key"
    ), subjects AS (
      SELECT "id", "key" FROM named UNION SELECT s."id", s."key" FROM monitoring.subjects s JOIN given ON s."kind" = ${kind} AND s."key" = given."key"
    )
    INSERT INTO monitoring.samples ("subject", "at", "height", "lag", "version", "cpuPermille", "memoryMib", "memoryMaxMib", "diskFreeMib",
      "loopDelayMs", "clockOffsetMs", "roundTripMs", "lossPermille")
    SELECT s."id", g."at", g."height", g."lag", g."version", g."cpuPermille", g."memoryMib", g."memoryMaxMib", g."diskFreeMib", g."loopDelayMs",
      g."clockOffsetMs", g."roundTripMs", g."lossPermille"
    FROM given g JOIN subjects s ON s."key" = g."key"
    WHERE NOT EXISTS (SELECT 1 FROM monitoring.samples x WHERE x."subject" = s."id" AND x."at" > g."at" - make_interval(secs => ${SAMPLE_EVERY_MS_MIN / 1_000}))`;
}
