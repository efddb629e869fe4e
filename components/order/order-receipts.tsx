import Link from 'next/link';
import { ReceiptLink } from '#components/ledger/receipt-link.tsx';
import { formatCount } from '#components/ui/format.ts';
import { EmptyState } from '#components/ui/note.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import type { EventDto } from '#lib/shared/dto.ts';

interface ReceiptRow {
  logIndex: number;
  height: number;
  timeMs: number;
  sentences: string[];
}

/** One receipt per executed item, with every event of it. */
export function receiptsOf(events: readonly EventDto[]): ReceiptRow[] {
  const rows = new Map<number, ReceiptRow>();
  for (const event of events) {
    const row = rows.get(event.logIndex) ?? {
      logIndex: event.logIndex,
      height: event.height,
      timeMs: event.timeMs,
      sentences: [],
    };
    row.sentences.push(event.sentence);
    rows.set(event.logIndex, row);
  }
  return [...rows.values()].sort((left, right) => right.logIndex - left.logIndex);
}

const COLUMNS: readonly Column<ReceiptRow>[] = [
  { key: 'what', header: 'What it proves', isRowHeader: true, cell: (row) => row.sentences.join(' ') },
  { key: 'block', header: 'Block', align: 'end', cell: (row) => formatCount(row.height) },
  { key: 'time', header: 'Time', align: 'end', cell: (row) => <Time timeMs={row.timeMs} /> },
  { key: 'receipt', header: 'File', align: 'end', cell: (row) => <ReceiptLink logIndex={row.logIndex} /> },
];

export function OrderReceipts({ events }: { events: readonly EventDto[] }) {
  const rows = receiptsOf(events);
  if (rows.length === 0) return <EmptyState title="No receipt yet">Each step of the order leaves one.</EmptyState>;
  return (
    <div>
      <p className="mb-3 text-muted">
        <span>
          Each file carries a step, its place in the ledger’s log and the signatures of more than two thirds of the
          validators.
        </span>{' '}
        <Link href="/verify" prefetch={false} className="prose-link">
          Verify a receipt
        </Link>{' '}
        <span>works with the network off.</span>
      </p>
      <Table caption="Receipts, newest first" columns={COLUMNS} rows={rows} rowKey={(row) => row.logIndex} />
    </div>
  );
}
