import { countOf } from '#components/ui/count.ts';
import { Table, type Column } from '#components/ui/table.tsx';
import type { ConnectionsDto, WayDto } from '#lib/shared/monitoring-views.ts';
import { NodeStatusChip } from './chips.tsx';
import { NodeLink } from './node-link.tsx';
import { figureWith, nodeWords, percent } from './words.ts';

type Node = ConnectionsDto['nodes'][number];
/** Null: the monitor. */
type From = Node | null;

function Way({ way }: { way: WayDto | undefined }) {
  if (way === undefined) return <span className="text-muted">not measured</span>;
  const { roundTripMs, lossPermille, count } = way;
  return (
    <span className="tabular-nums" title={`measured ${countOf(count, 'time')} in the last hour`}>
      <span className="block">{roundTripMs === null ? 'no answer' : figureWith(roundTripMs, 'ms')}</span>
      <span className="block text-xs text-muted">{`${percent(lossPermille)} lost`}</span>
    </span>
  );
}

/** From whom (a row) to whom (a column): round trip and loss over the last hour, as whoever stands in the row measured it. */
export function ConnectionMatrix({ connections, base }: { connections: ConnectionsDto; base: string }) {
  const { nodes, ways } = connections;
  const wayOf = (from: number | null, to: number | null): WayDto | undefined =>
    ways.find((way) => way.from === from && way.to === to);
  const columns: Column<From>[] = [
    {
      key: 'from',
      header: 'From',
      isRowHeader: true,
      cell: (from) =>
        from === null ? (
          <span>the monitor</span>
        ) : (
          <span className="flex flex-col items-start gap-1">
            <NodeLink node={from} base={base} />
            <NodeStatusChip status={from.status} />
          </span>
        ),
    },
    {
      key: 'portal',
      header: 'To its portal',
      cell: (from) => <Way way={from === null ? undefined : wayOf(from.id, null)} />,
    },
    ...nodes.map((to): Column<From> => ({
      key: String(to.id),
      header: `To ${to.name ?? nodeWords(to)}`,
      cell: (from) => (from?.id === to.id ? <span>itself</span> : <Way way={wayOf(from?.id ?? null, to.id)} />),
    })),
  ];
  // A portal measures nobody: agents call it, and the monitor does.
  const rows: From[] = [null, ...nodes.filter(({ kind }) => kind === 'agent')];
  return (
    <Table
      caption="Ways between nodes: round trip and loss over the last hour"
      columns={columns}
      rows={rows}
      rowKey={(from) => from?.id ?? 'monitor'}
    />
  );
}
