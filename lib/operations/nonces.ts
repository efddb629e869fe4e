import 'server-only';
import { randomBytes } from 'node:crypto';
import { database } from '#lib/db.ts';

export type NonceScope = 'sign-in' | 'agent-request';

/** A random nonce (letters and digits, 128 bits) that `consumeNonce` accepts once within `lifeMs`. */
export async function issueNonce(scope: NonceScope, lifeMs: number): Promise<string> {
  const nonce = randomBytes(16).toString('hex');
  await database().nonce.create({ data: { scope, nonce, expiresAt: new Date(Date.now() + lifeMs) } });
  return nonce;
}

/** True exactly once for an issued nonce that has not expired: deleting it is the test, so two at once cannot both win. */
export async function consumeNonce(scope: NonceScope, nonce: string): Promise<boolean> {
  const { count } = await database().nonce.deleteMany({ where: { scope, nonce, expiresAt: { gt: new Date() } } });
  return count === 1;
}

/** True the first time a nonce is seen; it is remembered until `expiresAtMs`. */
export async function rememberNonce(scope: NonceScope, nonce: string, expiresAtMs: number): Promise<boolean> {
  const { count } = await database().nonce.createMany({
    data: [{ scope, nonce, expiresAt: new Date(expiresAtMs) }],
    skipDuplicates: true,
  });
  return count === 1;
}
