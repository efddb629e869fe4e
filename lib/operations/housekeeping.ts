import 'server-only';
import { database, readModel } from '#lib/db.ts';
import { readReplay } from '#lib/replay.ts';
import { sweepPayloads } from './payloads.ts';
import { eraseAnsweredClaims } from './sealed-claims.ts';

const SWEEP_MS = 10 * 60_000;
const RATE_LIMIT_KEPT_MS = 3_600_000;
const JOB_KEPT_MS = 24 * 3_600_000;
/** Anybody with a key can register an agent; one that nobody paired is forgotten after this long without a word. */
const UNPAIRED_AGENT_KEPT_MS = 24 * 3_600_000;

let sweptAtMs = 0;

/** Deletes what has expired, at most every ten minutes; callers that write such rows call it, so nothing grows without a bound. */
export async function sweepExpired(nowMs = Date.now()): Promise<void> {
  if (nowMs - sweptAtMs < SWEEP_MS) return;
  sweptAtMs = nowMs;
  const expired = { expiresAt: { lt: new Date(nowMs) } };
  const client = database();
  await client.nonce.deleteMany({ where: expired });
  await client.session.deleteMany({ where: expired });
  await client.idempotencyKey.deleteMany({ where: expired });
  await client.openStream.deleteMany({ where: expired });
  await client.job.deleteMany({ where: { expiresAt: { lt: new Date(nowMs - JOB_KEPT_MS) } } });
  await client.rateLimit.deleteMany({ where: { updatedAt: { lt: new Date(nowMs - RATE_LIMIT_KEPT_MS) } } });
  // A key that has not been read from the ledger again is no key that is missing there.
  if (!(await readReplay()).isDone) return;
  const silentSince = new Date(nowMs - UNPAIRED_AGENT_KEPT_MS);
  await client.$executeRaw`
    DELETE FROM operations.agents a WHERE a."seenAt" < ${silentSince}
      AND NOT EXISTS (SELECT 1 FROM ${readModel.account_keys} k WHERE k."address" = a."address")`;
  // Neither is a demand that has not been read again one that nobody published.
  await sweepPayloads(nowMs);
  await eraseAnsweredClaims(nowMs);
}
