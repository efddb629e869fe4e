import 'server-only';
import { database, type Prisma } from '#lib/db.ts';
import type { CommandResult } from '#lib/shared/dto.ts';

/** How long a repeated request gets the first one's answer. */
const KEPT_MS = 24 * 3_600_000;

export interface IdempotentRequest {
  /** Who asks: another person's key of the same text is another key. */
  address: string;
  key: string;
  /** Transaction id, hex. */
  tx: string;
}

export type Claim =
  /** First time, or a repetition of one that never got its answer: submit (the ledger's nonce makes that harmless). */
  | { state: 'open' }
  | { state: 'answered'; result: CommandResult }
  /** The key was used for another transaction. */
  | { state: 'conflict' };

/** Ties an idempotency key to one transaction. */
export async function claimKey(request: IdempotentRequest): Promise<Claim> {
  const { address, key, tx } = request;
  const expiresAt = new Date(Date.now() + KEPT_MS);
  await database().idempotencyKey.createMany({ data: [{ address, key, tx, expiresAt }], skipDuplicates: true });
  const row = await database().idempotencyKey.findUnique({ where: { address_key: { address, key } } });
  if (row === null || row.tx !== tx) return { state: 'conflict' };
  // Written by recordAnswer alone.
  return row.result === null
    ? { state: 'open' }
    : { state: 'answered', result: row.result as unknown as CommandResult };
}

/** Keeps the answer for repetitions. */
export async function recordAnswer(request: IdempotentRequest, result: CommandResult): Promise<void> {
  const { address, key } = request;
  const value = result as unknown as Prisma.InputJsonObject;
  await database().idempotencyKey.updateMany({ where: { address, key, tx: request.tx }, data: { result: value } });
}
