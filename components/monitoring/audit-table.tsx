import Link from 'next/link';
import { AccountName } from '#components/ledger/account-name.tsx';
import { ReceiptLink } from '#components/ledger/receipt-link.tsx';
import { ForeignSentence } from '#components/ui/foreign.tsx';
import { formatCount } from '#components/ui/format.ts';
import { Table, type Column } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import type { AuditEntryDto } from '#lib/shared/audit.ts';

function By({ entry: { by, isByLedger } }: { entry: AuditEntryDto }) {
  if (isByLedger) return <span>the ledger itself</span>;
  if (by === null) return <span className="text-muted">a party</span>;
  return <AccountName account={by} />;
}

function columnsAt(nowMs: number): readonly Column<AuditEntryDto>[] {
  return [
    { key: 'at', header: 'When', isRowHeader: true, cell: ({ timeMs }) => <Time timeMs={timeMs} nowMs={nowMs} /> },
    {
      key: 'block',
      header: 'Block',
      align: 'end',
      cell: ({ height }) => (
        <Link href={`/explorer/blocks/${height}`} prefetch={false} className="prose-link">
          {formatCount(height)}
        </Link>
      ),
    },
    { key: 'what', header: 'What and why', cell: ({ sentence }) => <ForeignSentence text={sentence} /> },
    { key: 'by', header: 'By', cell: (entry) => <By entry={entry} /> },
    {
      key: 'receipt',
      header: 'Receipt',
      cell: ({ hasReceipt, logIndex }) =>
        hasReceipt ? <ReceiptLink logIndex={logIndex} /> : <span className="text-muted">its parties’</span>,
    },
  ];
}

/** Changes of one thing's status, as the ledger recorded them. */
export function AuditTable({ entries, nowMs }: { entries: readonly AuditEntryDto[]; nowMs: number }) {
  return (
    <Table
      caption="Changes of its status, the newest first"
      columns={columnsAt(nowMs)}
      rows={entries}
      rowKey={({ height, phase, index, sequence }) => `${height}/${phase}/${index}/${sequence}`}
    />
  );
}
