import { AccountName } from '#components/ledger/account-name.tsx';
import { Status } from '#components/ledger/status.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { Facts, type Fact } from '#components/ui/facts.tsx';
import { orderLabel, partLabel } from '#components/ui/format.ts';
import { Money } from '#components/ui/money.tsx';
import { Section } from '#components/ui/page-header.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import type { OrderDetail, OrderSummary } from '#lib/shared/dto.ts';
import { Text } from '#components/ui/text.tsx';
import { totalOf } from './order-total.ts';

function pathOf(viewer: OrderDetail['viewer'], agreement: number): string {
  return `/${viewer}/orders/${agreement}`;
}

/** An order's page has a policy of its own, which comes with the document: a plain link loads it. */
function PartLink({ order, part }: { order: OrderDetail; part: OrderSummary }) {
  if (part.id === order.id)
    return <span className="font-mono text-[0.8125rem]">{`${partLabel(part)} (this one)`}</span>;
  return (
    <a href={pathOf(order.viewer, part.id)} className="prose-link font-mono text-[0.8125rem]">
      {partLabel(part)}
    </a>
  );
}

function columnsOf(order: OrderDetail): Column<OrderSummary>[] {
  const party = order.viewer === 'customer' ? 'Provider' : 'Customer';
  return [
    { key: 'part', header: 'Part', isRowHeader: true, cell: (part) => <PartLink order={order} part={part} /> },
    { key: 'resource', header: 'Resource', cell: (part) => <Foreign text={part.resource.title} /> },
    {
      key: 'party',
      header: party,
      cell: (part) => <AccountName account={order.viewer === 'customer' ? part.provider : part.customer} />,
    },
    { key: 'status', header: 'Status', cell: (part) => <Status status={part.status} /> },
    { key: 'held', header: 'Held', align: 'end', cell: (part) => <Money amountMicro={part.holdMicro} /> },
    {
      key: 'charged',
      header: 'Charged',
      align: 'end',
      cell: (part) =>
        part.chargeMicro === null ? (
          <span className="text-muted">not settled</span>
        ) : (
          <Money amountMicro={part.chargeMicro} />
        ),
    },
  ];
}

/** Every part of the order that the viewer may see, with one total. Nothing for an order of one part. */
export function OrderParts({ order }: { order: OrderDetail }) {
  if (order.others.length === 0) return null;
  const parts = [order, ...order.others].toSorted((left, right) => left.part - right.part);
  const total = totalOf(parts);
  return (
    <Section
      title={`Parts of ${orderLabel(order.order)}`}
      aside={
        <>
          <Money amountMicro={total.holdMicro} />{' '}
          <Text>held in all{total.open === 0 ? '' : `, ${total.open} of ${parts.length} not settled`};</Text>{' '}
          <Money amountMicro={total.chargeMicro} /> <span>charged</span>
        </>
      }
    >
      <Table caption="Parts of the order" columns={columnsOf(order)} rows={parts} rowKey={(part) => part.id} />
    </Section>
  );
}

function AgreementLink({ order, agreement }: { order: OrderDetail; agreement: number }) {
  const known = order.others.find(({ id }) => id === agreement);
  return (
    <a href={pathOf(order.viewer, agreement)} className="prose-link font-mono text-[0.8125rem]">
      {known ? partLabel(known) : orderLabel(agreement)}
    </a>
  );
}

/** What took whose place, who goes on with what is stored, and what the customer's signature named for the case that this part fails. */
function replacementFacts(order: OrderDetail): Fact[] {
  const { replaces, replacedBy, backup, continues, continuedBy } = order;
  return [
    ...(continues === null
      ? []
      : [{ name: 'Goes on with what was stored by', value: <AgreementLink order={order} agreement={continues} /> }]),
    ...(continuedBy === null
      ? []
      : [{ name: 'What it stored goes on with', value: <AgreementLink order={order} agreement={continuedBy} /> }]),
    ...(replaces === null
      ? []
      : [{ name: 'Took the place of', value: <AgreementLink order={order} agreement={replaces} /> }]),
    ...(replacedBy === null
      ? []
      : [{ name: 'Its place was taken by', value: <AgreementLink order={order} agreement={replacedBy} /> }]),
    ...(backup === null
      ? []
      : [
          {
            name: 'Backup',
            value: (
              <>
                <a href={`/catalogue/${backup.resource.id}`} className="prose-link">
                  <Foreign text={backup.resource.title} />
                </a>{' '}
                <span>from</span> <AccountName account={backup.provider} />
                <span>, for at most</span> <Money amountMicro={backup.holdMicro} />
                <span>: takes this part’s place if it fails</span>
              </>
            ),
          },
        ]),
  ];
}

export function OrderReplacement({ order }: { order: OrderDetail }) {
  const facts = replacementFacts(order);
  return facts.length === 0 ? null : <Facts facts={facts} />;
}
