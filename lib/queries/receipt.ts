import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { fetchReceipt } from '#lib/ledger-client.ts';
import { concerning, readableReceipts } from './parties.ts';

/**
 * The receipt file of an executed item, its trail from a height that the reader trusts: of public kinds for anybody, of an order's for
 * its parties; null for everybody else.
 */
export async function getReceipt(logIndex: number, fromHeight?: bigint): Promise<Record<string, unknown> | null> {
  if (!Number.isSafeInteger(logIndex) || logIndex < 0 || !(await authorize('receipt.read')).ok) return null;
  const key = BigInt(logIndex);
  const access = await authorize('receipt.private');
  const own = await concerning([key], access.ok ? access.account : null);
  return (await readableReceipts([key], own)).has(key) ? fetchReceipt(key, fromHeight) : null;
}
