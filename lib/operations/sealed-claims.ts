import 'server-only';
import { database, readModel } from '#lib/db.ts';

/** What is kept before its request is signed waits so long for it. */
const UNSIGNED_KEPT_MS = 3_600_000;

export interface KeptClaim {
  readonly account: bigint;
  readonly operator: bigint;
  /** Hex. */
  readonly commitment: string;
  readonly sealed: Uint8Array;
  /** What the operator's program asks a person of it. */
  readonly review: Uint8Array | null;
}

/** Keeps what an account states, instead of what it stated before; false while a request with another claim waits. */
export async function keepClaim({
  account,
  operator,
  commitment,
  sealed,
}: Omit<KeptClaim, 'review'>): Promise<boolean> {
  const kept = await database().$executeRaw`
    INSERT INTO identity.sealed_claims ("account", "operator", "commitment", "sealed")
    SELECT ${account}, ${operator}, ${commitment}, ${new Uint8Array(sealed)}
    WHERE NOT EXISTS (SELECT 1 FROM ${readModel.identity_requests} r
      WHERE r."account" = ${account} AND r."outcome" IS NULL AND r."commitment" <> ${commitment})
    ON CONFLICT ("account") DO UPDATE SET "operator" = EXCLUDED."operator", "commitment" = EXCLUDED."commitment",
      "sealed" = EXCLUDED."sealed", "review" = NULL, "keptAt" = clock_timestamp()`;
  return kept === 1;
}

/** What waits for an operator, the oldest first: only what the ledger has a request for. */
export async function claimsFor(operator: bigint): Promise<(KeptClaim & { askedAtMs: bigint })[]> {
  return database().$queryRaw<(KeptClaim & { askedAtMs: bigint })[]>`
    SELECT c."account", c."operator", c."commitment", c."sealed", c."review", r."askedAtMs"
    FROM identity.sealed_claims c JOIN ${readModel.identity_requests} r
      ON r."account" = c."account" AND r."operator" = c."operator" AND r."commitment" = c."commitment"
    WHERE c."operator" = ${operator} AND r."outcome" IS NULL ORDER BY r."askedAtMs", c."account" LIMIT 256`;
}

/** Keeps what the operator's program asks a person; false where no such request waits for it. */
export async function keepReview(of: {
  account: bigint;
  operator: bigint;
  commitment: string;
  review: Uint8Array;
}): Promise<boolean> {
  const { account, operator, commitment, review } = of;
  const { count } = await database().sealedClaim.updateMany({
    where: { account, operator, commitment },
    data: { review: new Uint8Array(review) },
  });
  return count === 1;
}

/** Erases what has its verdict, and what nobody signed a request for. */
export async function eraseAnsweredClaims(nowMs = Date.now()): Promise<void> {
  await database().$executeRaw`
    DELETE FROM identity.sealed_claims c WHERE EXISTS (SELECT 1 FROM ${readModel.identity_requests} r
        WHERE r."account" = c."account" AND r."commitment" = c."commitment" AND r."outcome" IS NOT NULL)
      OR (c."keptAt" < ${new Date(nowMs - UNSIGNED_KEPT_MS)} AND NOT EXISTS (SELECT 1 FROM ${readModel.identity_requests} r
        WHERE r."account" = c."account" AND r."commitment" = c."commitment"))`;
}
