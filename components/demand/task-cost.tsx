'use client';

import { costSoFarMicro, type Priced } from '#components/ledger/cost-so-far.ts';
import { Money } from '#components/ui/money.tsx';
import { useServerTime } from '#components/ui/use-server-time.ts';

export interface TaskCostProps {
  /** Every order that runs some of the task. */
  orders: readonly Priced[];
  serverTimeMs: number;
}

/** What the orders of a task have cost until now, together; it ticks while one of them runs. */
export function TaskCost({ orders, serverTimeMs }: TaskCostProps) {
  const micro = useServerTime(serverTimeMs, (nowMs) =>
    orders.reduce((sum, order) => sum + costSoFarMicro(order, { used: order.claim?.used ?? [], nowMs }), 0n).toString(),
  );
  return <Money amountMicro={micro} />;
}
