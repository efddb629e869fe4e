import type { Metadata } from 'next';
import Link from 'next/link';
import { AGENT_READ_EVERY_MS } from '#components/ledger/agent-silence.ts';
import { AsOfBlock } from '#components/ledger/as-of.tsx';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { ResourceTable } from '#components/ledger/resource-table.tsx';
import { resourceLabel } from '#components/ui/format.ts';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { hrefWith, Pager, pageOf, textOf } from '#components/ui/pager.tsx';
import { getCatalogue, getCorrection } from '#lib/queries/catalogue.ts';
import type { CatalogueDto, CatalogueFilter } from '#lib/shared/dto.ts';
import { isolatedText, visibleText } from '#ledger/contracts/shared/foreign-text.ts';
import { PageFrame } from '../../_components/page-frame.tsx';
import { serverNow, type PageInput } from '../../_page.ts';
import { CatalogueFilters } from './_components/catalogue-filters.tsx';

export const metadata: Metadata = { title: 'Catalogue' };

const EXAMPLES_MAX = 3;
const SORTS = ['relevance', 'newest', 'price', 'size'] as const;

function sortOf(value: string | undefined): CatalogueFilter['sort'] {
  return SORTS.find((sort) => sort === value);
}

export default async function CataloguePage({ searchParams }: PageInput) {
  const query = await searchParams;
  const asked = {
    text: textOf(query.text),
    kind: textOf(query.kind, 40),
    accessClass: textOf(query.accessClass, 40),
    region: textOf(query.region, 80),
    format: textOf(query.format, 40),
    price: textOf(query.price, 40),
    pricing: textOf(query.pricing, 40),
    sort: sortOf(textOf(query.sort, 20)),
  };
  const [found, nowMs] = await Promise.all([getCatalogue({ ...asked, page: pageOf(query.page) }), serverNow()]);
  const meant = found.total === 0 && asked.text !== undefined ? await getCorrection(asked.text) : null;
  const catalogue = meant === null ? found : await getCatalogue({ ...asked, text: meant });
  const shown = { ...asked, text: meant ?? asked.text };
  const isFiltered = Object.values(asked).some((value) => value !== undefined);
  return (
    <PageFrame>
      <LiveRefresh ids={['resource:']} asOf={catalogue.asOf.height} everyMs={AGENT_READ_EVERY_MS} />
      <PageHeader
        title="Catalogue"
        lead="Everything that providers share here. Open one to see what it contains, its conditions and whether you would be admitted."
        meta={<AsOfBlock asOf={catalogue.asOf} />}
      />
      <CatalogueFilters asked={asked} facets={catalogue.facets} examples={examplesOf(catalogue)} />
      {meant === null || catalogue.total === 0 ? null : (
        <p role="status" className="mb-3 text-sm">
          <span>{`Nothing has “${asked.text ?? ''}”. This is what has`}</span>{' '}
          <Link href={hrefWith('/catalogue', shown, {})} prefetch={false} className="prose-link">
            {`“${isolatedText(meant)}”`}
          </Link>
        </p>
      )}
      {catalogue.items.length === 0 ? (
        <NothingFound isFiltered={isFiltered} />
      ) : (
        <>
          <ResourceTable caption="Resources in the catalogue" resources={catalogue.items} nowMs={nowMs} />
          <Pager
            page={catalogue.page}
            pageSize={catalogue.pageSize}
            total={catalogue.total}
            what="resource"
            hrefOf={(page) => hrefWith('/catalogue', shown, { page: String(page) })}
          />
        </>
      )}
    </PageFrame>
  );
}

/** Words that find something here: tags of what is listed, then the id of the first. */
function examplesOf({ items }: CatalogueDto): string[] {
  const tags = items.flatMap((item) => item.tags.slice(0, 1).map(visibleText));
  const ids = items.slice(0, 1).map(({ id }) => resourceLabel(id));
  return [...new Set(tags)].slice(0, EXAMPLES_MAX).concat(ids);
}

function NothingFound({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered) {
    return (
      <EmptyState title="Nothing matches" action={{ label: 'Show everything', href: '/catalogue' }}>
        No published resource has all of these words and properties. Take a filter away or use fewer words.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title="Nothing has been published yet"
      action={{ label: 'Publish a resource', href: '/provider/publish' }}
    >
      A provider pairs an agent, tests a resource and signs its sharing strategy; then it stands here.
    </EmptyState>
  );
}
