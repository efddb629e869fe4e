import Link from 'next/link';
import { Foreign } from '#components/ui/foreign.tsx';
import { resourceLabel } from '#components/ui/format.ts';
import { Table, type Column } from '#components/ui/table.tsx';
import { kindOf } from '#components/kinds/kinds.ts';
import type { ResourceSummary } from '#lib/shared/dto.ts';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import { Text } from '#components/ui/text.tsx';
import { AccountName } from './account-name.tsx';
import { LastHeard } from './agent-heard.tsx';
import { freeInWords } from './free-capacity.ts';
import { PriceList } from './price-list.tsx';

function columnsOf(nowMs: number): Column<ResourceSummary>[] {
  return [
    {
      key: 'title',
      header: 'Resource',
      isRowHeader: true,
      className: 'sm:min-w-56',
      cell: (row) => (
        <span className="min-w-0">
          <Link href={`/catalogue/${row.id}`} prefetch={false} className="prose-link font-medium">
            <Foreign text={row.title} />
          </Link>
          <span className="block text-xs text-muted">
            <span className="font-mono">{resourceLabel(row.id)}</span>
            <Text>
              {' · '}
              {kindOf(row.kind).ledger.title} · {row.tags.map(isolatedText).join(', ') || 'no tags'}
            </Text>
          </span>
        </span>
      ),
    },
    { key: 'provider', header: 'Provider', cell: (row) => <AccountName account={row.provider} /> },
    { key: 'access', header: 'Access', cell: (row) => row.accessClass },
    {
      key: 'size',
      header: 'Size',
      align: 'end',
      cell: (row) => <Size row={row} />,
    },
    { key: 'price', header: 'Price', align: 'end', cell: (row) => <PriceList prices={row.prices} kind={row.kind} /> },
    {
      key: 'free',
      header: 'Free',
      align: 'end',
      cell: (row) => <span className="text-balance">{freeInWords(row, nowMs)}</span>,
    },
    {
      key: 'agent',
      header: 'Agent last heard',
      align: 'end',
      cell: (row) => (
        <span className="whitespace-nowrap">
          <LastHeard seenAtMs={row.agentSeenAtMs} nowMs={nowMs} />
        </span>
      ),
    },
  ];
}

function Size({ row }: { row: ResourceSummary }) {
  const { figure, beneath } = kindOf(row.kind).screen.size(row.attributes);
  return (
    <span className="whitespace-nowrap">
      <span>{figure}</span>
      <span className="block text-xs text-muted">{beneath}</span>
    </span>
  );
}

export interface ResourceTableProps {
  resources: readonly ResourceSummary[];
  caption: string;
  nowMs: number;
}

export function ResourceTable({ resources, caption, nowMs }: ResourceTableProps) {
  return <Table caption={caption} columns={columnsOf(nowMs)} rows={resources} rowKey={(row) => row.id} />;
}
