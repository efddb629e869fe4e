'use client';

import { Facts, type Fact } from '#components/ui/facts.tsx';
import { countOf } from '#components/ui/count.ts';
import { durationInWords } from '#components/ui/format.ts';
import { Money } from '#components/ui/money.tsx';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { Text } from '#components/ui/text.tsx';
import type { OrderDetail } from '#lib/shared/dto.ts';
import { AHEAD_INTERVALS } from '#ledger/contracts/channel/definition.ts';
import { ShowVoucher } from './show-voucher.tsx';
import { useVoucherSigning, type OfOrder, type Signing } from './use-voucher-signing.ts';

export interface ChannelPanelProps extends Omit<OfOrder, 'nowMs'> {
  address: string;
  isRunning: boolean;
}

/** How an order is paid while it is used: what both agreed on, by which rule this browser signs, and what stands in the way. */
export function ChannelPanel({ address, isRunning, ...of }: ChannelPanelProps) {
  const { order, channel } = of;
  const { signing, fault } = useVoucherSigning(of);
  const key = 'key' in signing ? signing.key : undefined;
  return (
    <section aria-label="Payment while it is used" className="flex flex-col gap-3 border-t border-separator pt-3">
      <h3>Payment while it is used</h3>
      <Facts facts={factsOf(order, signing)} />
      <ProblemNote title="Nothing is signed" sentence={fault} />
      {order.status === 'settled' || fault !== undefined ? null : (
        <Standing signing={signing} isRunning={isRunning} intervalMs={order.intervalMs} />
      )}
      {key?.last && !isRunning && order.status !== 'settled' ? (
        <ShowVoucher order={order} channel={channel} last={key.last} address={address} />
      ) : null}
    </section>
  );
}

function factsOf(order: OrderDetail, signing: Signing): Fact[] {
  const key = 'key' in signing ? signing.key : undefined;
  const agreed = signing.state === 'signing' ? signing.answer?.agreed : undefined;
  const last = key?.last?.agreement === order.id ? key.last : null;
  const newest = agreed ?? last;
  return [
    {
      name: 'Agreed by both so far',
      value:
        newest === null || newest === undefined ? (
          'nothing yet'
        ) : (
          <>
            <Money amountMicro={newest.amountMicro} />
            <Text>{` for ${countOf(newest.interval, 'interval')} of ${durationInWords(order.intervalMs)}`}</Text>
          </>
        ),
    },
    ...(key === undefined
      ? []
      : [
          {
            name: 'You allow',
            value: (
              <>
                <Money amountMicro={key.rule.perMinuteMicro.toString()} />
                <span>{' a minute, '}</span>
                <Money amountMicro={key.rule.inAllMicro.toString()} />
                <span>{' in all'}</span>
              </>
            ),
          },
        ]),
  ];
}

/** Whether somebody signs, and what follows when nobody does. */
function Standing({ signing, isRunning, intervalMs }: { signing: Signing; isRunning: boolean; intervalMs: number }) {
  const pause = `Without a voucher the provider serves ${durationInWords(Number(AHEAD_INTERVALS) * intervalMs)} more, then nothing until one comes.`;
  if (signing.state === 'looking') return <p role="status">Looking for the key that signs…</p>;
  if (signing.state === 'no-key')
    return (
      <Note kind="warning" title="Another browser signs for this order">
        <Text>{`The key was made in the browser that applied: open this page there. ${isRunning ? pause : ''}`}</Text>
      </Note>
    );
  if (signing.state === 'other-tab')
    return (
      <p role="status" className="text-sm text-muted">
        Another tab of this browser signs. This one takes over when that is closed.
      </p>
    );
  if (signing.sentence !== undefined)
    return (
      <Note kind="warning" title="Not signed" isLive>
        <Text>{`${signing.sentence}${isRunning ? ` ${pause}` : ''}`}</Text>
      </Note>
    );
  if (!isRunning) return null;
  return (
    <p role="status" className="text-sm text-muted">
      <Text>
        {signing.answer?.isPaused
          ? 'The provider waits for a voucher; it is being signed.'
          : `This page signs by itself, once every ${durationInWords(intervalMs)}, while it stays open. ${pause}`}
      </Text>
    </p>
  );
}
