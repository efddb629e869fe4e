import type { ReactNode } from 'react';
import { EventList } from '#components/ledger/event-list.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import type { OrderDetail } from '#lib/shared/dto.ts';
import { OrderMoney } from './order-money.tsx';
import { OrderOverview } from './order-overview.tsx';
import { OrderReceipts } from './order-receipts.tsx';
import { OrderUsage } from './order-usage.tsx';

/** The order page's parts, the same for both parties but for the access card. */
export interface OrderTabsProps {
  order: OrderDetail;
  access: ReactNode;
  /** What can be done about the claim. */
  dispute?: ReactNode;
}

export function OrderTabs({ order, access, dispute }: OrderTabsProps) {
  return (
    <Tabs
      label="Order"
      items={[
        { id: 'overview', title: 'Overview', content: <OrderOverview order={order} /> },
        { id: 'access', title: 'Access', content: access },
        { id: 'usage', title: 'Usage & QoS', content: <OrderUsage order={order} /> },
        { id: 'money', title: 'Money', content: <OrderMoney order={order} dispute={dispute} /> },
        {
          id: 'events',
          title: 'Events',
          content: <EventList events={order.events} nowMs={order.serverTimeMs} hasReceipts />,
        },
        { id: 'receipts', title: 'Receipts', content: <OrderReceipts events={order.events} /> },
      ]}
    />
  );
}
