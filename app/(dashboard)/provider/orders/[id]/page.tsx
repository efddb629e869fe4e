import type { Metadata } from 'next';
import { notFound, redirect } from 'next/navigation';
import { RangeTable } from '#components/demand/range-table.tsx';
import { TaskGrid } from '#components/demand/task-grid-view.tsx';
import { demandLabel } from '#components/demand/words.ts';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { OrderHeader } from '#components/order/order-header.tsx';
import { OrderTabs } from '#components/order/order-tabs.tsx';
import { SessionPanel } from '#components/proximity/session-panel.tsx';
import { Facts } from '#components/ui/facts.tsx';
import { formatUtc, partLabel } from '#components/ui/format.ts';
import { Section } from '#components/ui/page-header.tsx';
import { idOf } from '#components/ui/pager.tsx';
import { EndOrder } from '#components/wallet/end-order.tsx';
import { getOrder } from '#lib/queries/orders.ts';
import { getSessionOf } from '#lib/queries/prose.ts';
import { getTask } from '#lib/queries/tasks.ts';
import type { OrderDetail } from '#lib/shared/dto.ts';
import type { PageInput } from '../../../../_page.ts';
import { withAccount } from '../../../../_session.ts';

type Input = PageInput<{ id: string }>;

export async function generateMetadata({ params }: Input): Promise<Metadata> {
  const id = idOf((await params).id);
  const order = id === undefined ? null : await getOrder(id);
  return { title: order ? `Order ${partLabel(order)}` : 'Order' };
}

export default async function ProviderOrderPage({ params }: Input) {
  const id = idOf((await params).id);
  const session = await withAccount(`/provider/orders/${id ?? ''}`);
  const order = id === undefined ? null : await getOrder(id);
  if (!order) notFound();
  // An address that the other party has passed on: each party has a page of its own.
  if (order.viewer !== 'provider') redirect(`/customer/orders/${order.id}`);
  const [task, recorded] = await Promise.all([
    order.resource.kind === 'computing' ? getTask(order.id) : null,
    getSessionOf(order.id),
  ]);
  return (
    <>
      <LiveRefresh ids={[`agreement:${order.id}`]} />
      <OrderHeader order={order} />
      {task === null ? null : (
        <Section title={`Your part of the task of ${demandLabel(task.demand)}`}>
          <div className="mb-5 flex flex-col gap-3">
            <TaskGrid task={task} />
            <RangeTable task={task} />
          </div>
        </Section>
      )}
      {recorded === null ? null : <SessionPanel session={recorded} address={null} />}
      <OrderTabs order={order} access={<Delivery order={order} address={session.address} />} />
    </>
  );
}

/** The provider's side of access: what its agent delivered. The link itself is readable for the customer alone. */
function Delivery({ order, address }: { order: OrderDetail; address: string }) {
  const isRunning = order.status === 'prepared' || order.status === 'active';
  return (
    <div className="flex flex-col gap-4">
      <Facts
        facts={[
          {
            name: 'Delivery',
            value:
              order.startsAtMs === null
                ? `your agent must deliver until ${formatUtc(order.prepareByMs)}, or the customer gets everything back`
                : `delivered ${formatUtc(order.startsAtMs)}`,
          },
          { name: 'Link', value: 'sealed to the customer’s key: neither you nor the portal can read it' },
          {
            name: 'Re-issue',
            value: order.reissuePending ? 'asked for; your agent seals a new link within seconds' : 'not asked for',
          },
        ]}
      />
      {isRunning ? (
        <div>
          <EndOrder order={order} address={address} />
        </div>
      ) : null}
    </div>
  );
}
