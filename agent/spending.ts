import type { WatchfulClock } from './clock.ts';
import { allowanceOf } from './gateway/access.ts';
import type { Meter } from './gateway/meter.ts';
import type { OrderBook } from './order-book.ts';
import type { Amounts, OrderTerms, Spending } from './resources/kind.ts';

/** Counts the work of orders that goes on without a call, in the meters that calls are counted in. */
export function spendingOf(parts: {
  readonly book: OrderBook;
  readonly meter: Meter;
  readonly clock: WatchfulClock;
}): Spending {
  const { book, meter, clock } = parts;
  const isOpen = ({ agreement }: OrderTerms): boolean => {
    const { ended = null, window = null } = book.orders.get(agreement) ?? {};
    const nowMs = clock.nowMs();
    const isInside = window !== null && nowMs >= window.startsAtMs && nowMs < window.endsAtMs;
    return isInside && ended === null && !clock.isBehindItself();
  };
  return {
    isOpen,
    left(order: OrderTerms, name: string): number {
      if (!isOpen(order)) return 0;
      return Math.max(0, allowanceOf(order.amounts, name) - (meter.usage(order.agreement)[name] ?? 0));
    },
    spend(order: OrderTerms, used: Amounts): void {
      // What began inside the window and ended behind it was served, and the allowance is what the customer agreed to pay for.
      const room = (name: string): number =>
        Math.max(0, allowanceOf(order.amounts, name) - (meter.usage(order.agreement)[name] ?? 0));
      const counted = Object.entries(used).map(([name, amount]) => [name, Math.min(amount, room(name))] as const);
      meter.add(order.agreement, Object.fromEntries(counted), clock.nowMs());
    },
  };
}

/** Outside an order nothing is left, and nothing is counted: for a test of a source without a running agent. */
export const NO_SPENDING: Spending = { left: () => 0, isOpen: () => false, spend: () => undefined };
