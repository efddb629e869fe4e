import 'server-only';
import { database } from '#lib/db.ts';
import { agentOrigin } from './agent-origin.ts';
import { loadAgents } from './agents-of.ts';
import { ORDER_PARTS_MAX, ownOrder } from './own-order.ts';

/** Origins of the gateways that serve the parts of an order, each once. */
async function originsOf({ order, customer }: { order: bigint; customer: bigint }): Promise<string[]> {
  const rows = await database().agreement.findMany({
    where: { order, customer },
    orderBy: { part: 'asc' },
    take: ORDER_PARTS_MAX,
    select: { provider: true, agentKey: true },
  });
  const keys = rows.map(({ provider, agentKey }) => ({ account: provider, key: agentKey }));
  const agentOf = await loadAgents(keys);
  return [...new Set(keys.flatMap((key) => agentOf(key)?.origin ?? []))];
}

/**
 * Origins of the gateways that an order's page speaks to, from its reservation on, so that a page that waits for the delivery may speak to
 * them afterwards: its own, and where it is paid by vouchers those of its other parts, which the same page signs for. None for everybody but
 * its customer.
 */
export async function getOrderOrigins(order: number): Promise<string[]> {
  const row = await ownOrder(order);
  if (row === null) return [];
  const isPaid = (await database().channel.count({ where: { agreement: BigInt(order) } })) > 0;
  if (isPaid) return originsOf(row);
  const origin = await agentOrigin(row);
  return origin === null ? [] : [origin];
}

/** Origins of the gateways that serve the parts of an order of the viewer's, each once; none for everybody but its customer. */
export async function getTaskOrigins(order: number): Promise<string[]> {
  const row = await ownOrder(order);
  return row === null ? [] : originsOf(row);
}
