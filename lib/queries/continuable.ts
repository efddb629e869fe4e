import 'server-only';
import { findKind } from '#ledger/contracts/kinds/kinds.ts';
import { authorize } from '#lib/auth/guard.ts';
import { database } from '#lib/db.ts';
import type { ContinuableDto } from '#lib/shared/dto.ts';
import { toOrders, type AgreementRow } from './order-rows.ts';
import { idOf, numberOrNull } from './page.ts';
import { toQuantities } from './stored-lists.ts';

/** Orders that a form offers to go on with: the newest. */
const OFFERED_MAX = 20;

/** Whether its customer can go on with what it stores, by the agreement contract's own conditions (530, 533, 534). */
export function isContinuable(row: AgreementRow, nowMs: number): boolean {
  const { continuedBy, startsAtMs, endedAtMs, graceUntilMs, erasedAtMs } = row;
  if (continuedBy !== null || startsAtMs === null || erasedAtMs !== null || nowMs <= startsAtMs) return false;
  if (endedAtMs !== null) return graceUntilMs !== null && nowMs < graceUntilMs;
  return findKind(row.kind)?.graceMs !== undefined;
}

/** The signed-in customer's own orders of this resource that a new one can continue, newest first; none for anybody else. */
export async function getContinuable(resource: number): Promise<ContinuableDto[]> {
  const access = await authorize('orders.list');
  const key = idOf(resource);
  if (!access.ok || access.account === null || key === undefined) return [];
  const self = BigInt(access.account);
  const nowMs = Date.now();
  const rows = await database().agreement.findMany({
    where: {
      customer: self,
      resource: key,
      continuedBy: null,
      erasedAtMs: null,
      startsAtMs: { lt: nowMs },
      OR: [{ endedAtMs: null }, { graceUntilMs: { gt: nowMs } }],
    },
    orderBy: { id: 'desc' },
    take: OFFERED_MAX,
  });
  const continuable = rows.filter((row) => isContinuable(row, nowMs));
  const orders = await toOrders(continuable, self);
  return continuable.flatMap((row, place) => {
    const order = orders[place];
    const erasedFromMs = numberOrNull(row.graceUntilMs);
    return order === undefined ? [] : [{ order, amounts: toQuantities(row.amounts), erasedFromMs }];
  });
}
