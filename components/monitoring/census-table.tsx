import Link from 'next/link';
import { formatCount } from '#components/ui/format.ts';
import { Table } from '#components/ui/table.tsx';
import type { NodeCensusDto } from '#lib/shared/monitoring-views.ts';
import type { NodeStatus } from '#lib/shared/monitoring.ts';
import { NODE_KINDS, STATUSES } from './words.ts';

type Kind = (typeof NODE_KINDS)[number];

function countAt(census: readonly NodeCensusDto[], kind: Kind, status?: NodeStatus): number {
  return census
    .filter((cell) => cell.kind === kind && (status === undefined || cell.status === status))
    .reduce((sum, { count }) => sum + count, 0);
}

/** How many nodes of each kind are how, each number leading to those nodes. */
export function CensusTable({ census }: { census: readonly NodeCensusDto[] }) {
  return (
    <Table
      caption="Nodes by kind and status"
      rows={NODE_KINDS}
      rowKey={(kind) => kind}
      columns={[
        {
          key: 'kind',
          header: 'Kind',
          isRowHeader: true,
          cell: (kind) => <span className="font-medium">{`${kind}s`}</span>,
        },
        ...STATUSES.map((status) => ({
          key: status,
          header: status,
          align: 'end' as const,
          cell: (kind: Kind) => (
            <Count count={countAt(census, kind, status)} href={`/operator/nodes?kind=${kind}&status=${status}`} />
          ),
        })),
        {
          key: 'all',
          header: 'all',
          align: 'end' as const,
          cell: (kind) => <Count count={countAt(census, kind)} href={`/operator/nodes?kind=${kind}`} />,
        },
      ]}
    />
  );
}

function Count({ count, href }: { count: number; href: string }) {
  if (count === 0) return <span className="text-muted">0</span>;
  return (
    <Link href={href} prefetch={false} className="prose-link font-semibold">
      {formatCount(count)}
    </Link>
  );
}
