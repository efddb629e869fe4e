import type { ReactNode } from 'react';
import { AccountName } from '#components/ledger/account-name.tsx';
import { kindOf, type ShownKind } from '#components/kinds/kinds.ts';
import { amountInWords } from '#components/ledger/amounts.ts';
import { rateInWords } from '#components/ledger/prices.ts';
import { RunningCost } from '#components/ledger/running-cost.tsx';
import { Countdown } from '#components/ui/countdown.tsx';
import { accountLabel, formatMicro, formatUtc } from '#components/ui/format.ts';
import { Text } from '#components/ui/text.tsx';
import { Facts } from '#components/ui/facts.tsx';
import { Id } from '#components/ui/id.tsx';
import { Money } from '#components/ui/money.tsx';
import { EmptyState, Note } from '#components/ui/note.tsx';
import { Section } from '#components/ui/page-header.tsx';
import { Status } from '#components/ledger/status.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import type { AccountRef, BillDto, OrderDetail } from '#lib/shared/dto.ts';
import { BillCopy } from './bill-copy.tsx';
import { lineFormula } from './bill-formula.ts';
import { contestInWords } from './contest-words.ts';

import { ChargedRunTable } from './run-table.tsx';

type Line = BillDto['lines'][number];

function lineColumns(kind: ShownKind, bill: BillDto): Column<Line>[] {
  const rules = kind.ledger.meters;
  return [
    {
      key: 'what',
      header: 'What',
      isRowHeader: true,
      cell: ({ price }) => rules[price.meter]?.title ?? price.meter,
    },
    {
      key: 'quantity',
      header: 'Quantity',
      align: 'end',
      cell: ({ price, amount }) => amountInWords(amount, rules[price.meter] ?? { unit: price.meter }),
    },
    {
      key: 'price',
      header: 'Price',
      align: 'end',
      cell: ({ price }) => (
        <>
          <Money amountMicro={price.amountMicro} /> <span className="text-muted">{rateInWords(price, kind)}</span>
        </>
      ),
    },
    {
      key: 'formula',
      header: 'How it came about',
      cell: (line) => <span className="text-muted">{lineFormula(line, bill, kind)}</span>,
    },
    { key: 'amount', header: 'Amount', align: 'end', cell: (line) => <Money amountMicro={line.amountMicro} /> },
    { key: 'standsOn', header: 'Stands on', cell: () => standsOn(bill) },
  ];
}

/** Who signed what the charge is made of. */
function standsOn({ channel }: BillDto): string {
  if (channel === null || channel.agreedUntilMs === null) return 'claimed by the provider';
  if (channel.claimedMicro === '0') return 'agreed by both';
  return `agreed by both until ${formatUtc(channel.agreedUntilMs)}, then claimed by the provider`;
}

/** The bill: it adds up, and says so. Customer and provider see the same one. */
export function OrderMoney({ order, dispute }: { order: OrderDetail; dispute?: ReactNode }) {
  if (!order.bill) return <NotSettled order={order} dispute={dispute} />;
  const { bill } = order;
  const kind = kindOf(order.resource.kind);
  const isExplained = bill.unexplainedMicro === '0';
  return (
    <div>
      <Contested order={order} />
      <Section title="Between">
        <Facts
          facts={[
            { name: 'Customer', value: <NamedAccount account={order.customer} /> },
            { name: 'Provider', value: <NamedAccount account={order.provider} /> },
          ]}
        />
      </Section>
      <Section title="Bill" aside={bill.contested ? <Status status="contested" /> : null}>
        {bill.lines.length === 0 ? (
          <p className="text-muted">The use was free: the bill has no line.</p>
        ) : (
          <Table
            caption="Lines of the bill"
            columns={lineColumns(kind, bill)}
            rows={bill.lines}
            rowKey={(line) => line.price.meter}
          />
        )}
      </Section>
      <Section title="How it was served">
        {bill.runs.length === 0 ? (
          <p className="text-muted">The window never began: there is nothing that could be charged.</p>
        ) : (
          <ChargedRunTable
            runs={bill.runs}
            promise={bill.promise}
            kind={kind}
            caption="Promised, measured and charged, run by run"
            isMarked={bill.channel !== null}
          />
        )}
      </Section>
      <WhereItWent order={order} bill={bill} />
      <div className="mt-4">
        <Note
          kind={isExplained ? 'success' : 'problem'}
          title={`unexplained: ${isExplained ? '0' : formatMicro(bill.unexplainedMicro)}`}
        >
          {isExplained
            ? 'Held = charged + returned, charged = paid to the provider + fee, and the lines and the runs add up to the charge. Each line is rounded down to a millionth of a token.'
            : 'The lines do not add up to what was held: show this to a node provider.'}
        </Note>
      </div>
      <BillCopy order={order} bill={bill} />
    </div>
  );
}

/** Name and number: a bill on paper cannot be followed to the account. */
function NamedAccount({ account }: { account: AccountRef }) {
  return (
    <>
      <AccountName account={account} />
      {account.name === null ? null : <Text>{` (${accountLabel(account.id)})`}</Text>}
    </>
  );
}

/** Held, charged, paid, the fee and what came back: a line each. */
function WhereItWent({ order, bill }: { order: OrderDetail; bill: BillDto }) {
  return (
    <Section title="Where the held tokens went">
      <Facts
        facts={[
          { name: 'Held', value: <Money amountMicro={bill.holdMicro} /> },
          { name: 'Charged', value: <Money amountMicro={bill.chargeMicro} /> },
          ...(bill.channel === null
            ? []
            : [
                { name: 'Of it agreed by both', value: <Money amountMicro={bill.channel.agreedMicro} /> },
                { name: 'Of it claimed by the provider', value: <Money amountMicro={bill.channel.claimedMicro} /> },
              ]),
          {
            name: 'Paid to the provider',
            value: (
              <>
                <Money amountMicro={bill.providerMicro} />
                <span>{' to '}</span>
                <AccountName account={order.provider} />
              </>
            ),
          },
          { name: 'Fee to the treasury', value: <Money amountMicro={bill.feeMicro} /> },
          { name: 'Returned to the customer', value: <Money amountMicro={bill.refundMicro} /> },
          {
            name: 'Settled',
            value: (
              <>
                <Time timeMs={bill.settledAtMs} nowMs={order.serverTimeMs} />{' '}
                {bill.tx ? (
                  <Id id={bill.tx} href={`/explorer/transactions/${bill.tx}`} what="transaction" />
                ) : (
                  <span>by the ledger itself, when it was due</span>
                )}
              </>
            ),
          },
        ]}
      />
    </Section>
  );
}

/** What was contested, for both parties, and what follows from it. */
function Contested({ order }: { order: OrderDetail }) {
  if (order.contested === null) return null;
  const who = order.viewer === 'customer' ? 'You contested' : 'The customer contests';
  return (
    <Note kind="warning" title="Contested">
      <Text>
        {who} the claim: {contestInWords(order.contested)}. It stands in both histories and will stand on the bill. It
        changes no charge: the bill is made from what the provider’s agent claimed.
      </Text>
    </Note>
  );
}

function NotSettled({ order, dispute }: { order: OrderDetail; dispute?: ReactNode }) {
  return (
    <div className="flex flex-col gap-4">
      <Facts
        facts={[
          { name: 'Held', value: <Money amountMicro={order.holdMicro} /> },
          ...(order.startsAtMs === null ? [] : [{ name: 'Cost so far', value: <RunningCost order={order} /> }]),
          { name: 'Charged', value: 'nothing yet: the charge is worked out once, at settlement' },
        ]}
      />
      <Contested order={order} />
      <EmptyState title="Not settled yet">
        {order.settleAtMs === null ? (
          'The bill is made after the order has ended and the time to contest is over.'
        ) : (
          <>
            <Text>The bill is made at {formatUtc(order.settleAtMs)}, when the time to contest is over: </Text>
            <Countdown
              untilMs={order.settleAtMs}
              serverTimeMs={order.serverTimeMs}
              after="no time"
              className="font-medium text-foreground"
            />
            <Text>{` left.${order.contested === null ? ' Until then the customer can contest the claim.' : ''}`}</Text>
          </>
        )}
      </EmptyState>
      {dispute ? <div>{dispute}</div> : null}
    </div>
  );
}
