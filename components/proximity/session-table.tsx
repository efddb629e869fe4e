import { AccountName } from '#components/ledger/account-name.tsx';
import { formatBytes, formatDuration, orderLabel } from '#components/ui/format.ts';
import { Money } from '#components/ui/money.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import type { ProximitySessionDto, TariffPaymentDto } from '#lib/shared/proximity.ts';
import { keptInWords } from './session-panel.tsx';

export interface SessionTableProps {
  sessions: readonly ProximitySessionDto[];
  /** Whose page it is: a provider knows its own name. */
  viewer: 'provider' | 'operator';
  nowMs: number;
}

function columnsFor(viewer: SessionTableProps['viewer'], nowMs: number): Column<ProximitySessionDto>[] {
  return [
    {
      key: 'order',
      header: 'Session',
      isRowHeader: true,
      cell: ({ agreement }) =>
        viewer === 'provider' ? (
          <a href={`/provider/orders/${agreement}`} className="prose-link font-mono text-[0.8125rem]">
            {orderLabel(agreement)}
          </a>
        ) : (
          <span className="font-mono text-[0.8125rem]">{orderLabel(agreement)}</span>
        ),
    },
    ...(viewer === 'operator'
      ? [
          {
            key: 'service',
            header: 'Service node',
            cell: ({ serviceNode }: ProximitySessionDto) => <AccountName account={serviceNode} />,
          },
        ]
      : []),
    { key: 'user', header: 'User node', cell: ({ userNode }) => <AccountName account={userNode} /> },
    { key: 'time', header: 'Used for', align: 'end', cell: ({ sessionMs }) => formatDuration(sessionMs) },
    {
      key: 'kept',
      header: 'Kept',
      align: 'end',
      cell: ({ keptPerMille }) => <span className="whitespace-nowrap">{keptInWords(keptPerMille)}</span>,
    },
    {
      key: 'bytes',
      header: 'In, out',
      align: 'end',
      cell: ({ inputBytes, outputBytes }) => (
        <span className="whitespace-nowrap">{`${formatBytes(inputBytes)}, ${formatBytes(outputBytes)}`}</span>
      ),
    },
    {
      key: 'cause',
      header: 'Ended by',
      cell: ({ terminateCause }) => <span className="whitespace-nowrap">{terminateCause}</span>,
    },
    {
      key: 'said',
      header: 'Evaluated',
      cell: ({ evaluation }) =>
        evaluation === null ? <span className="text-muted">not yet</span> : `${evaluation.score} of 5`,
    },
    {
      key: 'due',
      header: 'By the tariff',
      align: 'end',
      cell: ({ dueMicro }) =>
        dueMicro === '0' ? <span className="text-muted">nothing</span> : <Money amountMicro={dueMicro} />,
    },
    {
      key: 'recorded',
      header: 'Recorded',
      align: 'end',
      cell: ({ recordedAtMs }) => <Time timeMs={recordedAtMs} nowMs={nowMs} />,
    },
  ];
}

/** Sessions as one of their readers sees them, newest first. */
export function SessionTable({ sessions, viewer, nowMs }: SessionTableProps) {
  return (
    <Table
      caption="Sessions, newest first"
      columns={columnsFor(viewer, nowMs)}
      rows={sessions}
      rowKey={({ agreement }) => agreement}
    />
  );
}

export interface PaymentTableProps {
  payments: readonly TariffPaymentDto[];
  viewer: 'provider' | 'operator';
  nowMs: number;
}

/** What operators paid at the ends of epochs, newest first. */
export function PaymentTable({ payments, viewer, nowMs }: PaymentTableProps) {
  const other = viewer === 'provider' ? 'Operator' : 'Service node';
  return (
    <Table
      caption="Payments by tariff, newest first"
      columns={[
        {
          key: 'other',
          header: other,
          isRowHeader: true,
          cell: ({ operator, to }) => <AccountName account={viewer === 'provider' ? operator : to} />,
        },
        { key: 'sessions', header: 'Sessions', align: 'end', cell: ({ sessions }) => sessions },
        { key: 'time', header: 'Completed use', align: 'end', cell: ({ paidMs }) => formatDuration(paidMs) },
        { key: 'due', header: 'Due', align: 'end', cell: ({ dueMicro }) => <Money amountMicro={dueMicro} /> },
        { key: 'paid', header: 'Paid', align: 'end', cell: ({ amountMicro }) => <Money amountMicro={amountMicro} /> },
        { key: 'at', header: 'When', align: 'end', cell: ({ paidAtMs }) => <Time timeMs={paidAtMs} nowMs={nowMs} /> },
      ]}
      rows={payments}
      rowKey={({ operator, to, paidAtMs }) => `${operator.id} ${to.id} ${paidAtMs}`}
    />
  );
}
