import type { Metadata } from 'next';
import { StatusFilter, statusOf } from '#components/ledger/status-filter.tsx';
import { DEMAND_STATUSES } from '#ledger/contracts/demand/definition.ts';
import { DemandTable } from '#components/demand/demand-table.tsx';
import { AsOfBlock } from '#components/ledger/as-of.tsx';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { hrefWith, Pager, pageOf, textOf } from '#components/ui/pager.tsx';
import { getDemands } from '#lib/queries/demands.ts';
import { serverNow, type PageInput } from '../../../_page.ts';
import { withAccount } from '../../../_session.ts';

export const metadata: Metadata = { title: 'Requests' };

const PATH = '/customer/requests';

export default async function RequestsPage({ searchParams }: PageInput) {
  await withAccount(PATH);
  const query = await searchParams;
  const status = statusOf(DEMAND_STATUSES, textOf(query.status, 20));
  const [demands, nowMs] = await Promise.all([
    getDemands({ page: pageOf(query.page), ...(status ? { status } : {}) }),
    serverNow(),
  ]);
  return (
    <>
      <LiveRefresh ids={['demand:']} asOf={demands.asOf.height} />
      <PageHeader
        title="Requests"
        lead="Say what you need; the ledger looks through every offer and makes priced plans. You choose one, or let a match buy it within your budget."
        meta={<AsOfBlock asOf={demands.asOf} />}
        actions={
          <LinkButton href={`${PATH}/new`} variant="primary">
            New request
          </LinkButton>
        }
      />
      <StatusFilter path={PATH} what="requests" statuses={DEMAND_STATUSES} status={status} />
      {demands.items.length === 0 ? (
        <EmptyState
          title={status ? `No request is ${status}` : 'No requests yet'}
          action={
            status ? { label: 'Show all requests', href: PATH } : { label: 'Make a request', href: `${PATH}/new` }
          }
        >
          {status
            ? 'Requests move on by themselves: open, then decided or expired.'
            : 'A request names what you need and what it may cost at most: a program over many inputs, storage, a data set, or several at once.'}
        </EmptyState>
      ) : (
        <>
          <DemandTable caption="Requests, newest first" demands={demands.items} viewer="customer" nowMs={nowMs} />
          <Pager {...demands} what="request" hrefOf={(page) => hrefWith(PATH, { status }, { page: String(page) })} />
        </>
      )}
    </>
  );
}
