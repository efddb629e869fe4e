import { formatBytes } from '#components/ui/format.ts';
import { Table } from '#components/ui/table.tsx';
import type { LineDto, ProximitySessionDto } from '#lib/shared/proximity.ts';

const UNSAID = 'not said';

interface Row {
  readonly name: string;
  of(line: LineDto): string;
}

const ROWS: readonly Row[] = [
  { name: 'Round trip', of: ({ roundTripMs }) => `${roundTripMs} ms` },
  { name: 'Jitter', of: ({ jitterMs }) => `${jitterMs} ms` },
  {
    name: 'Throughput, the fastest',
    of: ({ bytesPerS }) => (bytesPerS === 0 ? 'not measured' : `${formatBytes(bytesPerS)}/s`),
  },
  { name: 'Lost of 1,000', of: ({ lossPerMille }) => String(lossPerMille) },
];

/** What both sides of a session measured of the same line, beside each other, and what each of them can know. */
export function LineTable({ measured, evaluation }: Pick<ProximitySessionDto, 'measured' | 'evaluation'>) {
  const said = (line: LineDto | null, { of }: Row) =>
    line === null ? <span className="text-muted">{UNSAID}</span> : <span>{of(line)}</span>;
  return (
    <div className="flex flex-col gap-1">
      <Table
        caption="What both sides measured"
        columns={[
          { key: 'figure', header: 'Measured', isRowHeader: true, cell: ({ name }) => name },
          { key: 'service', header: 'By the service node', align: 'end', cell: (row) => said(measured, row) },
          { key: 'user', header: 'By the user node', align: 'end', cell: (row) => said(evaluation, row) },
        ]}
        rows={ROWS}
        rowKey={({ name }) => name}
      />
      <p className="text-xs text-muted">
        The service node’s system looks at its connections to the user node once a second, and counts as lost what it
        had to send again; what was over sooner, or before a crash, is not in it. The user node times tries of its own,
        and counts as lost those without an answer: what its system had to send again neither a page nor curl can see.
      </p>
    </div>
  );
}
