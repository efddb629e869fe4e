import Link from 'next/link';
import { Foreign } from '#components/ui/foreign.tsx';
import { formatBytes, formatCount, formatRelative, resourceLabel } from '#components/ui/format.ts';
import { Table, type Column } from '#components/ui/table.tsx';
import type { ResourceSummary } from '#lib/shared/dto.ts';
import { AccountName } from './account-name.tsx';
import { Price } from './price.tsx';

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
            <span className="font-mono">{resourceLabel(row.id)}</span> · {row.kind} · {row.tags.join(', ') || 'no tags'}
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
      cell: (row) => (
        <span className="whitespace-nowrap">
          {formatCount(row.rows)} rows<span className="block text-xs text-muted">{formatBytes(row.bytes)}</span>
        </span>
      ),
    },
    { key: 'price', header: 'Price', align: 'end', cell: (row) => <Price price={row.price} /> },
    {
      key: 'free',
      header: 'Free places',
      align: 'end',
      cell: (row) => (
        <span className="whitespace-nowrap">
          {row.freePlaces} of {row.simultaneousMax}
        </span>
      ),
    },
    {
      key: 'agent',
      header: 'Agent last heard',
      align: 'end',
      cell: (row) => (
        <span className="whitespace-nowrap">
          {row.agentSeenAtMs === null ? 'never' : formatRelative(row.agentSeenAtMs, nowMs)}
        </span>
      ),
    },
  ];
}

export interface ResourceTableProps {
  resources: readonly ResourceSummary[];
  caption: string;
  nowMs: number;
}

export function ResourceTable({ resources, caption, nowMs }: ResourceTableProps) {
  return <Table caption={caption} columns={columnsOf(nowMs)} rows={resources} rowKey={(row) => row.id} />;
}
