import 'server-only';
import { queryLedger } from '#lib/ledger-client.ts';
import { authorize } from '#lib/auth/guard.ts';
import { portalCodes } from '#lib/errors.ts';
import { handOutNonce, NONCE_VALIDITY_MS } from '#lib/operations/transaction-nonces.ts';

export interface HandedNonce {
  /** Decimal string. */
  nonce: string;
  validUntilMs: number;
}

export type NextNonce = { ok: true; handed: HandedNonce } | { ok: false; code: number };

/**
 * The next nonce of an account's key, counted on from the ledger's own. NOT_FOUND for an account that the ledger does not know;
 * NONCES_WAITING when so many are out that it would not take the next: strangers come there sooner than the account itself.
 */
export async function nextNonce(account: number, key: number): Promise<NextNonce> {
  const id = BigInt(account);
  const known = await queryLedger('account', { id });
  if (!known.ok) return { ok: false, code: portalCodes.NOT_FOUND };
  const answer = await queryLedger('nonce', { account: id, key: BigInt(key) });
  const value = answer.ok ? answer.value : null;
  const next = typeof value === 'object' && value !== null && 'next' in value ? value.next : undefined;
  if (typeof next !== 'bigint') return { ok: false, code: portalCodes.NOT_FOUND };
  const isOwn = (await authorize('receipt.private', { accounts: [account] })).ok;
  const nonce = await handOutNonce({ account: id, key: BigInt(key), isOwn }, next);
  if (nonce === null) return { ok: false, code: portalCodes.NONCES_WAITING };
  return { ok: true, handed: { nonce: nonce.toString(), validUntilMs: Date.now() + NONCE_VALIDITY_MS } };
}
