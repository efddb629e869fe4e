import { formatCount } from '#components/ui/format.ts';
import { Table, type Column } from '#components/ui/table.tsx';
import { Text } from '#components/ui/text.tsx';

interface Refusal {
  contract: string;
  code: number;
  count: number;
  sentence: string;
}

const COLUMNS: readonly Column<Refusal>[] = [
  { key: 'code', header: 'Code', isRowHeader: true, cell: ({ code }) => code },
  { key: 'contract', header: 'Contract', cell: ({ contract }) => contract },
  { key: 'count', header: 'Transactions', align: 'end', cell: ({ count }) => formatCount(count) },
  { key: 'sentence', header: 'What it says', cell: ({ sentence }) => <Text>{sentence}</Text> },
];

/** What the ledger refused, by code, each with its sentence. */
export function RefusalTable({ refusals }: { refusals: readonly Refusal[] }) {
  return (
    <Table
      caption="Refused transactions by contract and code"
      columns={COLUMNS}
      rows={refusals}
      rowKey={({ code }) => code}
    />
  );
}
