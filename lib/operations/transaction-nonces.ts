import 'server-only';
import { database } from '#lib/db.ts';

/** How far the ledger lets a nonce run ahead of the highest it has seen. */
const NONCE_JUMP_MAX = 1_024n;
/** Of these, how many anybody is given who asks: the rest is for the account itself, which strangers must not shut out. */
const NONCES_FOR_ANYBODY = 512n;
/** A transaction that was built with a nonce has this long to reach the ledger; the ledger allows an hour at most. */
export const NONCE_VALIDITY_MS = 10 * 60_000;

/**
 * The next nonce of an account's key: never the same twice while one of them can still be used, so that two tabs never collide, and never
 * below what the ledger expects. Null when so many were handed out and not used that the ledger would refuse the next: counting starts
 * again at the ledger's own once the last of them is too old.
 */
export async function handOutNonce(
  { account, key, isOwn }: { account: bigint; key: bigint; isOwn: boolean },
  ledgerNext: bigint,
): Promise<bigint | null> {
  const limit = ledgerNext + (isOwn ? NONCE_JUMP_MAX : NONCES_FOR_ANYBODY);
  const rows = await database().$queryRaw<{ next: bigint }[]>`
    INSERT INTO operations.transaction_nonces AS n ("account", "key", "next", "handedAt")
    VALUES (${account}, ${key}, ${ledgerNext} + 1, clock_timestamp())
    ON CONFLICT ("account", "key") DO UPDATE SET "handedAt" = clock_timestamp(), "next" =
      CASE WHEN greatest(n."next", ${ledgerNext}) >= ${limit} THEN ${ledgerNext} ELSE greatest(n."next", ${ledgerNext}) END + 1
      WHERE greatest(n."next", ${ledgerNext}) < ${limit}
        OR n."handedAt" < clock_timestamp() - ${NONCE_VALIDITY_MS}::double precision * interval '1 millisecond'
    RETURNING "next"`;
  const next = rows[0]?.next;
  return next === undefined ? null : next - 1n;
}
