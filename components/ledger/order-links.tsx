import { Fragment } from 'react';
import { partLabel } from '#components/ui/format.ts';
import { Text } from '#components/ui/text.tsx';
import type { OrderSummary } from '#lib/shared/dto.ts';

export interface OrderLinksProps {
  orders: readonly OrderSummary[];
  viewer: 'customer' | 'provider';
}

/** Orders by name in a sentence, each a link to its page. */
export function OrderLinks({ orders, viewer }: OrderLinksProps) {
  return orders.map((order, index) => (
    <Fragment key={order.id}>
      {index === 0 ? null : <Text>, </Text>}
      <a href={`/${viewer}/orders/${order.id}`} className="prose-link font-mono text-[0.8125rem] whitespace-nowrap">
        {partLabel(order)}
      </a>
    </Fragment>
  ));
}
