import 'server-only';
import { database, type Prisma } from '#lib/db.ts';
import type { OrderChannelDto } from '#lib/shared/dto.ts';
import type { BillChannel } from './bill.ts';
import type { AgreementRow } from './order-rows.ts';
import { numberOrNull } from './page.ts';
import { quantitiesOf } from './stored-lists.ts';

type ChannelRow = Prisma.ChannelGetPayload<object>;

/** The row of an order's payment channel; null for an order that has none. */
export function channelRowOf({ id }: AgreementRow): Promise<ChannelRow | null> {
  return database().channel.findUnique({ where: { agreement: id } });
}

/** What of a bill stands on the channel. */
export function billChannelOf(row: ChannelRow): BillChannel {
  const { agreedMicro, claimedMicro, runs, untilMs, amountMicro, used } = row;
  const isShown = runs !== null && untilMs !== null && amountMicro !== null;
  const voucher = isShown ? { runs, untilMs, amountMicro, used: quantitiesOf(used) } : null;
  return { agreedMicro: agreedMicro ?? 0n, claimedMicro: claimedMicro ?? 0n, voucher };
}

/** The payment channel of an order, as its parties see it. */
export async function orderChannel(row: ChannelRow, order: AgreementRow): Promise<OrderChannelDto> {
  const { customer, provider: account, agentKey: key } = order;
  const agent = await database().accountKey.findUnique({ where: { account_key: { account, key } } });
  const { voucherKey, interval, shownBy, outdone } = row;
  return {
    voucherKey,
    agentKey: agent === null ? null : agent.address.toLowerCase().replace(/^0x/, ''),
    shownInterval: numberOrNull(interval),
    hasCustomerShown: shownBy === customer || outdone === customer,
  };
}
