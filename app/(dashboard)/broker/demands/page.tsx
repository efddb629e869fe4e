import type { Metadata } from 'next';
import { DemandTable } from '#components/demand/demand-table.tsx';
import { DeskFilters, deskFilterOf } from '#components/demand/desk-filters.tsx';
import { AsOfBlock } from '#components/ledger/as-of.tsx';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { hrefWith, Pager, pageOf, textOf } from '#components/ui/pager.tsx';
import { getDeskDemands } from '#lib/queries/desk.ts';
import { RoleMissing } from '../../../_components/role-missing.tsx';
import { serverNow, type PageInput } from '../../../_page.ts';
import { holdsRole, withAccount } from '../../../_session.ts';

export const metadata: Metadata = { title: 'Demands' };

const PATH = '/broker/demands';

export default async function BrokerDemandsPage({ searchParams }: PageInput) {
  const session = await withAccount(PATH);
  if (!holdsRole(session, 'NRB')) return <RoleMissing title="Demands" role="NRB" />;
  const query = await searchParams;
  const filter = {
    kind: textOf(query.kind, 32),
    region: textOf(query.region, 64),
    unmet: textOf(query.unmet, 1),
    age: textOf(query.age, 4),
  };
  const [demands, nowMs] = await Promise.all([
    getDeskDemands({ ...deskFilterOf(filter), page: pageOf(query.page) }),
    serverNow(),
  ]);
  return (
    <>
      <LiveRefresh ids={['demand:']} asOf={demands.asOf.height} />
      <PageHeader
        title="Demands"
        lead="Everything that is asked for now, those without a plan first, then the oldest. A plan of yours stands beside the contract’s."
        meta={<AsOfBlock asOf={demands.asOf} />}
      />
      <DeskFilters path={PATH} filter={filter} />
      {demands.items.length === 0 ? (
        <EmptyState
          title={Object.values(filter).some(Boolean) ? 'No open demand is like that' : 'No demand is open now'}
          {...(Object.values(filter).some(Boolean) ? { action: { label: 'Show all demands', href: PATH } } : {})}
        >
          Customers publish requests; each stands here as long as it is open.
        </EmptyState>
      ) : (
        <>
          <DemandTable caption="Open demands" demands={demands.items} viewer="broker" nowMs={nowMs} />
          <Pager {...demands} what="demand" hrefOf={(page) => hrefWith(PATH, { ...filter }, { page: String(page) })} />
        </>
      )}
    </>
  );
}
