import { ForeignSentence } from '#components/ui/foreign.tsx';
import { Table } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import type { StatusChangeDto } from '#lib/shared/monitoring-views.ts';
import { NodeStatusChip } from './chips.tsx';
import { NodeLink } from './node-link.tsx';

export interface ChangeTableProps {
  changes: readonly StatusChangeDto[];
  /** Where the pages of nodes are. */
  base: string;
  nowMs: number;
}

/** Changes of nodes' statuses, each with why. */
export function ChangeTable({ changes, base, nowMs }: ChangeTableProps) {
  return (
    <Table
      caption="Changes of statuses, the newest first"
      rows={changes}
      rowKey={({ id }) => id}
      columns={[
        { key: 'node', header: 'Node', isRowHeader: true, cell: ({ node }) => <NodeLink node={node} base={base} /> },
        { key: 'status', header: 'Became', cell: ({ status }) => <NodeStatusChip status={status} /> },
        { key: 'at', header: 'When', cell: ({ atMs }) => <Time timeMs={atMs} nowMs={nowMs} /> },
        { key: 'why', header: 'Why', cell: ({ sentence }) => <ForeignSentence text={sentence} /> },
      ]}
    />
  );
}
