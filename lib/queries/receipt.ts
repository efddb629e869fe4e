import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database } from '#lib/db.ts';
import { fetchReceipt } from '#lib/ledger-client.ts';
import { isPrivateEvent } from './event-sentence.ts';
import { concerning } from './event-rows.ts';
import { isPrivateMethod } from './transaction-rows.ts';

/** True when an executed item is between parties: by its method, or by any of its events. */
async function isPrivate(logIndex: bigint, method: string): Promise<boolean> {
  if (isPrivateMethod(method)) return true;
  const events = await database().event.findMany({ where: { logIndex }, select: { contract: true, type: true } });
  // A new account's grant and a voted one are public; every other movement of tokens belongs to an order or a transfer.
  return events.some(({ contract, type }) => isPrivateEvent(contract, type) && type !== 'TokensTransferred');
}

/**
 * The receipt file of an executed item, its trail from a height that the reader trusts: of public kinds for anybody, of an order's for
 * its parties; null for everybody else.
 */
export async function getReceipt(logIndex: number, fromHeight?: bigint): Promise<Record<string, unknown> | null> {
  if (!Number.isSafeInteger(logIndex) || logIndex < 0) return null;
  const key = BigInt(logIndex);
  const row = await database().transaction.findUnique({ where: { logIndex: key }, select: { method: true } });
  if (row === null) return null;
  if (!(await isPrivate(key, row.method)))
    return (await authorize('receipt.read')).ok ? fetchReceipt(key, fromHeight) : null;
  const access = await authorize('receipt.private');
  if (!access.ok) return null;
  return (await concerning([key], access.account)).has(key) ? fetchReceipt(key, fromHeight) : null;
}
