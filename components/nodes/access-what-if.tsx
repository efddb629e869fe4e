import { CircleCheck, CircleX } from 'lucide-react';
import { Status } from '#components/ledger/status.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { ForeignSentence } from '#components/ui/foreign.tsx';
import { EmptyState } from '#components/ui/note.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import type { NetworkNodeDto } from '#lib/shared/dto.ts';
import type { RuleVerdict } from './access.ts';
import { RegisteredNode } from './node-register.tsx';

export interface AccessWhatIfRow {
  readonly node: NetworkNodeDto;
  readonly now: readonly RuleVerdict[];
  readonly after: readonly RuleVerdict[];
}

const ADMITTED = { tone: 'success', icon: CircleCheck, word: 'admitted' } as const;
const REFUSED = { tone: 'danger', icon: CircleX, word: 'refused' } as const;

function Verdict({ verdicts }: { verdicts: readonly RuleVerdict[] }) {
  const failed = verdicts.filter(({ isMet }) => !isMet);
  return (
    <>
      <Chip {...(failed.length === 0 ? ADMITTED : REFUSED)} />
      {failed.length === 0 ? null : (
        <ul className="mt-0.5 text-xs text-muted">
          {failed.map(({ sentence }, index) => (
            <li key={index}>
              <ForeignSentence text={sentence} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

const COLUMNS: readonly Column<AccessWhatIfRow>[] = [
  { key: 'node', header: 'Node', isRowHeader: true, cell: ({ node }) => <RegisteredNode node={node} /> },
  { key: 'status', header: 'Status', cell: ({ node }) => <Status status={node.status} /> },
  { key: 'now', header: 'By the rules in force', cell: ({ now }) => <Verdict verdicts={now} /> },
  { key: 'after', header: 'By the new rules', cell: ({ after }) => <Verdict verdicts={after} /> },
];

/** What each present node would get if it asked for its admission, by the rules in force and by others: whoever is admitted stays so. */
export function AccessWhatIf({ rows }: { rows: readonly AccessWhatIfRow[] }) {
  if (rows.length === 0)
    return <EmptyState title="No node has registered yet">The rules decide about nodes that come later.</EmptyState>;
  return (
    <>
      <Table caption="What each node would get" columns={COLUMNS} rows={rows} rowKey={({ node }) => node.id} />
      <p className="text-xs text-muted">
        Rules decide when a node asks for its admission: nodes that are admitted already stay so.
      </p>
    </>
  );
}
