import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database } from '#lib/db.ts';
import { agentOrigin } from './agent-origin.ts';
import { idOf } from './page.ts';

/**
 * Origin of the gateway that serves an order of the viewer's, from its reservation on, so that a page that waits for the delivery may
 * speak to it afterwards; null for everybody but its customer.
 */
export async function getGatewayOrigin(order: number): Promise<string | null> {
  const id = idOf(order);
  if (id === undefined) return null;
  const row = await database().agreement.findUnique({
    where: { id },
    select: { customer: true, provider: true, agentKey: true },
  });
  if (row === null) return null;
  const access = await authorize('order.read', { accounts: [Number(row.customer)] });
  return access.ok ? agentOrigin(row) : null;
}
