import Link from 'next/link';
import { AccountName } from '#components/ledger/account-name.tsx';
import { AsOfBlock } from '#components/ledger/as-of.tsx';
import { Status } from '#components/ledger/status.tsx';
import { Countdown } from '#components/ui/countdown.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { partLabel } from '#components/ui/format.ts';
import { PageHeader } from '#components/ui/page-header.tsx';
import type { OrderDetail } from '#lib/shared/dto.ts';

const RUNNING = new Set(['prepared', 'active']);

/** Which order, or which part of one, for what, between whom, and how it stands. */
export function OrderHeader({ order }: { order: OrderDetail }) {
  return (
    <PageHeader
      title={partLabel(order)}
      lead={
        <>
          <Link href={`/catalogue/${order.resource.id}`} prefetch={false} className="prose-link">
            <Foreign text={order.resource.title} />
          </Link>
          <span>{order.viewer === 'customer' ? ' from ' : ' for '}</span>
          <AccountName account={order.viewer === 'customer' ? order.provider : order.customer} />
        </>
      }
      meta={
        <>
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
          {order.settleAtMs !== null && order.bill === null ? (
            <span>
              the bill is made in{' '}
              <Countdown
                untilMs={order.settleAtMs}
                serverTimeMs={order.serverTimeMs}
                after="no time"
                className="font-medium"
              />
              {order.viewer === 'customer' && order.contested === null && order.claim !== null ? (
                <>
                  <span>{'; until then you can '}</span>
                  <a href="#money" className="prose-link">
                    contest the claim
                  </a>
                </>
              ) : null}
            </span>
          ) : null}
          <AsOfBlock asOf={order.asOf} />
        </>
      }
    />
  );
}
