import { AccountName } from '#components/ledger/account-name.tsx';
import { formatCount } from '#components/ui/format.ts';
import { EmptyState } from '#components/ui/note.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Text } from '#components/ui/text.tsx';
import type { AccountRef } from '#lib/shared/dto.ts';
import { RegisteredNode } from './node-register.tsx';
import { whatIfRows, type ParameterValues, type WhatIfAsked, type WhatIfRow } from './weights.ts';

const signed = (difference: number): string =>
  difference === 0 ? 'the same' : difference > 0 ? `+${difference}` : `−${-difference}`;

function columnsWith<Subject>(first: Column<WhatIfRow<Subject>>): Column<WhatIfRow<Subject>>[] {
  return [
    first,
    { key: 'now', header: 'Credit now', align: 'end', cell: ({ now }) => <Text>{formatCount(now)}</Text> },
    { key: 'after', header: 'Credit then', align: 'end', cell: ({ after }) => <Text>{formatCount(after)}</Text> },
    { key: 'change', header: 'Change', align: 'end', cell: ({ now, after }) => <Text>{signed(after - now)}</Text> },
    {
      key: 'permissions',
      header: 'Permissions',
      cell: ({ permissions }) => <Text>{permissions === '' ? 'no change' : permissions}</Text>,
    },
  ];
}

const NODE_COLUMNS = columnsWith<WhatIfAsked['names'][number]>({
  key: 'node',
  header: 'Node',
  isRowHeader: true,
  cell: ({ subject }) => (
    <>
      <RegisteredNode node={{ id: subject.node, name: subject.name }} />{' '}
      <span className="text-xs text-muted">{subject.class}</span>
    </>
  ),
});

const ACCOUNT_COLUMNS = columnsWith<AccountRef>({
  key: 'account',
  header: 'Account',
  isRowHeader: true,
  cell: ({ subject }) => <AccountName account={subject} />,
});

export interface WeightsWhatIfProps {
  asked: WhatIfAsked;
  inForce: ParameterValues;
  others: ParameterValues;
}

/** Each evaluated node, and each provider or operator, with its credit by the values in force and by others. */
export function WeightsWhatIf({ asked, inForce, others }: WeightsWhatIfProps) {
  const { nodes, accounts } = whatIfRows(asked, inForce, others);
  return (
    <div className="flex flex-col gap-3">
      {nodes.length === 0 ? (
        <EmptyState title="No node has been evaluated yet">
          Credit follows from what maintainers record: the first evaluation comes an epoch after their first record.
        </EmptyState>
      ) : (
        <Table
          caption="Credit of each node by the values in force and by these"
          columns={NODE_COLUMNS}
          rows={nodes}
          rowKey={({ subject }) => subject.node}
        />
      )}
      {accounts.length === 0 ? null : (
        <Table
          caption="Credit of each provider and operator by the values in force and by these"
          columns={ACCOUNT_COLUMNS}
          rows={accounts}
          rowKey={({ subject }) => subject.id}
        />
      )}
    </div>
  );
}
