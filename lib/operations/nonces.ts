import 'server-only';
import { randomBytes } from 'node:crypto';
import { database } from '#lib/db.ts';
import { createBatcher } from './batcher.ts';

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
  return remember({ scope, nonce, expiresAt: new Date(expiresAtMs) });
}

interface Seen {
  scope: string;
  nonce: string;
  expiresAt: Date;
}

const nameOf = ({ scope, nonce }: Pick<Seen, 'scope' | 'nonce'>): string => `${scope} ${nonce}`;

/** Those of a batch that were new. Of one nonce that comes twice at once, the first alone. */
async function rememberAll(seen: readonly Seen[]): Promise<boolean[]> {
  const rows = await database().$queryRaw<{ scope: string; nonce: string }[]>`
    INSERT INTO operations.nonces ("scope", "nonce", "expiresAt")
    SELECT * FROM unnest(${seen.map(({ scope }) => scope)}::text[], ${seen.map(({ nonce }) => nonce)}::text[],
      ${seen.map(({ expiresAt }) => expiresAt)}::timestamptz[])
    ON CONFLICT DO NOTHING RETURNING "scope", "nonce"`;
  const fresh = new Set(rows.map(nameOf));
  return seen.map((each) => fresh.delete(nameOf(each)));
}

/** Requests that come within this time share one statement. */
const WAIT_MS = 4;
const remember = createBatcher(rememberAll, WAIT_MS);
