import type { Metadata } from 'next';
import Link from 'next/link';
import { AsOfBlock } from '#components/ledger/as-of.tsx';
import { FailedConditions } from '#components/ledger/failed-conditions.tsx';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { OrderTable } from '#components/ledger/order-table.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { durationInWords, inWords } from '#components/ui/format.ts';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { hrefWith, Pager, pageOf, textOf } from '#components/ui/pager.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import { getOrders, getRefusals } from '#lib/queries/orders.ts';
import type { OrderStatus, RefusalDto } from '#lib/shared/dto.ts';
import { AGREEMENT_STATUSES } from '#ledger/contracts/agreement/definition.ts';
import { StatusFilter, statusOf } from '#components/ledger/status-filter.tsx';
import { serverNow, type PageInput } from '../../../_page.ts';
import { withAccount } from '../../../_session.ts';

export const metadata: Metadata = { title: 'Orders' };

const REFUSAL_COLUMNS: readonly Column<RefusalDto>[] = [
  {
    key: 'resource',
    header: 'Resource',
    isRowHeader: true,
    cell: (refusal) => (
      <Link href={`/catalogue/${refusal.resource.id}`} prefetch={false} className="prose-link">
        <Foreign text={refusal.resource.title} />
      </Link>
    ),
  },
  {
    key: 'use',
    header: 'Asked for',
    cell: (refusal) => `${inWords(refusal.purpose)}, ${durationInWords(refusal.durationMs)}`,
  },
  { key: 'why', header: 'Refused because', cell: (refusal) => <FailedConditions failed={refusal.failed} /> },
  { key: 'time', header: 'Time', align: 'end', cell: (refusal) => <Time timeMs={refusal.refusedAtMs} /> },
];

export default async function OrdersPage({ searchParams }: PageInput) {
  await withAccount('/customer/orders');
  const query = await searchParams;
  const status: OrderStatus | undefined = statusOf(AGREEMENT_STATUSES, textOf(query.status, 20));
  const [orders, refusals, nowMs] = await Promise.all([
    getOrders({ as: 'customer', page: pageOf(query.page), ...(status ? { status } : {}) }),
    getRefusals(pageOf(query.refusals)),
    serverNow(),
  ]);
  const kept = { status, page: textOf(query.page, 8), refusals: textOf(query.refusals, 8) };
  return (
    <>
      <LiveRefresh ids={['agreement:', 'application:']} asOf={orders.asOf.height} />
      <PageHeader
        title="Orders"
        lead="What you were granted, and what was refused and why."
        meta={<AsOfBlock asOf={orders.asOf} />}
      />
      <StatusFilter path="/customer/orders" what="orders" statuses={AGREEMENT_STATUSES} status={status} />
      {orders.items.length === 0 ? (
        <EmptyState
          title={status ? `No order is ${status}` : 'No orders yet'}
          action={
            status
              ? { label: 'Show all orders', href: '/customer/orders' }
              : { label: 'Open the catalogue', href: '/catalogue' }
          }
        >
          {status
            ? 'Orders move on by themselves: prepared, active, completed, settled.'
            : 'Choose a resource and apply; a granted application is an order.'}
        </EmptyState>
      ) : (
        <>
          <OrderTable caption="Orders, newest first" orders={orders.items} viewer="customer" nowMs={nowMs} />
          <Pager
            {...orders}
            what="order"
            hrefOf={(page) => hrefWith('/customer/orders', kept, { page: String(page) })}
          />
        </>
      )}
      <Section title="Refused applications">
        {refusals.items.length === 0 ? (
          <EmptyState title="No application was refused">
            A refusal names every condition that failed; nothing is held for it.
          </EmptyState>
        ) : (
          <>
            <Table
              caption="Refused applications, newest first"
              columns={REFUSAL_COLUMNS}
              rows={refusals.items}
              rowKey={(refusal) => refusal.application}
            />
            <Pager
              {...refusals}
              what="refusal"
              hrefOf={(page) => hrefWith('/customer/orders', kept, { refusals: String(page) })}
            />
          </>
        )}
      </Section>
    </>
  );
}
