import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database } from '#lib/db.ts';
import { agentOrigin } from './agent-origin.ts';
import { loadAgents } from './agents-of.ts';
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

/** Parts and replacements of one order that a page may speak to. */
const ORIGINS_MAX = 64;

/** Origins of the gateways that serve the parts of an order of the viewer's, each once; none for everybody but its customer. */
export async function getTaskOrigins(order: number): Promise<string[]> {
  const id = idOf(order);
  const named = id === undefined ? null : await database().agreement.findUnique({ where: { id } });
  if (named === null) return [];
  const { customer } = named;
  const access = await authorize('order.read', { accounts: [Number(customer)] });
  if (!access.ok) return [];
  const rows = await database().agreement.findMany({
    where: { order: named.order, customer },
    orderBy: { part: 'asc' },
    take: ORIGINS_MAX,
    select: { provider: true, agentKey: true },
  });
  const keys = rows.map(({ provider, agentKey }) => ({ account: provider, key: agentKey }));
  const agentOf = await loadAgents(keys);
  return [...new Set(keys.flatMap((key) => agentOf(key)?.origin ?? []))];
}
