import Link from 'next/link';
import { findKind } from '#components/kinds/kinds.ts';
import type { MapPlace, MarkKind } from '#components/map/layout.ts';
import { MarkSample } from '#components/map/mark.tsx';
import { PlaceMap } from '#components/map/place-map.tsx';
import { countOf } from '#components/ui/count.ts';
import { Foreign } from '#components/ui/foreign.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import type { PlacedNodeDto } from '#lib/shared/monitoring-views.ts';
import type { NodeStatus } from '#lib/shared/monitoring.ts';
import { NodeStatusChip } from './chips.tsx';
import { NodeLink } from './node-link.tsx';

/** By shape too: colours alone tell nobody anything. */
const MARKS: Readonly<Record<NodeStatus, MarkKind>> = {
  up: 'circle',
  suspected: 'diamond',
  failed: 'square',
  unknown: 'diamond',
};

const STATUS_WORDS: readonly (readonly [NodeStatus, string])[] = [
  ['up', 'up'],
  ['suspected', 'suspected or unknown'],
  ['failed', 'failed'],
];

/** A resource of a node with its number on the map; none where its provider states no place. */
interface Placed extends PlacedNodeDto {
  readonly number: number | null;
  readonly place: { readonly latitude: number; readonly longitude: number } | undefined;
}

/** Numbered in the order of regions; what stands in one cell has numbers of its own. Pure. */
export function placedNodes(nodes: readonly PlacedNodeDto[]): Placed[] {
  let last = 0;
  return nodes.map((node) => {
    const place = findKind(node.resource.kind)?.screen.place(node.attributes);
    if (place === undefined) return { ...node, place, number: null };
    last += 1;
    return { ...node, place, number: last };
  });
}

function marksOf(placed: readonly Placed[]): MapPlace[] {
  return placed.flatMap(({ number, place, status, region, zone }) =>
    place === undefined || number === null
      ? []
      : [
          {
            ...place,
            key: number,
            mark: String(number),
            label: zone === null ? region : `${zone}, ${region}`,
            kind: MARKS[status],
            isEmphasised: status !== 'up',
          },
        ],
  );
}

const columnsAt = (base: string): readonly Column<Placed>[] => [
  { key: 'region', header: 'Region', isRowHeader: true, cell: ({ region }) => <Foreign text={region} /> },
  {
    key: 'zone',
    header: 'Zone',
    cell: ({ zone }) => (zone === null ? <span className="text-muted">not stated</span> : <Foreign text={zone} />),
  },
  {
    key: 'number',
    header: 'On the map',
    cell: ({ number, status }) =>
      number === null ? (
        <span className="text-muted">states no place</span>
      ) : (
        <MarkSample kind={MARKS[status]} mark={String(number)} isEmphasised={status !== 'up'} />
      ),
  },
  { key: 'node', header: 'Node', cell: ({ node }) => <NodeLink node={node} base={base} /> },
  { key: 'status', header: 'Status', cell: ({ status }) => <NodeStatusChip status={status} /> },
  {
    key: 'resource',
    header: 'Resource',
    cell: ({ resource }) => (
      <Link href={`/catalogue/${resource.id}`} prefetch={false} className="prose-link">
        <Foreign text={resource.title} />
      </Link>
    ),
  },
];

/** Where the nodes' resources stand, on a map as far as their providers state places, and all of them in a table by region. */
export function NodeMap({ nodes, base }: { nodes: readonly PlacedNodeDto[]; base: string }) {
  const placed = placedNodes(nodes);
  const marks = marksOf(placed);
  const label = `${countOf(marks.length, 'place')} of nodes: ${marks.map(({ mark, label: at }) => `${mark} in ${at}`).join('; ')}. The table below has all.`;
  return (
    <div className="flex flex-col gap-3">
      {marks.length === 0 ? (
        <p className="text-sm text-muted">No node’s resource states a place: there is nothing to draw.</p>
      ) : (
        <figure className="flex flex-col gap-2">
          <PlaceMap places={marks} label={label} />
          <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted">
            {STATUS_WORDS.map(([status, words]) => (
              <li key={status} className="flex items-center gap-1">
                <MarkSample kind={MARKS[status]} mark="" isEmphasised={status !== 'up'} />
                <span>{words}</span>
              </li>
            ))}
          </ul>
        </figure>
      )}
      <Table
        caption="Resources of nodes by region"
        columns={columnsAt(base)}
        rows={placed}
        rowKey={({ node, resource }) => `${node.id} ${resource.id}`}
      />
      <p className="text-xs text-muted">Places are as providers state them, to a tenth of a degree.</p>
    </div>
  );
}
