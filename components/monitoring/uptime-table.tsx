import { Table } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import type { WatchedNodeDto } from '#lib/shared/monitoring.ts';
import { NodeStatusChip } from './chips.tsx';
import { NodeLink } from './node-link.tsx';
import { UptimeDots, uptimeWords } from './uptime-dots.tsx';

/** How each node was heard over the last 24 hours, and since when it is how it is. */
export function UptimeTable({ nodes, base, nowMs }: { nodes: readonly WatchedNodeDto[]; base: string; nowMs: number }) {
  return (
    <Table
      caption="Nodes over the last 24 hours"
      rows={nodes}
      rowKey={({ id }) => id}
      columns={[
        { key: 'node', header: 'Node', isRowHeader: true, cell: (node) => <NodeLink node={node} base={base} /> },
        { key: 'status', header: 'Status', cell: ({ status }) => <NodeStatusChip status={status} /> },
        {
          key: 'since',
          header: 'Since',
          cell: ({ statusSinceMs }) =>
            statusSinceMs === null ? <span>not known</span> : <Time timeMs={statusSinceMs} nowMs={nowMs} />,
        },
        { key: 'day', header: 'The last 24 hours', cell: ({ uptime }) => <UptimeDots dots={uptime} /> },
        { key: 'words', header: 'In words', cell: ({ uptime }) => <span>{uptimeWords(uptime)}</span> },
      ]}
    />
  );
}
