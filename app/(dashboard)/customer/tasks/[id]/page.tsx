import type { Metadata } from 'next';
import { notFound, redirect } from 'next/navigation';
import { CancelTask } from '#components/demand/cancel-task.tsx';
import { RangeTable } from '#components/demand/range-table.tsx';
import { TaskAgreements } from '#components/demand/task-agreements.tsx';
import { TaskChart } from '#components/demand/task-chart.tsx';
import { TaskEndNote } from '#components/demand/task-end-note.tsx';
import { TaskFigures } from '#components/demand/task-figures.tsx';
import { TaskGrid } from '#components/demand/task-grid-view.tsx';
import { TaskHeader } from '#components/demand/task-header.tsx';
import { TaskResultsView } from '#components/demand/task-results.tsx';
import { EventList } from '#components/ledger/event-list.tsx';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { OrderReceipts } from '#components/order/order-receipts.tsx';
import { OwnDocument } from '#components/order/own-document.tsx';
import { orderLabel } from '#components/ui/format.ts';
import { Section } from '#components/ui/page-header.tsx';
import { idOf } from '#components/ui/pager.tsx';
import { ChannelPanel } from '#components/wallet/vouchers/channel-panel.tsx';
import { getDemand } from '#lib/queries/demands.ts';
import { getTaskOrigins } from '#lib/queries/gateway-origin.ts';
import { getAnchor } from '#lib/queries/network.ts';
import { getOrder } from '#lib/queries/orders.ts';
import { getPaidParts } from '#lib/queries/paid-parts.ts';
import { getTask } from '#lib/queries/tasks.ts';
import type { TaskDto } from '#lib/shared/demand-dto.ts';
import type { OrderDetail } from '#lib/shared/dto.ts';
import type { PageInput } from '../../../../_page.ts';
import { withAccount } from '../../../../_session.ts';

type Input = PageInput<{ id: string }>;

export async function generateMetadata({ params }: Input): Promise<Metadata> {
  return { title: `Task of ${orderLabel(idOf((await params).id) ?? '')}` };
}

/** Orders of one task that are read whole: what each has cost is in its own claims. */
const ORDERS_MAX = 24;

async function ordersOf({ agreements }: TaskDto): Promise<OrderDetail[]> {
  const orders = await Promise.all(agreements.slice(0, ORDERS_MAX).map(({ agreement }) => getOrder(agreement)));
  return orders.filter((order) => order !== null);
}

export default async function TaskPage({ params }: Input) {
  const id = idOf((await params).id);
  const { address } = await withAccount(`/customer/tasks/${id ?? ''}`);
  const task = id === undefined ? null : await getTask(id);
  if (id === undefined || !task) notFound();
  if (task.viewer === 'provider') redirect(`/provider/orders/${task.agreements[0]?.agreement ?? ''}`);
  const [orders, demand, origins, paid, anchor] = await Promise.all([
    ordersOf(task),
    getDemand(task.demand),
    getTaskOrigins(task.order),
    getPaidParts(task.order),
    getAnchor(),
  ]);
  const ends = orders.flatMap(({ endsAtMs }) => (endsAtMs === null ? [] : [endsAtMs]));
  const ids = [`demand:${task.demand}`, ...task.agreements.map(({ agreement }) => `agreement:${agreement}`)];
  return (
    <>
      <LiveRefresh ids={ids} />
      <OwnDocument gateways={origins} />
      <TaskHeader
        task={task}
        endsAtMs={ends.length === 0 ? null : Math.max(...ends)}
        actions={task.outcome === null ? <CancelTask demand={task.demand} address={address} /> : undefined}
      />
      <TaskEndNote task={task} />
      <TaskFigures task={task} orders={orders} chosen={demand?.chosen ?? null} />
      <Section title="Sub-tasks">
        <TaskGrid task={task} />
      </Section>
      <Section title="Results">
        <TaskResultsView task={task} address={address} network={anchor.genesisHash} />
      </Section>
      {paid.length === 0 ? null : (
        <ChannelPanel parts={paid} address={address} network={anchor.genesisHash} serverTimeMs={task.serverTimeMs} />
      )}
      <Section title="Progress">
        <TaskChart task={task} />
      </Section>
      <Section title="Ranges">
        <RangeTable task={task} />
      </Section>
      <Section title="Orders">
        <TaskAgreements task={task} />
      </Section>
      {demand === null ? null : (
        <>
          <Section title="Events">
            <EventList events={demand.events} nowMs={task.serverTimeMs} hasReceipts />
          </Section>
          <Section title="Receipts">
            <OrderReceipts events={demand.events} />
          </Section>
        </>
      )}
    </>
  );
}
