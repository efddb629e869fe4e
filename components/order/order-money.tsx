import type { ReactNode } from 'react';
import { kindOf, type ShownKind } from '#components/kinds/kinds.ts';
import { amountInWords } from '#components/ledger/amounts.ts';
import { rateInWords } from '#components/ledger/prices.ts';
import { formatMicro, formatUtc } from '#components/ui/format.ts';
import { Facts } from '#components/ui/facts.tsx';
import { Id } from '#components/ui/id.tsx';
import { Money } from '#components/ui/money.tsx';
import { EmptyState, Note } from '#components/ui/note.tsx';
import { Section } from '#components/ui/page-header.tsx';
import { Status } from '#components/ledger/status.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import type { BillDto, OrderDetail } from '#lib/shared/dto.ts';
import { ChargedRunTable } from './run-table.tsx';

type Line = BillDto['lines'][number];

function lineColumns(kind: ShownKind): Column<Line>[] {
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
    { key: 'amount', header: 'Amount', align: 'end', cell: (line) => <Money amountMicro={line.amountMicro} /> },
  ];
}

/** The bill: it adds up, and says so. Customer and provider see the same one. */
export function OrderMoney({ order, dispute }: { order: OrderDetail; dispute?: ReactNode }) {
  if (!order.bill) return <NotSettled order={order} dispute={dispute} />;
  const { bill } = order;
  const kind = kindOf(order.resource.kind);
  const isExplained = bill.unexplainedMicro === '0';
  return (
    <div>
      <Section title="Bill" aside={bill.contested ? <Status status="contested" /> : null}>
        {bill.lines.length === 0 ? (
          <p className="text-muted">The use was free: the bill has no line.</p>
        ) : (
          <Table
            caption="Lines of the bill"
            columns={lineColumns(kind)}
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
          />
        )}
      </Section>
      <Section title="Where the held tokens went">
        <Facts
          facts={[
            { name: 'Held', value: <Money amountMicro={bill.holdMicro} /> },
            { name: 'Charged', value: <Money amountMicro={bill.chargeMicro} /> },
            { name: 'of which fee to the treasury', value: <Money amountMicro={bill.feeMicro} /> },
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
      <div className="mt-4">
        <Note
          kind={isExplained ? 'success' : 'problem'}
          title={`unexplained: ${isExplained ? '0' : formatMicro(bill.unexplainedMicro)}`}
        >
          {isExplained
            ? 'Held = charged + returned, and the lines and the runs add up to the charge.'
            : 'The lines do not add up to what was held: show this to a node provider.'}
        </Note>
      </div>
    </div>
  );
}

function NotSettled({ order, dispute }: { order: OrderDetail; dispute?: ReactNode }) {
  return (
    <div className="flex flex-col gap-4">
      <Facts
        facts={[
          { name: 'Held', value: <Money amountMicro={order.holdMicro} /> },
          { name: 'Charged so far', value: 'nothing: the charge is worked out once, at settlement' },
        ]}
      />
      <EmptyState title="Not settled yet">
        {order.settleAtMs === null
          ? 'The bill is made after the order has ended and the time to contest is over.'
          : `The bill is made at ${formatUtc(order.settleAtMs)}, when the time to contest is over. Until then the claim can be contested.`}
      </EmptyState>
      {dispute ? <div>{dispute}</div> : null}
    </div>
  );
}
