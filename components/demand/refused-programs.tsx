import { sampleOf } from '#components/tasks/samples.ts';
import { inWords, proposalLabel } from '#components/ui/format.ts';
import { Id } from '#components/ui/id.tsx';
import { EmptyState } from '#components/ui/note.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import type { RefusedProgramDto } from '#lib/shared/demand-dto.ts';

const COLUMNS: readonly Column<RefusedProgramDto>[] = [
  {
    key: 'program',
    header: 'Program',
    isRowHeader: true,
    cell: ({ algorithm }) => (
      <>
        {sampleOf(algorithm) === undefined ? null : <span>{`${sampleOf(algorithm)?.title ?? ''} `}</span>}
        <Id id={algorithm} what="SHA-256 of the program" />
      </>
    ),
  },
  { key: 'reason', header: 'Why', cell: ({ reason }) => inWords(reason) },
  { key: 'proposal', header: 'Decided by', cell: ({ proposal }) => `the vote on ${proposalLabel(proposal)}` },
  { key: 'time', header: 'Since', align: 'end', cell: ({ refusedAtMs }) => <Time timeMs={refusedAtMs} /> },
];

/** Programs that the node providers voted nobody runs any more. */
export function RefusedPrograms({ programs }: { programs: readonly RefusedProgramDto[] }) {
  if (programs.length === 0)
    return (
      <EmptyState title="No program is refused">
        Node providers can vote that nobody runs a program any more, because it is malicious, unlawful, broken or
        without a licence. It stands here from then on.
      </EmptyState>
    );
  return (
    <Table
      caption="Refused programs, the latest first"
      columns={COLUMNS}
      rows={programs}
      rowKey={({ algorithm }) => algorithm}
    />
  );
}
