import 'server-only';
import { database } from '#lib/db.ts';
import type { OrderChannelDto } from '#lib/shared/dto.ts';
import type { AgreementRow } from './order-rows.ts';
import { numberOrNull } from './page.ts';

/** The payment channel of an order, for its parties; null for one that has none. */
export async function orderChannel({
  id,
  customer,
  provider,
  agentKey,
}: AgreementRow): Promise<OrderChannelDto | null> {
  const [channel, agent] = await Promise.all([
    database().channel.findUnique({ where: { agreement: id } }),
    database().accountKey.findUnique({ where: { account_key: { account: provider, key: agentKey } } }),
  ]);
  if (channel === null) return null;
  const { voucherKey, interval, shownBy, outdone } = channel;
  return {
    voucherKey,
    agentKey: agent === null ? null : agent.address.toLowerCase().replace(/^0x/, ''),
    shownInterval: numberOrNull(interval),
    hasCustomerShown: shownBy === customer || outdone === customer,
  };
}
