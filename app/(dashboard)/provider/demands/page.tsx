import type { Metadata } from 'next';
import Link from 'next/link';
import { KIND_CHOICES, kindIn } from '#components/demand/desk-filters.tsx';
import { FilterRow } from '#components/ui/filter-row.tsx';
import { demandInWords, demandLabel } from '#components/demand/words.ts';
import { AsOfBlock } from '#components/ledger/as-of.tsx';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { Countdown } from '#components/ui/countdown.tsx';
import { durationInWords, inWords } from '#components/ui/format.ts';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { hrefWith, Pager, pageOf, textOf } from '#components/ui/pager.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import { getOpenDemands } from '#lib/queries/demands.ts';
import type { OpenDemandDto } from '#lib/shared/demand-dto.ts';
import { RoleMissing } from '../../../_components/role-missing.tsx';
import { serverNow, type PageInput } from '../../../_page.ts';
import { holdsRole, withAccount } from '../../../_session.ts';

export const metadata: Metadata = { title: 'Open demands' };

const PATH = '/provider/demands';

function columnsOf(nowMs: number): Column<OpenDemandDto>[] {
  return [
    {
      key: 'demand',
      header: 'Demand',
      isRowHeader: true,
      cell: ({ id }) => (
        <Link href={`${PATH}/${id}`} prefetch={false} className="prose-link font-mono text-[0.8125rem]">
          {demandLabel(id)}
        </Link>
      ),
    },
    { key: 'asked', header: 'Asked for', cell: demandInWords },
    {
      key: 'purpose',
      header: 'Purpose',
      cell: ({ purpose, fieldOfBusiness }) => `${inWords(purpose)}, in ${inWords(fieldOfBusiness)}`,
    },
    { key: 'for', header: 'For', cell: ({ durationMs }) => durationInWords(durationMs) },
    {
      key: 'published',
      header: 'Published',
      cell: ({ publishedAtMs }) => <Time timeMs={publishedAtMs} nowMs={nowMs} />,
    },
    {
      key: 'left',
      header: 'Time left',
      align: 'end',
      cell: ({ openUntilMs }) => <Countdown untilMs={openUntilMs} serverTimeMs={nowMs} after="none" />,
    },
  ];
}

export default async function OpenDemandsPage({ searchParams }: PageInput) {
  const session = await withAccount(PATH);
  if (!holdsRole(session, 'NRP')) return <RoleMissing title="Open demands" role="NRP" />;
  const query = await searchParams;
  const kind = kindIn(textOf(query.kind, 32));
  const [demands, nowMs] = await Promise.all([
    getOpenDemands({ page: pageOf(query.page), ...(kind ? { kind } : {}) }),
    serverNow(),
  ]);
  return (
    <>
      <LiveRefresh ids={['demand:', 'resource:']} asOf={demands.asOf.height} />
      <PageHeader
        title="Open demands"
        lead="What is asked for of the kinds that you share. Neither whose it is nor what it may cost is shown; a published offer that fits comes into its plans by itself."
        meta={<AsOfBlock asOf={demands.asOf} />}
      />
      <div className="mb-3">
        <FilterRow title="Kind" path={PATH} filter={{ kind }} name="kind" choices={KIND_CHOICES} />
      </div>
      {demands.items.length === 0 ? (
        <EmptyState
          title="Nothing is asked for of what you share"
          action={{ label: 'See your resources', href: '/provider/resources' }}
        >
          Open demands of a kind stand here once you have published a resource of it.
        </EmptyState>
      ) : (
        <>
          <Table
            caption="Open demands of your kinds, newest first"
            columns={columnsOf(nowMs)}
            rows={demands.items}
            rowKey={({ id }) => id}
          />
          <Pager {...demands} what="demand" hrefOf={(page) => hrefWith(PATH, { kind }, { page: String(page) })} />
        </>
      )}
    </>
  );
}
