import type { Metadata } from 'next';
import { notFound, redirect } from 'next/navigation';
import { TaskLink } from '#components/demand/task-link.tsx';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { OrderHeader } from '#components/order/order-header.tsx';
import { OwnDocument } from '#components/order/own-document.tsx';
import { OrderTabs } from '#components/order/order-tabs.tsx';
import { partLabel } from '#components/ui/format.ts';
import { idOf } from '#components/ui/pager.tsx';
import { SessionPanel } from '#components/proximity/session-panel.tsx';
import { AccessCard } from '#components/wallet/access-card.tsx';
import { ContestClaim } from '#components/wallet/contest-claim.tsx';
import { getOrderOrigins } from '#lib/queries/gateway-origin.ts';
import { getAnchor } from '#lib/queries/network.ts';
import { getOrder } from '#lib/queries/orders.ts';
import { getPaidParts } from '#lib/queries/paid-parts.ts';
import { getSessionOf } from '#lib/queries/prose.ts';
import { getTask } from '#lib/queries/tasks.ts';
import type { PageInput } from '../../../../_page.ts';
import { withAccount } from '../../../../_session.ts';

type Input = PageInput<{ id: string }>;

export async function generateMetadata({ params }: Input): Promise<Metadata> {
  const id = idOf((await params).id);
  const order = id === undefined ? null : await getOrder(id);
  return { title: order ? `Order ${partLabel(order)}` : 'Order' };
}

/** Ended, claimed and not settled: the time in which a customer may contest. */
function isContestable(order: { status: string; contested: string | null; claim: unknown }): boolean {
  return (
    ['completed', 'terminated', 'failed'].includes(order.status) && order.contested === null && order.claim !== null
  );
}

export default async function OrderPage({ params }: Input) {
  const id = idOf((await params).id);
  const session = await withAccount(`/customer/orders/${id ?? ''}`);
  const order = id === undefined ? null : await getOrder(id);
  if (!order) notFound();
  // An address that the other party has passed on: each party has a page of its own.
  if (order.viewer !== 'customer') redirect(`/provider/orders/${order.id}`);
  const [anchor, origins, paid, task, recorded] = await Promise.all([
    getAnchor(),
    getOrderOrigins(order.id),
    order.channel === null ? [] : getPaidParts(order.id),
    order.resource.kind === 'computing' ? getTask(order.id) : null,
    getSessionOf(order.id),
  ]);
  return (
    <>
      <LiveRefresh
        ids={[order, ...(order.channel === null ? [] : order.others)].map((each) => `agreement:${each.id}`)}
      />
      <OwnDocument gateways={origins} />
      <OrderHeader order={order} />
      {task === null ? null : <TaskLink task={task} />}
      {recorded === null ? null : <SessionPanel session={recorded} address={session.address} />}
      <OrderTabs
        order={order}
        dispute={isContestable(order) ? <ContestClaim order={order} address={session.address} /> : null}
        access={<AccessCard order={order} paid={paid} address={session.address} network={anchor.genesisHash} />}
      />
    </>
  );
}
