import 'server-only';
import { database } from '#lib/db.ts';
import type { PaidPartDto } from '#lib/shared/dto.ts';
import { orderChannel } from './order-channel.ts';
import { toOrders } from './order-rows.ts';
import { sealedOf } from './orders.ts';
import { ORDER_PARTS_MAX, ownOrder } from './own-order.ts';
import { toQuantities } from './stored-lists.ts';

/** Every part of an order of the viewer's that is delivered and paid by vouchers, in order; none for everybody but its customer. */
export async function getPaidParts(order: number): Promise<PaidPartDto[]> {
  const named = await ownOrder(order);
  if (named === null) return [];
  const rows = await database().agreement.findMany({
    where: { order: named.order, customer: named.customer, startsAtMs: { not: null } },
    orderBy: { part: 'asc' },
    take: ORDER_PARTS_MAX,
  });
  const channels = await database().channel.findMany({ where: { agreement: { in: rows.map((row) => row.id) } } });
  const channelOf = new Map(channels.map((channel) => [channel.agreement, channel]));
  const orders = await toOrders(rows, named.customer);
  const parts = rows.map(async (row, index): Promise<PaidPartDto[]> => {
    const channel = channelOf.get(row.id);
    const summary = orders[index];
    const sealed = await sealedOf(row, true);
    if (channel === undefined || summary === undefined || sealed === null || row.startsAtMs === null) return [];
    return [
      {
        ...summary,
        startsAtMs: Number(row.startsAtMs),
        amounts: toQuantities(row.amounts),
        promise: toQuantities(row.promise),
        degradedPerMille: Number(row.degradedPerMille),
        durationMs: Number(row.durationMs),
        intervalMs: Number(row.intervalMs),
        sealed,
        channel: await orderChannel(channel, row),
      },
    ];
  });
  return (await Promise.all(parts)).flat();
}
