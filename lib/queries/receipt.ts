import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { fetchReceipt, shortenReceipt } from '#lib/ledger-client.ts';
import { isPublicEvent } from './event-sentence.ts';
import { concerning, eventKey, readableReceipts, type Concern } from './parties.ts';

/**
 * What a reader may have of a receipt that it may have at all: the whole, or, of an item that is also about other people's orders, a short
 * one that proves the events which concern the reader or are everybody's.
 */
export function receiptFor(
  receipt: Record<string, unknown>,
  logIndex: bigint,
  { items, whole, mixed, events }: Concern,
): Record<string, unknown> {
  const hasBody = whole.has(logIndex);
  if (!items.has(logIndex) || (hasBody && !mixed.has(logIndex))) return receipt;
  return shortenReceipt(receipt, {
    hasBody,
    isKept: (sequence, { contract, version, type }) =>
      events.has(eventKey({ logIndex, sequence })) || isPublicEvent({ contract, version, type }),
  });
}

/**
 * The receipt file of an executed item, its trail from a height that the reader trusts: of public kinds for anybody, of an order's for
 * its parties; null for everybody else.
 */
export async function getReceipt(logIndex: number, fromHeight?: bigint): Promise<Record<string, unknown> | null> {
  if (!Number.isSafeInteger(logIndex) || logIndex < 0 || !(await authorize('receipt.read')).ok) return null;
  const key = BigInt(logIndex);
  const access = await authorize('receipt.private');
  const concern = await concerning([key], access.ok ? access.account : null);
  if (!(await readableReceipts([key], concern.items)).has(key)) return null;
  const receipt = await fetchReceipt(key, fromHeight);
  return receipt === null ? null : receiptFor(receipt, key, concern);
}
