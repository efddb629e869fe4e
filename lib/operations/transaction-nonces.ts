import 'server-only';
import { database } from '#lib/db.ts';

/** How far the ledger lets a nonce run ahead of the highest it has seen. */
const NONCE_JUMP_MAX = 1_024n;

/**
 * The next nonce of an account's key: never the same twice, so that two tabs never collide, and never below what the ledger expects.
 * When so many were handed out and never used that the ledger would refuse the next, counting starts again at the ledger's own.
 */
export async function handOutNonce(account: bigint, key: bigint, ledgerNext: bigint): Promise<bigint> {
  const limit = ledgerNext + NONCE_JUMP_MAX - 1n;
  const rows = await database().$queryRaw<{ next: bigint }[]>`
    INSERT INTO operations.transaction_nonces AS n ("account", "key", "next")
    VALUES (${account}, ${key}, ${ledgerNext} + 1)
    ON CONFLICT ("account", "key") DO UPDATE SET "next" =
      CASE WHEN greatest(n."next", ${ledgerNext}) >= ${limit} THEN ${ledgerNext} ELSE greatest(n."next", ${ledgerNext}) END + 1
    RETURNING "next"`;
  const next = rows[0]?.next;
  if (next === undefined) throw new Error('an upsert returns its row');
  return next - 1n;
}
