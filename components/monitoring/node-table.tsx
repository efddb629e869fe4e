import { Sparkline } from '#components/chart/sparkline.tsx';
import { LastHeard } from '#components/ledger/agent-heard.tsx';
import { countOf } from '#components/ui/count.ts';
import { shorten } from '#components/ui/format.ts';
import { Table, type Column } from '#components/ui/table.tsx';
import { Text } from '#components/ui/text.tsx';
import type { WatchedNodeDto } from '#lib/shared/monitoring.ts';
import { MaintenanceChip, NodeStatusChip } from './chips.tsx';
import { NodeLink } from './node-link.tsx';
import { UptimeDots } from './uptime-dots.tsx';
import { figureWith, KIND_WORDS, nodeWords } from './words.ts';

function RoundTrip({ node }: { node: WatchedNodeDto }) {
  if (node.roundTripMs === null) return null;
  const words = figureWith(node.roundTripMs, 'ms');
  return (
    <span className="inline-flex w-full max-w-52 items-center justify-end gap-2 sm:justify-start">
      {node.sparkline.some((value) => value !== null) ? (
        <Sparkline values={node.sparkline} label={`Round trip of ${nodeWords(node)} in the last hour, now ${words}`} />
      ) : null}
      <span className="whitespace-nowrap tabular-nums">{words}</span>
    </span>
  );
}

function lagWords(lag: number): string {
  if (lag < 0) return `claims ${countOf(-lag, 'block')} more`;
  return lag === 0 ? 'none' : countOf(lag, 'block');
}

function columnsFor(base: string, nowMs: number): Column<WatchedNodeDto>[] {
  return [
    {
      key: 'node',
      header: 'Node',
      isRowHeader: true,
      cell: (node) => (
        <>
          <NodeLink node={node} base={base} />{' '}
          <span className="text-xs whitespace-nowrap text-muted">
            {node.kind === 'portal' || node.name === null
              ? KIND_WORDS[node.kind]
              : `${KIND_WORDS[node.kind]} ${shorten(node.key)}`}
          </span>
        </>
      ),
    },
    {
      key: 'status',
      header: 'Status',
      cell: (node) => (
        <span className="inline-flex flex-wrap justify-end gap-1 sm:justify-start">
          <NodeStatusChip status={node.status} />
          {node.isInMaintenance ? <MaintenanceChip /> : null}
        </span>
      ),
    },
    {
      key: 'uptime',
      header: 'Last 24 hours',
      cell: (node) => (node.kind === 'agent' ? <UptimeDots dots={node.uptime} /> : null),
    },
    { key: 'roundTrip', header: 'Round trip', cell: (node) => <RoundTrip node={node} /> },
    {
      key: 'lag',
      header: 'Behind',
      cell: (node) => (node.lag === null ? null : <Text>{lagWords(node.lag)}</Text>),
    },
    {
      key: 'heard',
      header: 'Last heard',
      cell: (node) => (node.seenAtMs === null ? null : <LastHeard seenAtMs={node.seenAtMs} nowMs={nowMs} />),
    },
    {
      key: 'alerts',
      header: 'Open alerts',
      align: 'end',
      cell: (node) => <span className={node.openAlerts > 0 ? 'font-semibold' : 'text-muted'}>{node.openAlerts}</span>,
    },
  ];
}

export interface NodeTableProps {
  caption: string;
  nodes: readonly WatchedNodeDto[];
  /** Where the pages of nodes are. */
  base: string;
  nowMs: number;
}

/** Nodes with how they are, and how they were heard. */
export function NodeTable({ caption, nodes, base, nowMs }: NodeTableProps) {
  return <Table caption={caption} columns={columnsFor(base, nowMs)} rows={nodes} rowKey={({ id }) => id} />;
}
