import type { Metadata } from 'next';
import { AsOfBlock } from '#components/ledger/as-of.tsx';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { OrderTable } from '#components/ledger/order-table.tsx';
import { AGREEMENT_STATUSES } from '#ledger/contracts/agreement/definition.ts';
import { StatusFilter, statusOf } from '#components/ledger/status-filter.tsx';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { hrefWith, Pager, pageOf, textOf } from '#components/ui/pager.tsx';
import { getOrders } from '#lib/queries/orders.ts';
import { serverNow, type PageInput } from '../../../_page.ts';
import { holdsRole, withAccount } from '../../../_session.ts';
import { RoleMissing } from '../../../_components/role-missing.tsx';

export const metadata: Metadata = { title: 'Incoming orders' };

export default async function ProviderOrdersPage({ searchParams }: PageInput) {
  const session = await withAccount('/provider/orders');
  if (!holdsRole(session, 'NRP')) return <RoleMissing title="Incoming orders" role="NRP" />;
  const query = await searchParams;
  const status = statusOf(AGREEMENT_STATUSES, textOf(query.status, 20));
  const [orders, nowMs] = await Promise.all([
    getOrders({ as: 'provider', page: pageOf(query.page), ...(status ? { status } : {}) }),
    serverNow(),
  ]);
  return (
    <>
      <LiveRefresh ids={['agreement:']} asOf={orders.asOf.height} />
      <PageHeader
        title="Incoming orders"
        lead="Who uses what you share. Your agent delivers, meters and cuts off by itself."
        meta={<AsOfBlock asOf={orders.asOf} />}
      />
      <StatusFilter path="/provider/orders" what="orders" statuses={AGREEMENT_STATUSES} status={status} />
      {orders.items.length === 0 ? (
        <EmptyState
          title={status ? `No order is ${status}` : 'No orders yet'}
          action={
            status
              ? { label: 'Show all orders', href: '/provider/orders' }
              : { label: 'See your resources', href: '/provider/resources' }
          }
        >
          Customers apply from the catalogue; the contract decides by your strategy, and granted applications stand
          here.
        </EmptyState>
      ) : (
        <>
          <OrderTable caption="Incoming orders, newest first" orders={orders.items} viewer="provider" nowMs={nowMs} />
          <Pager
            {...orders}
            what="order"
            hrefOf={(page) => hrefWith('/provider/orders', { status }, { page: String(page) })}
          />
        </>
      )}
    </>
  );
}
