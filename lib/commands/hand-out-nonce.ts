import 'server-only';
import { queryLedger } from '#lib/ledger-client.ts';
import { handOutNonce } from '#lib/operations/transaction-nonces.ts';

/** A transaction that was built with a nonce has this long to reach the ledger; the ledger allows an hour at most. */
const VALIDITY_MS = 10 * 60_000;

export interface HandedNonce {
  /** Decimal string. */
  nonce: string;
  validUntilMs: number;
}

/** The next nonce of an account's key, counted on from the ledger's own; null for an account that the ledger does not know. */
export async function nextNonce(account: number, key: number): Promise<HandedNonce | null> {
  const id = BigInt(account);
  const known = await queryLedger('account', { id });
  if (!known.ok) return null;
  const answer = await queryLedger('nonce', { account: id, key: BigInt(key) });
  const value = answer.ok ? answer.value : null;
  const next = typeof value === 'object' && value !== null && 'next' in value ? value.next : undefined;
  if (typeof next !== 'bigint') return null;
  const nonce = await handOutNonce(id, BigInt(key), next);
  return { nonce: nonce.toString(), validUntilMs: Date.now() + VALIDITY_MS };
}
