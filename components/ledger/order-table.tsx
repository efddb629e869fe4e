import { Foreign } from '#components/ui/foreign.tsx';
import { partLabel } from '#components/ui/format.ts';
import { Money } from '#components/ui/money.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import type { OrderSummary } from '#lib/shared/dto.ts';
import { Status } from './status.tsx';
import { AccountName } from './account-name.tsx';

export interface OrderTableProps {
  orders: readonly OrderSummary[];
  caption: string;
  /** Whose list it is: the other party is named. */
  viewer: 'customer' | 'provider';
  nowMs: number;
}

function endOf(order: OrderSummary, nowMs: number) {
  if (order.endsAtMs === null) return <span className="text-muted">not started</span>;
  return <Time timeMs={order.endsAtMs} nowMs={nowMs} />;
}

function columnsOf({ viewer, nowMs }: OrderTableProps): Column<OrderSummary>[] {
  const path = viewer === 'customer' ? '/customer/orders' : '/provider/orders';
  return [
    {
      key: 'order',
      header: 'Order',
      isRowHeader: true,
      cell: (order) => (
        // A plain link: an order's page has a policy of its own, which names its gateway and comes with the document.
        <a href={`${path}/${order.id}`} className="prose-link font-mono text-[0.8125rem] whitespace-nowrap">
          {partLabel(order)}
        </a>
      ),
    },
    { key: 'resource', header: 'Resource', cell: (order) => <Foreign text={order.resource.title} /> },
    {
      key: 'party',
      header: viewer === 'customer' ? 'Provider' : 'Customer',
      cell: (order) => <AccountName account={viewer === 'customer' ? order.provider : order.customer} />,
    },
    { key: 'status', header: 'Status', cell: (order) => <Status status={order.status} /> },
    { key: 'end', header: 'Window ends', cell: (order) => endOf(order, nowMs) },
    { key: 'held', header: 'Held', align: 'end', cell: (order) => <Money amountMicro={order.holdMicro} /> },
    {
      key: 'charged',
      header: 'Charged',
      align: 'end',
      cell: (order) =>
        order.chargeMicro === null ? (
          <span className="text-muted">not settled</span>
        ) : (
          <Money amountMicro={order.chargeMicro} />
        ),
    },
  ];
}

export function OrderTable(props: OrderTableProps) {
  return <Table caption={props.caption} columns={columnsOf(props)} rows={props.orders} rowKey={(order) => order.id} />;
}
