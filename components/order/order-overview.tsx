import Link from 'next/link';
import { AccountName } from '#components/ledger/account-name.tsx';
import { kindOf } from '#components/kinds/kinds.ts';
import { amountsInWords } from '#components/ledger/amounts.ts';
import { PriceList } from '#components/ledger/price-list.tsx';
import { promiseInWords } from '#components/ledger/strategy-words.ts';
import { percentInWords } from '#components/strategy/promise.ts';
import { Facts } from '#components/ui/facts.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { durationInWords, inWords } from '#components/ui/format.ts';
import { Money } from '#components/ui/money.tsx';
import { Note } from '#components/ui/note.tsx';
import { Text } from '#components/ui/text.tsx';
import { Time } from '#components/ui/time.tsx';
import type { AccountRef, OrderDetail } from '#lib/shared/dto.ts';
import { endSentence } from './end-sentence.ts';
import { OrderParts, OrderReplacement } from './order-parts.tsx';

/** What was asked for of each meter, but for what every use of the kind has alike. */
function allowanceOf(order: OrderDetail): string {
  const { ledger, screen } = kindOf(order.resource.kind);
  return amountsInWords(
    ledger,
    order.amounts.filter(({ meter }) => screen.fixedAmounts[meter] === undefined),
  );
}

function promiseOf(order: OrderDetail): string {
  if (order.promise.length === 0) return 'none: an interval counts as served or as down';
  const { ledger } = kindOf(order.resource.kind);
  const promised = order.promise.map((quantity) => promiseInWords(quantity, ledger)).join('; ');
  return `${promised}; an interval below it costs ${percentInWords(order.degradedPerMille)} of its price`;
}

/** The identification without which it would not have been granted. */
function RunsBy({ operator }: { operator: AccountRef }) {
  return (
    <span>
      <Text>the customer’s identification by </Text>
      <AccountName account={operator} />
      <Text>; the order ends when that does</Text>
    </span>
  );
}

/** What was agreed, between whom, and how it stands. */
export function OrderOverview({ order }: { order: OrderDetail }) {
  const nowMs = order.serverTimeMs;
  const sentence = endSentence(order);
  const { screen } = kindOf(order.resource.kind);
  return (
    <div className="flex flex-col gap-4">
      {sentence ? <Note kind={order.status === 'failed' ? 'warning' : 'info'}>{sentence}</Note> : null}
      <OrderParts order={order} />
      <OrderReplacement order={order} />
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
          ...screen.choiceFacts(order.choices),
          ...screen.wayFacts(order.ways),
          { name: 'Length of use', value: durationInWords(order.durationMs) },
          { name: 'Allowance', value: allowanceOf(order) },
          { name: 'Price', value: <PriceList prices={order.prices} kind={order.resource.kind} /> },
          { name: 'Promise', value: promiseOf(order) },
          ...(order.identifiedBy === null
            ? []
            : [{ name: 'Runs by', value: <RunsBy operator={order.identifiedBy} /> }]),
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
