'use client';

import { Countdown } from '#components/ui/countdown.tsx';
import { formatUtc } from '#components/ui/format.ts';
import { LinkButton } from '#components/ui/link-button.tsx';
import { EmptyState, Note, ProblemNote } from '#components/ui/note.tsx';
import { Panel } from '#components/ui/page-header.tsx';
import type { OrderDetail, PaidPartDto } from '#lib/shared/dto.ts';
import { Text } from '#components/ui/text.tsx';
import { AccessLink } from './access-link.tsx';
import { EncryptionKeySetup } from './encryption-key-setup.tsx';
import { EndOrder } from './end-order.tsx';
import { ReissueButton } from './reissue-button.tsx';
import { useDescriptor } from './use-descriptor.ts';
import { useEncryptionKey } from './use-encryption-key.ts';
import { ChannelPanel } from './vouchers/channel-panel.tsx';

export interface AccessCardProps {
  order: OrderDetail;
  /** Delivered parts of the order that are paid by vouchers, this one among them. */
  paid: readonly PaidPartDto[];
  address: string;
  /** genesisHash, hex. */
  network: string;
}

const RUNNING = new Set(['prepared', 'active']);

/** The live access card: the link, how long it opens, what was used, and afterwards the proof that it is refused. */
export function AccessCard(props: AccessCardProps) {
  const { order, paid, address, network } = props;
  return (
    <div className="flex flex-col gap-4">
      <Access {...props} />
      {paid.length === 0 ? null : (
        <ChannelPanel parts={paid} address={address} network={network} serverTimeMs={order.serverTimeMs} />
      )}
    </div>
  );
}

function Access(props: AccessCardProps) {
  const { order } = props;
  if (order.status === 'reserved') return <Waiting order={order} />;
  if (!order.sealed) {
    return (
      <EmptyState title="No link was ever delivered">
        The provider’s agent did not deliver in time. Nothing was charged and everything that was held returned by
        itself.
      </EmptyState>
    );
  }
  return <Delivered {...props} sealed={order.sealed} />;
}

function Waiting({ order }: { order: OrderDetail }) {
  return (
    <Panel>
      <p role="status" className="font-medium">
        The provider’s agent is preparing the link
      </p>
      <p className="mt-1 text-muted">
        <span>It has</span>{' '}
        <Countdown
          untilMs={order.prepareByMs}
          serverTimeMs={order.serverTimeMs}
          after="no time"
          className="font-medium text-foreground"
        />{' '}
        <Text>
          left, until {formatUtc(order.prepareByMs)}. Not delivered by then: everything held returns by itself. Your
          time starts at delivery, not now.
        </Text>
      </p>
    </Panel>
  );
}

type Sealed = NonNullable<OrderDetail['sealed']>;

function Delivered({ order, address, network, sealed }: AccessCardProps & { sealed: Sealed }) {
  const { device, fault, refresh } = useEncryptionKey(address);
  const opened = useDescriptor({ ...sealed, agreement: order.id, network }, device);
  const isRunning = RUNNING.has(order.status);
  return (
    <Panel className="flex flex-col gap-4">
      <Window order={order} isRunning={isRunning} />
      <ProblemNote title="The link cannot be opened in this browser" sentence={fault} />
      {opened.state === 'opening' && !fault ? <p role="status">Opening the sealed link in this browser…</p> : null}
      {opened.state === 'open' ? <AccessLink order={order} link={opened.link} isRunning={isRunning} /> : null}
      {opened.state === 'damaged' ? (
        <Note kind="problem" title="The link does not open">
          What stands on the ledger is not sealed as it should be. Ask for it again, or end the order as not described.
        </Note>
      ) : null}
      {opened.state === 'other-key' && device?.state === 'locked' ? (
        <EncryptionKeySetup address={address} device={device} onReady={refresh} />
      ) : null}
      {opened.state === 'other-key' && device?.state !== 'locked' ? (
        <Note kind="warning" title="This device cannot open the link">
          It is sealed to the key of another device. Issued again to this one, the earlier link stops working.
        </Note>
      ) : null}
      {order.isContinuable ? <GoOn order={order} /> : null}
      {isRunning ? (
        <div className="flex flex-wrap items-start gap-2 border-t border-separator pt-3">
          <ReissueButton order={order} address={address} device={device} />
          <EndOrder order={order} address={address} />
        </div>
      ) : null}
    </Panel>
  );
}

/** The way to a new order that takes over what this one stores. */
function GoOn({ order: { id, resource, stored, serverTimeMs } }: { order: OrderDetail }) {
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5 border-t border-separator pt-3">
      <LinkButton href={`/customer/apply/${resource.id}?continues=${id}`}>Go on with what is stored here</LinkButton>
      <span className="text-sm text-muted">
        {stored === null ? (
          <span>A new order takes it over, and this one ends when that begins.</span>
        ) : (
          <>
            <span>It is erased in</span>{' '}
            <Countdown
              untilMs={stored.untilMs}
              serverTimeMs={serverTimeMs}
              after="no time: it is too late"
              className="font-medium text-foreground"
            />
            <span>, unless a new order takes it over before.</span>
          </>
        )}
      </span>
    </div>
  );
}

function Window({ order, isRunning }: { order: OrderDetail; isRunning: boolean }) {
  const { startsAtMs, endsAtMs } = order;
  if (startsAtMs === null || endsAtMs === null) return null;
  return (
    <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-3">
      <div>
        <dt className="text-xs text-muted">Time left</dt>
        <dd className="text-lg leading-snug font-semibold">
          {isRunning ? <Countdown untilMs={endsAtMs} serverTimeMs={order.serverTimeMs} after="time is up" /> : 'ended'}
        </dd>
      </div>
      <div>
        <dt className="text-xs text-muted">From</dt>
        <dd>{formatUtc(startsAtMs)}</dd>
      </div>
      <div>
        <dt className="text-xs text-muted">Until</dt>
        <dd>{formatUtc(endsAtMs)}</dd>
      </div>
    </dl>
  );
}
