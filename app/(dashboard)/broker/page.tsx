import type { Metadata } from 'next';
import Link from 'next/link';
import { DemandTable } from '#components/demand/demand-table.tsx';
import { DeskFilters, deskFilterOf } from '#components/demand/desk-filters.tsx';
import { SupplyTable } from '#components/demand/supply-table.tsx';
import { UnmetList } from '#components/demand/unmet-list.tsx';
import { VolumeCharts } from '#components/demand/volume-charts.tsx';
import { AsOfBlock } from '#components/ledger/as-of.tsx';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { countOf } from '#components/ui/count.ts';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { textOf } from '#components/ui/pager.tsx';
import { getWhyNot } from '#lib/queries/demands.ts';
import { getDesk } from '#lib/queries/desk.ts';
import type { DemandSummary, WhyNotDto } from '#lib/shared/demand-dto.ts';
import { RoleMissing } from '../../_components/role-missing.tsx';
import { serverNow, type PageInput } from '../../_page.ts';
import { holdsRole, withAccount } from '../../_session.ts';

export const metadata: Metadata = { title: 'Broker’s desk' };

/** Demands without a plan whose reasons stand on the desk: each is a question to the ledger. */
const UNMET_MAX = 5;
const SHOWN = 10;

/** What keeps offers from the oldest demands that no plan meets. */
async function reasonsOf(demands: readonly DemandSummary[]): Promise<{ demand: DemandSummary; whyNot: WhyNotDto }[]> {
  const unmet = demands.filter(({ planCount, analysedAtMs }) => planCount === 0 && analysedAtMs !== null);
  const answers = await Promise.all(
    unmet.slice(0, UNMET_MAX).map(async (demand) => ({ demand, whyNot: await getWhyNot(demand.id) })),
  );
  return answers.flatMap(({ demand, whyNot }) => (whyNot === null ? [] : [{ demand, whyNot }]));
}

function NoDemand({ isFiltered }: { isFiltered: boolean }) {
  return (
    <EmptyState
      title={isFiltered ? 'No open demand is like that' : 'No demand is open now'}
      {...(isFiltered ? { action: { label: 'Show all', href: '/broker' } } : {})}
    >
      Customers publish requests; each stands here as long as it is open.
    </EmptyState>
  );
}

export default async function DeskPage({ searchParams }: PageInput) {
  const session = await withAccount('/broker');
  if (!holdsRole(session, 'NRB')) return <RoleMissing title="Broker’s desk" role="NRB" />;
  const query = await searchParams;
  const filter = {
    kind: textOf(query.kind, 32),
    region: textOf(query.region, 64),
    unmet: textOf(query.unmet, 1),
    age: textOf(query.age, 4),
  };
  const [desk, nowMs] = await Promise.all([getDesk(deskFilterOf(filter)), serverNow()]);
  if (desk === null) return <RoleMissing title="Broker’s desk" role="NRB" />;
  const { demands, supply, volumes } = desk;
  const reasons = await reasonsOf(demands.items);
  return (
    <>
      <LiveRefresh ids={['demand:', 'resource:']} asOf={demands.asOf.height} />
      <PageHeader
        title="Broker’s desk"
        lead="What is asked for, what nothing meets and why, where supply is thin, and what was settled at which price."
        meta={<AsOfBlock asOf={demands.asOf} />}
      />
      <Section
        title="Open demands"
        aside={
          <Link href="/broker/demands" prefetch={false} className="prose-link">
            {`All ${countOf(demands.total, 'demand')}`}
          </Link>
        }
      >
        <DeskFilters path="/broker" filter={filter} />
        {demands.items.length === 0 ? (
          <NoDemand isFiltered={Object.values(filter).some(Boolean)} />
        ) : (
          <DemandTable
            caption="Open demands, those without a plan first"
            demands={demands.items.slice(0, SHOWN)}
            viewer="broker"
            nowMs={nowMs}
          />
        )}
      </Section>
      <Section title="Unmet, and what would help">
        {demands.items.length === 0 ? (
          <p className="text-sm text-muted">There is no open demand that anything could be missing for.</p>
        ) : (
          <UnmetList unmet={reasons} />
        )}
      </Section>
      <Section title="Thin supply">
        {supply.length === 0 ? (
          <EmptyState title="Nothing is on offer yet">
            Providers publish resources; they stand here by kind and zone.
          </EmptyState>
        ) : (
          <SupplyTable supply={supply} />
        )}
      </Section>
      <Section title="Volumes and prices">
        {volumes.length === 0 ? (
          <EmptyState title="Nothing was settled in the last 30 days">
            Every agreement is settled after its end; then it stands here with what it cost.
          </EmptyState>
        ) : (
          <VolumeCharts volumes={volumes} nowMs={nowMs} />
        )}
      </Section>
    </>
  );
}
