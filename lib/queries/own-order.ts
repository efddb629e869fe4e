import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database } from '#lib/db.ts';
import { idOf } from './page.ts';

/** Parts and replacements of one order that a page speaks to, or pays. */
export const ORDER_PARTS_MAX = 64;

/** An order of the viewer's; null for everybody but its customer. */
export async function ownOrder(order: number) {
  const id = idOf(order);
  const row = id === undefined ? null : await database().agreement.findUnique({ where: { id } });
  if (row === null) return null;
  const access = await authorize('order.read', { accounts: [Number(row.customer)] });
  return access.ok ? row : null;
}
