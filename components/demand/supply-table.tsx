import { findKind } from '#components/kinds/kinds.ts';
import { meterOf, shareInWords } from '#components/ledger/amounts.ts';
import { percentInWords } from '#components/strategy/promise.ts';
import { formatCount } from '#components/ui/format.ts';
import { Table, type Column } from '#components/ui/table.tsx';
import type { SupplyDto } from '#lib/shared/demand-dto.ts';

/** `3 of 10 slots`, meter by meter. */
export function freeOfInWords({ kind, capacity, free }: Pick<SupplyDto, 'kind' | 'capacity' | 'free'>): string {
  const known = findKind(kind);
  if (known === undefined) return '';
  return capacity
    .map(({ meter, amount }) => {
      const left = free.find((quantity) => quantity.meter === meter)?.amount ?? 0;
      return shareInWords(left, amount, meterOf(known.ledger, meter));
    })
    .join(', ');
}

const COLUMNS: readonly Column<SupplyDto>[] = [
  { key: 'kind', header: 'Kind', isRowHeader: true, cell: ({ kind }) => findKind(kind)?.ledger.title ?? kind },
  {
    key: 'place',
    header: 'Place',
    cell: ({ region, zone, offers }) =>
      offers === 0 ? (
        <span className="text-muted">nowhere</span>
      ) : (
        `${region === '' ? 'not stated' : region}${zone === null ? '' : `, zone ${zone}`}`
      ),
  },
  { key: 'offers', header: 'Offers', align: 'end', cell: ({ offers }) => formatCount(offers) },
  { key: 'providers', header: 'Providers', align: 'end', cell: ({ providers }) => formatCount(providers) },
  { key: 'free', header: 'Free', align: 'end', cell: freeOfInWords },
  {
    key: 'share',
    header: 'Least free',
    align: 'end',
    cell: ({ offers, freePerMille }) =>
      offers === 0 ? <span className="text-muted">not offered</span> : percentInWords(freePerMille),
  },
  { key: 'demands', header: 'Open demands', align: 'end', cell: ({ openDemands }) => formatCount(openDemands) },
];

/** What is on offer by kind and zone, thinnest first. */
export function SupplyTable({ supply }: { supply: readonly SupplyDto[] }) {
  return (
    <Table
      caption="Supply by kind and zone, thinnest first"
      columns={COLUMNS}
      rows={supply}
      rowKey={({ kind, region, zone }) => `${kind} ${region} ${zone ?? ''}`}
    />
  );
}
