import { formatCount } from '#components/ui/format.ts';
import { Id } from '#components/ui/id.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import type { TransactionSummary } from '#lib/shared/explorer-dto.ts';
import { Outcome } from './status.tsx';
import { AccountName } from './account-name.tsx';

const COLUMNS: readonly Column<TransactionSummary>[] = [
  {
    key: 'method',
    header: 'Action',
    isRowHeader: true,
    cell: (row) => <span className="font-medium">{row.method}</span>,
  },
  {
    key: 'tx',
    header: 'Transaction',
    cell: (row) =>
      row.tx ? (
        <Id id={row.tx} href={`/explorer/transactions/${row.tx}`} what="transaction" />
      ) : (
        <span className="text-muted">due work</span>
      ),
  },
  {
    key: 'account',
    header: 'By',
    cell: (row) =>
      row.account ? <AccountName account={row.account} /> : <span className="text-muted">the ledger</span>,
  },
  { key: 'outcome', header: 'Outcome', cell: (row) => <Outcome code={row.code} outcome={row.outcome} /> },
  { key: 'height', header: 'Block', align: 'end', cell: (row) => formatCount(row.height) },
  { key: 'time', header: 'Time', align: 'end', cell: (row) => <Time timeMs={row.timeMs} /> },
];

export function TransactionTable({
  transactions,
  caption,
}: {
  transactions: readonly TransactionSummary[];
  caption: string;
}) {
  return <Table caption={caption} columns={COLUMNS} rows={transactions} rowKey={(row) => row.logIndex} />;
}
