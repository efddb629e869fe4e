import 'server-only';
import { database, Prisma, readModel } from '#lib/db.ts';

/** What one account may have here at a time. */
export const ACCOUNT_PAYLOADS_MAX = 64;
export const ACCOUNT_BYTES_MAX = 64 * 1_024 * 1_024;
/** A payload stays for this long after its upload, and after the last task that needs it has ended. */
export const PAYLOAD_KEPT_MS = 3_600_000;
/** What is read of one at a time, so that a slow reader costs little memory. */
export const CHUNK_BYTES = 262_144;

/** Condition: a demand of who uploaded `p` names it and, at a time of the ledger, was open or its task ran. */
function isNeeded(atMs: bigint): Prisma.Sql {
  return Prisma.sql`EXISTS (SELECT 1 FROM ${readModel.demands} d
    WHERE d."payload" = p."digest" AND d."customer" = p."account"
      AND coalesce(CASE d."status" WHEN 'decided' THEN d."taskEndedAtMs" ELSE d."closedAtMs" END, ${atMs}::bigint) >= ${atMs}::bigint)`;
}

const isCited = Prisma.sql`EXISTS (SELECT 1 FROM ${readModel.demands} d
  WHERE d."payload" = p."digest" AND d."customer" = p."account")`;

type Transaction = Pick<ReturnType<typeof database>, 'payload' | '$executeRaw' | '$queryRaw'>;

async function hasRoom(client: Transaction, account: bigint, size: number): Promise<boolean> {
  const { _count, _sum } = await client.payload.aggregate({ where: { account }, _count: true, _sum: { size: true } });
  return _count < ACCOUNT_PAYLOADS_MAX && (_sum.size ?? 0) + size <= ACCOUNT_BYTES_MAX;
}

/** Keeps a payload for an account, once however often it comes; false when the account has as much here as it may. */
export async function keepPayload(of: { digest: string; account: bigint; bytes: Uint8Array }): Promise<boolean> {
  const { digest, account, bytes } = of;
  return database().$transaction(async (client) => {
    // Two uploads at once do not both find the last place free.
    await client.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`payloads:${account}`}, 0))`;
    const { count } = await client.payload.updateMany({ where: { digest, account }, data: { uploadedAt: new Date() } });
    if (count > 0) return true;
    if (!(await hasRoom(client, account, bytes.length))) {
      // What is over makes room for what is not: nobody fetches it any more.
      const now = BigInt(Date.now());
      await client.$executeRaw`DELETE FROM operations.payloads p
        WHERE p."account" = ${account} AND ${isCited} AND NOT ${isNeeded(now)}`;
      if (!(await hasRoom(client, account, bytes.length))) return false;
    }
    // A copy: the client's types take no view on memory that might be shared.
    const data = { digest, account, bytes: new Uint8Array(bytes), size: bytes.length };
    await client.payload.create({ data });
    return true;
  });
}

/** Who asks for a payload: an account that may have uploaded it, or the key of one that serves an order which runs it. */
export interface PayloadReader {
  digest: string;
  account: bigint;
  /** Of a program; null for a person. */
  key: bigint | null;
}

export interface FoundPayload {
  digest: string;
  /** Who uploaded it. */
  account: bigint;
  size: number;
}

/** The payload as this reader may have it; null when there is none, or it is for others. */
export async function findPayload({ digest, account, key }: PayloadReader): Promise<FoundPayload | null> {
  const rows = await database().$queryRaw<FoundPayload[]>`
    SELECT p."digest", p."account", p."size" FROM operations.payloads p
    WHERE p."digest" = ${digest} AND (p."account" = ${account} OR EXISTS (
      SELECT 1 FROM ${readModel.task_runs} t JOIN ${readModel.agreements} a ON a."id" = t."agreement"
      WHERE t."payload" = p."digest" AND a."customer" = p."account" AND a."provider" = ${account} AND a."agentKey" = ${key}::bigint))
    ORDER BY p."account" LIMIT 1`;
  return rows[0] ?? null;
}

/** At most CHUNK_BYTES of a payload from an offset on; undefined once it is gone. */
export async function readChunk({ digest, account }: FoundPayload, offset: number): Promise<Uint8Array | undefined> {
  const rows = await database().$queryRaw<{ chunk: string }[]>`
    SELECT encode(substring(p."bytes" FROM ${offset + 1}::int FOR ${CHUNK_BYTES}::int), 'base64') AS "chunk"
    FROM operations.payloads p WHERE p."digest" = ${digest} AND p."account" = ${account}`;
  const chunk = rows[0]?.chunk;
  return chunk === undefined ? undefined : Buffer.from(chunk, 'base64');
}

/**
 * Deletes payloads that nothing needed for PAYLOAD_KEPT_MS before `nowMs`. What the read model does not know yet counts as not over: the
 * ledger's time that it has reached is the latest that is looked at.
 */
export async function sweepPayloads(nowMs: number): Promise<void> {
  const checkpoint = await database().checkpoint.findUnique({ where: { id: 1 } });
  if (checkpoint === null) return;
  const untilMs = Math.min(nowMs, Number(checkpoint.timeMs)) - PAYLOAD_KEPT_MS;
  await database().$executeRaw`DELETE FROM operations.payloads p
    WHERE p."uploadedAt" < ${new Date(untilMs)} AND NOT ${isNeeded(BigInt(untilMs))}`;
}
