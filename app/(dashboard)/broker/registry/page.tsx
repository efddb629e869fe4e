import type { Metadata } from 'next';
import Link from 'next/link';
import { KIND_CHOICES, kindIn } from '#components/demand/desk-filters.tsx';
import { FilterRow } from '#components/ui/filter-row.tsx';
import { freeOfInWords } from '#components/demand/supply-table.tsx';
import { AccountName } from '#components/ledger/account-name.tsx';
import { LastHeard } from '#components/ledger/agent-heard.tsx';
import { AGENT_READ_EVERY_MS, isAgentSilent } from '#components/ledger/agent-silence.ts';
import { AsOfBlock } from '#components/ledger/as-of.tsx';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { Status, type StatusWord } from '#components/ledger/status.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { resourceLabel } from '#components/ui/format.ts';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { hrefWith, Pager, pageOf, textOf } from '#components/ui/pager.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import { getRegistry } from '#lib/queries/desk.ts';
import type { RegistryEntryDto } from '#lib/shared/demand-dto.ts';
import { RoleMissing } from '../../../_components/role-missing.tsx';
import { serverNow, type PageInput } from '../../../_page.ts';
import { holdsRole, withAccount } from '../../../_session.ts';

export const metadata: Metadata = { title: 'Registry' };

const PATH = '/broker/registry';
const STATUSES = ['published', 'suspended', 'retired'] as const;

function columnsOf(nowMs: number): Column<RegistryEntryDto>[] {
  return [
    {
      key: 'resource',
      header: 'Resource',
      isRowHeader: true,
      cell: ({ resource }) => (
        <span>
          <Link href={`/catalogue/${resource.id}`} prefetch={false} className="prose-link">
            <Foreign text={resource.title} />
          </Link>
          <span className="block font-mono text-xs text-muted">{resourceLabel(resource.id)}</span>
        </span>
      ),
    },
    { key: 'kind', header: 'Kind', cell: ({ resource }) => resource.kind },
    { key: 'provider', header: 'Provider', cell: ({ provider }) => <AccountName account={provider} /> },
    {
      key: 'place',
      header: 'Place',
      cell: ({ region, zone }) => <Foreign text={zone === null ? region : `${region}, zone ${zone}`} />,
    },
    // The contract has checked the word.
    { key: 'status', header: 'State', cell: ({ resource }) => <Status status={resource.status as StatusWord} /> },
    {
      key: 'free',
      header: 'Free',
      align: 'end',
      cell: ({ resource, ...row }) => freeOfInWords({ ...row, kind: resource.kind }),
    },
    {
      key: 'tested',
      header: 'Tested',
      align: 'end',
      cell: ({ testedAtMs }) => <Time timeMs={testedAtMs} nowMs={nowMs} />,
    },
    {
      key: 'agent',
      header: 'Agent',
      align: 'end',
      cell: ({ agentSeenAtMs }) => (
        <span className="inline-flex flex-wrap items-center justify-end gap-x-2">
          {isAgentSilent(agentSeenAtMs, nowMs) ? (
            <Status status="silent" />
          ) : (
            <Status status="running" word="reachable" />
          )}
          <span className="text-sm text-muted">
            <span>heard </span>
            <LastHeard seenAtMs={agentSeenAtMs} nowMs={nowMs} />
          </span>
        </span>
      ),
    },
  ];
}

export default async function RegistryPage({ searchParams }: PageInput) {
  const session = await withAccount(PATH);
  if (!holdsRole(session, 'NRB')) return <RoleMissing title="Registry" role="NRB" />;
  const query = await searchParams;
  const kind = kindIn(textOf(query.kind, 32));
  const status = STATUSES.find((known) => known === textOf(query.status, 20));
  const [registry, nowMs] = await Promise.all([
    getRegistry({ page: pageOf(query.page), ...(kind ? { kind } : {}), ...(status ? { status } : {}) }),
    serverNow(),
  ]);
  const filter = { kind, status };
  return (
    <>
      <LiveRefresh ids={['resource:']} asOf={registry.asOf.height} everyMs={AGENT_READ_EVERY_MS} />
      <PageHeader
        title="Registry"
        lead="Every resource with its state, when it was tested, what it has free, and when its agent was last heard."
        meta={<AsOfBlock asOf={registry.asOf} />}
      />
      <div className="mb-3 flex flex-col gap-1.5">
        <FilterRow title="Kind" path={PATH} filter={filter} name="kind" choices={KIND_CHOICES} />
        <FilterRow
          title="State"
          path={PATH}
          filter={filter}
          name="status"
          choices={[{ value: '', label: 'every state' }, ...STATUSES.map((known) => ({ value: known, label: known }))]}
        />
      </div>
      {registry.items.length === 0 ? (
        <EmptyState title="No resource is like that" action={{ label: 'Show the whole registry', href: PATH }}>
          Providers publish resources; every one of them stands here.
        </EmptyState>
      ) : (
        <>
          <Table
            caption="Resources, newest first"
            columns={columnsOf(nowMs)}
            rows={registry.items}
            rowKey={({ resource }) => resource.id}
          />
          <Pager {...registry} what="resource" hrefOf={(page) => hrefWith(PATH, filter, { page: String(page) })} />
        </>
      )}
    </>
  );
}
