'use client';

import { Money } from '#components/ui/money.tsx';
import { Text } from '#components/ui/text.tsx';
import { useServerTime } from '#components/ui/use-server-time.ts';
import type { QuantityDto } from '#lib/shared/dto.ts';
import { costSoFarMicro, type Priced } from './cost-so-far.ts';

export interface RunningCostProps {
  order: Priced & { serverTimeMs: number };
  /** What the gateway counted; what was claimed on the ledger, where it is not given. */
  used?: readonly QuantityDto[] | undefined;
}

/** What an order has cost so far, of what is held for it; it ticks while the order runs. */
export function RunningCost({ order, used }: RunningCostProps) {
  const known = used ?? order.claim?.used ?? [];
  const micro = useServerTime(order.serverTimeMs, (nowMs) => costSoFarMicro(order, { used: known, nowMs }).toString());
  return (
    <>
      <Money amountMicro={micro} /> <span>of</span> <Money amountMicro={order.holdMicro} /> <span>held</span>
      <span className="block text-xs text-muted">
        <Text>
          {used === undefined
            ? 'By what is claimed on the ledger; time since the last claim counts as served while the order runs.'
            : 'By what the gateway counts now; time that nobody has claimed yet counts as served.'}
        </Text>{' '}
        <span>The bill is made at the end.</span>
      </span>
    </>
  );
}
