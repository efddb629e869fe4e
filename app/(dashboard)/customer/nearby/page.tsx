import type { Metadata } from 'next';
import { AsOfBlock } from '#components/ledger/as-of.tsx';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { Nearby } from '#components/proximity/nearby.tsx';
import { OwnPlaceProvider } from '#components/proximity/own-place.tsx';
import { PoolMap } from '#components/proximity/pool-map.tsx';
import { countOf } from '#components/ui/count.ts';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { getPool } from '#lib/queries/prose.ts';
import { withAccount } from '../../../_session.ts';

export const metadata: Metadata = { title: 'Nearby' };

export default async function NearbyPage() {
  await withAccount('/customer/nearby');
  const pool = await getPool();
  const candidates = pool?.candidates ?? [];
  return (
    <>
      <LiveRefresh ids={['resource:']} asOf={pool?.asOf.height} />
      <PageHeader
        title="Nearby"
        lead="Relays to the Internet whose owners an operator has identified, recommended by quality, free connections, history and distance."
        meta={pool === null ? null : <AsOfBlock asOf={pool.asOf} />}
      />
      {pool === null || candidates.length === 0 ? (
        <EmptyState
          title="No relay is in the pool"
          action={{ label: 'See all relays', href: '/catalogue?kind=connection' }}
        >
          Providers of relays join it once an operator has identified them.
        </EmptyState>
      ) : (
        <OwnPlaceProvider>
          <Nearby pool={pool} />
          <Section title="The pool" aside={countOf(candidates.length, 'relay')}>
            <PoolMap candidates={candidates} hasOwnPlace />
            {pool.isWhole ? null : (
              <p className="mt-2 text-sm text-muted">
                There are more: the relays that joined first are shown and ranked here.
              </p>
            )}
          </Section>
        </OwnPlaceProvider>
      )}
    </>
  );
}
