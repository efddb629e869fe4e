import Link from 'next/link';
import { Foreign } from '#components/ui/foreign.tsx';
import { nodeLabel } from '#components/ui/format.ts';
import { Relative } from '#components/ui/relative.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Text } from '#components/ui/text.tsx';
import type { IncidentDto, IncidentNode } from '#lib/shared/repair.ts';
import { IncidentChip } from './incident-chip.tsx';
import { causeInWords, incidentLabel } from './words.ts';

export interface IncidentTableProps {
  caption: string;
  incidents: readonly IncidentDto[];
  /** Where an incident is shown; left out where the role has no page for it. */
  hrefOf?: (incident: number) => string;
  nowMs: number;
}

/** A node of the register by its name and number, to its page where it is watched. */
export function RepairNode({ node, base }: { node: IncidentNode; base?: string }) {
  const words = (
    <>
      <Foreign text={node.name} />
      <Text>{` (${nodeLabel(node.id)})`}</Text>
    </>
  );
  if (base === undefined || node.watched === null) return words;
  return (
    <Link href={`${base}/${node.watched}`} prefetch={false} className="prose-link">
      {words}
    </Link>
  );
}

function columnsFor({ hrefOf, nowMs }: Pick<IncidentTableProps, 'hrefOf' | 'nowMs'>): Column<IncidentDto>[] {
  return [
    {
      key: 'incident',
      header: 'Incident',
      isRowHeader: true,
      cell: ({ id, cause }) => {
        const words = <Text>{`${incidentLabel(id)}: ${causeInWords(cause)}`}</Text>;
        if (hrefOf === undefined) return words;
        return (
          <Link href={hrefOf(id)} prefetch={false} className="prose-link">
            {words}
          </Link>
        );
      },
    },
    { key: 'phase', header: 'Stands', cell: (incident) => <IncidentChip incident={incident} /> },
    { key: 'node', header: 'Node', cell: ({ node }) => <RepairNode node={node} /> },
    {
      key: 'detected',
      header: 'Detected',
      className: 'whitespace-nowrap',
      cell: ({ detectedMs }) => <Relative timeMs={detectedMs} nowMs={nowMs} />,
    },
    { key: 'steps', header: 'Steps', align: 'end', cell: ({ steps }) => steps },
  ];
}

export function IncidentTable({ caption, incidents, ...how }: IncidentTableProps) {
  return <Table caption={caption} columns={columnsFor(how)} rows={incidents} rowKey={({ id }) => id} />;
}
