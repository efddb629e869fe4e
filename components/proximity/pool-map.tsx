import Link from 'next/link';
import { AccountName } from '#components/ledger/account-name.tsx';
import { MarkSample } from '#components/map/mark.tsx';
import { PlaceMap } from '#components/map/place-map.tsx';
import { countOf } from '#components/ui/count.ts';
import { Foreign } from '#components/ui/foreign.tsx';
import { formatCount } from '#components/ui/format.ts';
import { Table, type Column } from '#components/ui/table.tsx';
import { readPlace } from '#ledger/contracts/shared/place.ts';
import type { CandidateDto } from '#lib/shared/proximity.ts';
import { cellInWords, poolPlaces } from './candidates.ts';
import { OwnPoint, OwnPointInWords } from './own-place.tsx';

type Numbered = CandidateDto & { readonly number: number };

const COLUMNS: readonly Column<Numbered>[] = [
  {
    key: 'relay',
    header: 'Relay',
    isRowHeader: true,
    cell: ({ number, resource, title, free }) => (
      <div className="flex items-start gap-2">
        <MarkSample kind="circle" mark={String(number)} isEmphasised={free > 0} />
        <div className="min-w-0">
          <span className="sr-only">{`${number}: `}</span>
          <Link href={`/catalogue/${resource}`} prefetch={false} className="prose-link">
            <Foreign text={title} />
          </Link>
        </div>
      </div>
    ),
  },
  { key: 'owner', header: 'Service node', cell: ({ owner }) => <AccountName account={owner} /> },
  { key: 'cell', header: 'Cell', cell: ({ cell }) => cellWords(cell) },
  {
    key: 'free',
    header: 'Free connections',
    align: 'end',
    cell: ({ free, connections }) => `${formatCount(free)} of ${formatCount(connections)}`,
  },
  { key: 'round', header: 'Round trip', align: 'end', cell: ({ roundTripMs }) => `${formatCount(roundTripMs)} ms` },
  {
    key: 'sessions',
    header: 'Past sessions',
    align: 'end',
    cell: ({ sessions, disconnects }) => `${formatCount(sessions)}, ${formatCount(disconnects)} broken`,
  },
  { key: 'credit', header: 'Credit', align: 'end', cell: ({ credit }) => formatCount(credit) },
];

function cellWords(cell: string): string {
  const place = readPlace(cell);
  return place === undefined ? cell : cellInWords(place);
}

export interface PoolMapProps {
  candidates: readonly CandidateDto[];
  /** Whether who looks can say where it is, and sees it on the map: then OwnPlaceProvider stands around it. */
  hasOwnPlace?: boolean;
}

/** Relays of the pool on a map, and the same in a table. */
export function PoolMap({ candidates, hasOwnPlace = false }: PoolMapProps) {
  const places = poolPlaces(candidates);
  const spots = places.map(({ latitude, longitude }) => ({ latitude, longitude }));
  const label = `${countOf(places.length, 'relay')} of the pool: ${places.map(({ mark, label: relay }) => `${mark} is ${relay}`).join('; ')}. The table below has all.`;
  return (
    <div className="flex flex-col gap-3">
      <figure className="flex flex-col gap-2">
        <div className="relative">
          <PlaceMap places={places} label={label} />
          {hasOwnPlace ? <OwnPoint spots={spots} /> : null}
        </div>
        <figcaption className="text-xs text-muted">
          <span>
            A mark stands for a cell of a tenth of a degree, as its provider states it; a filled one has a free
            connection.{' '}
          </span>
          {hasOwnPlace ? <OwnPointInWords spots={spots} /> : null}
        </figcaption>
      </figure>
      <Table
        caption="Relays of the pool"
        columns={COLUMNS}
        rows={candidates.map((row, index) => ({ ...row, number: index + 1 }))}
        rowKey={({ resource }) => resource}
      />
    </div>
  );
}
