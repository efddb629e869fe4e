import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database } from '#lib/db.ts';
import { fetchReceipt, shortenReceipt, withSentence } from '#lib/ledger-client.ts';
import { isPublicEvent } from './event-sentence.ts';
import { orderNames, partyOf } from './order-rows.ts';
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
  return receipt === null ? null : withSentence(receiptFor(receipt, key, concern));
}

/** `interpool-O-12-2-receipt-57.json`: the file name of a receipt, with the order that it is about where the reader is a party to one. */
export async function getReceiptName(logIndex: number): Promise<string> {
  const access = await authorize('receipt.private');
  const order = access.ok && access.account !== null ? await ownOrder(BigInt(logIndex), access.account) : undefined;
  const about = order === undefined ? '' : `${order.replaceAll('/', '-')}-`;
  return `interpool-${about}receipt-${logIndex}.json`;
}

/** The reader's order that an executed item is about, or the part of it; undefined when it is about none or about several. */
async function ownOrder(logIndex: bigint, account: number): Promise<string | undefined> {
  const subjects = await database().eventSubject.findMany({
    where: { logIndex, kind: 'agreement' },
    select: { id: true },
    distinct: ['id'],
  });
  const own = await database().agreement.findMany({
    where: { id: { in: subjects.map(({ id }) => id) }, ...partyOf(BigInt(account)) },
    select: { id: true },
  });
  const nameOf = await orderNames(
    own.map(({ id }) => id),
    account,
  );
  const names = own.map(({ id }) => nameOf(id));
  const orders = new Set(names.map((name) => name.split('/')[0]));
  if (orders.size !== 1) return undefined;
  return names.length === 1 ? names[0] : [...orders][0];
}
