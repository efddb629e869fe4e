import 'server-only';
import { database, readModel } from '#lib/db.ts';
import type { ValidatorHeartbeat } from '#lib/shared/agent.ts';
import { lagOf, SAMPLE_EVERY_MS_MIN } from './heartbeats.ts';

/**
 * Keeps a sample of each validator that this account answers for; those of others are left out. The height that the ledger has reached here is the answer, with how many are the account's.
 */
export async function recordValidatorHeartbeat(
  account: number,
  { validators }: ValidatorHeartbeat,
  atMs: number,
): Promise<{ own: number; height: number }> {
  const client = database();
  const { height } = await client.checkpoint.findUniqueOrThrow({ where: { id: 1 } });
  const addresses = validators.map(({ address }) => address);
  const own = await client.$queryRaw<{ address: string }[]>`
    SELECT "address" FROM ${readModel.nodes}
    WHERE "class" = 'consensus' AND "status" <> 'retired' AND "operator" = ${BigInt(account)} AND "address" = ANY(${addresses})`;
  const isOwn = new Set(own.map(({ address }) => address));
  const rows = validators
    .filter(({ address }) => isOwn.has(address))
    .map(({ address, sample }) => ({
      ...sample,
      address,
      at: new Date(atMs).toISOString(),
      lag: sample.height === undefined ? null : lagOf(sample.height, Number(height)),
    }));
  if (rows.length > 0)
    await client.$executeRaw`
      WITH given AS (
        SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS g ("address" text, "at" timestamptz, "height" bigint, "lag" int,
          "version" text, "cpuPermille" int, "memoryMib" int, "memoryMaxMib" int, "diskFreeMib" int, "clockOffsetMs" int,
          "roundTripMs" real, "lossPermille" int)
      ), named AS (
        INSERT INTO monitoring.subjects AS s ("kind", "key", "account") SELECT 'validator', "address", ${BigInt(account)} FROM given ORDER BY "address"
        ON CONFLICT ("kind", "key") DO UPDATE SET "account" = EXCLUDED."account" WHERE s."account" IS DISTINCT FROM EXCLUDED."account"
        RETURNING s."id", s."key"
      ), subjects AS (
        SELECT "id", "key" FROM named UNION SELECT s."id", s."key" FROM monitoring.subjects s JOIN given ON s."kind" = 'validator' AND s."key" = given."address"
      )
      INSERT INTO monitoring.samples ("subject", "at", "height", "lag", "version", "cpuPermille", "memoryMib", "memoryMaxMib", "diskFreeMib",
        "clockOffsetMs", "roundTripMs", "lossPermille")
      SELECT s."id", g."at", g."height", g."lag", g."version", g."cpuPermille", g."memoryMib", g."memoryMaxMib", g."diskFreeMib", g."clockOffsetMs",
        g."roundTripMs", g."lossPermille"
      FROM given g JOIN subjects s ON s."key" = g."address"
      WHERE NOT EXISTS (SELECT 1 FROM monitoring.samples x WHERE x."subject" = s."id" AND x."at" > g."at" - make_interval(secs => ${SAMPLE_EVERY_MS_MIN / 1_000}))`;
  return { own: isOwn.size, height: Number(height) };
}
