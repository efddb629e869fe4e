import { AccountName } from '#components/ledger/account-name.tsx';
import { AsOfBlock } from '#components/ledger/as-of.tsx';
import { Countdown } from '#components/ui/countdown.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { orderLabel } from '#components/ui/format.ts';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Status } from '#components/ui/status.tsx';
import type { OrderDetail } from '#lib/shared/dto.ts';

const RUNNING = new Set(['prepared', 'active']);

export function OrderHeader({ order }: { order: OrderDetail }) {
  return (
    <PageHeader
      title={<Foreign text={order.resource.title} />}
      meta={
        <>
          <span className="font-mono text-xs text-muted">{orderLabel(order.id)}</span>
          <Status status={order.status} />
          {RUNNING.has(order.status) && order.endsAtMs !== null ? (
            <span>
              ends in{' '}
              <Countdown
                untilMs={order.endsAtMs}
                serverTimeMs={order.serverTimeMs}
                after="no time"
                className="font-medium"
              />
            </span>
          ) : null}
          <span>
            {order.viewer === 'customer' ? 'from ' : 'for '}
            <AccountName account={order.viewer === 'customer' ? order.provider : order.customer} />
          </span>
          <AsOfBlock asOf={order.asOf} />
        </>
      }
    />
  );
}
