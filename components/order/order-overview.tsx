import Link from 'next/link';
import { AccountName } from '#components/ledger/account-name.tsx';
import { Price } from '#components/ledger/price.tsx';
import { Facts } from '#components/ui/facts.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { durationInWords, formatBytes, formatCount, inWords } from '#components/ui/format.ts';
import { Money } from '#components/ui/money.tsx';
import { Note } from '#components/ui/note.tsx';
import { Time } from '#components/ui/time.tsx';
import type { OrderDetail } from '#lib/shared/dto.ts';

const REASON_WORDS: Readonly<Record<string, string>> = {
  'time-up': 'its time was up',
  'not-delivered': 'the provider’s agent did not deliver in time',
  done: 'the customer had what was needed',
  'no-longer-needed': 'the customer did not need it any more',
  'not-as-described': 'the customer says the data is not as described',
  'used-up': 'its calls or bytes were used up',
  misuse: 'the provider says the use breaks the conditions',
  withdrawn: 'the provider withdrew the resource',
};

const MONEY_WORDS: Readonly<Record<string, string>> = {
  'not-delivered': 'Nothing is charged; all that was held returns.',
};

/** Why an order ended and what that means for the money, in one sentence. */
export function endSentence(order: Pick<OrderDetail, 'endReason' | 'status' | 'chargeMicro'>): string | undefined {
  if (!order.endReason) return undefined;
  const money =
    MONEY_WORDS[order.endReason] ??
    (order.chargeMicro === null
      ? 'The bill follows after the time to contest; only what was served is charged.'
      : 'It is settled: the bill stands under Money.');
  return `It ended because ${REASON_WORDS[order.endReason] ?? inWords(order.endReason)}. ${money}`;
}

/** What was agreed, between whom, and how it stands. */
export function OrderOverview({ order }: { order: OrderDetail }) {
  const nowMs = order.serverTimeMs;
  const sentence = endSentence(order);
  return (
    <div className="flex flex-col gap-4">
      {sentence ? <Note kind={order.status === 'failed' ? 'warning' : 'info'}>{sentence}</Note> : null}
      <Facts
        facts={[
          {
            name: 'Resource',
            value: (
              <Link href={`/catalogue/${order.resource.id}`} prefetch={false} className="prose-link">
                <Foreign text={order.resource.title} />
              </Link>
            ),
          },
          { name: 'Provider', value: <AccountName account={order.provider} /> },
          { name: 'Customer', value: <AccountName account={order.customer} /> },
          {
            name: 'Declared purpose',
            value: `${inWords(order.purpose)}, in ${inWords(order.fieldOfBusiness)}: binding, not verified`,
          },
          { name: 'Format', value: order.format },
          {
            name: 'Columns',
            value: <span className="font-mono text-[0.8125rem] break-words">{order.columns.join(', ')}</span>,
          },
          { name: 'Length of use', value: durationInWords(order.durationMs) },
          { name: 'Allowance', value: `${formatCount(order.callsMax)} calls, ${formatBytes(order.bytesMax)}` },
          { name: 'Price', value: <Price price={order.price} /> },
          { name: 'Held', value: <Money amountMicro={order.holdMicro} /> },
          { name: 'Granted', value: <Time timeMs={order.reservedAtMs} nowMs={nowMs} /> },
          {
            name: 'Window began',
            value:
              order.startsAtMs === null ? (
                'not yet: it begins at delivery'
              ) : (
                <Time timeMs={order.startsAtMs} nowMs={nowMs} />
              ),
          },
          {
            name: 'Window ends',
            value:
              order.endsAtMs === null ? 'not known before delivery' : <Time timeMs={order.endsAtMs} nowMs={nowMs} />,
          },
          { name: 'Strategy', value: `version ${order.strategyVersion}, as it stood when granted` },
        ]}
      />
    </div>
  );
}
