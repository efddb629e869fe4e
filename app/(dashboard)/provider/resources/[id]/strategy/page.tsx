import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { kindOf } from '#components/kinds/kinds.ts';
import { conditionsDraft } from '#components/strategy/conditions.ts';
import { Foreign } from '#components/ui/foreign.tsx';
import { resourceLabel } from '#components/ui/format.ts';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { idOf } from '#components/ui/pager.tsx';
import { FIELDS_OF_BUSINESS, PURPOSES } from '#ledger/contracts/strategy/definition.ts';
import { getAccountRefs } from '#lib/queries/accounts-named.ts';
import { getResource } from '#lib/queries/resource.ts';
import { getRevisionFacts } from '#lib/queries/revision.ts';
import { Text } from '#components/ui/text.tsx';
import { serverNow, type PageInput } from '../../../../../_page.ts';
import { withAccount } from '../../../../../_session.ts';
import { ReviseForm } from './_components/revise-form.tsx';

export const metadata: Metadata = { title: 'Change the strategy' };

export default async function StrategyPage({ params }: PageInput<{ id: string }>) {
  const id = idOf((await params).id);
  const session = await withAccount(`/provider/resources/${id ?? ''}/strategy`);
  const resource = id === undefined ? null : await getResource(id);
  if (!resource || resource.provider.id !== session.account.id) notFound();
  const { kind, attributes, capacity, free, tags, strategy } = resource;
  const { partners } = conditionsDraft(kindOf(kind), strategy.conditions);
  const [facts, named, nowMs] = await Promise.all([
    getRevisionFacts(resource.id),
    getAccountRefs(partners.map((partner) => partner.id)),
    serverNow(),
  ]);
  if (!facts) notFound();
  return (
    <>
      <PageHeader
        title="Change the strategy"
        lead={
          <>
            <span>Conditions, amounts, prices and promise of</span>{' '}
            <Link href={`/catalogue/${resource.id}`} prefetch={false} className="prose-link">
              <Foreign text={resource.title} />
            </Link>{' '}
            <span>for orders from now on. Orders that run keep what they were granted.</span>
          </>
        }
        meta={
          <>
            <span className="font-mono text-xs text-muted">{resourceLabel(resource.id)}</span>
            <Text>version {strategy.version} is in force</Text>
          </>
        }
      />
      {resource.status === 'retired' ? (
        <EmptyState title="This resource was retired" action={{ label: 'Publish anew', href: '/provider/publish' }}>
          Its strategy stays as it was. Publish the source again to share it under another one.
        </EmptyState>
      ) : (
        <ReviseForm
          address={session.address}
          resource={{ id: resource.id, kind, attributes, capacity, free, tags, strategy }}
          facts={facts}
          partners={named}
          purposes={PURPOSES}
          fieldsOfBusiness={FIELDS_OF_BUSINESS}
          serverTimeMs={nowMs}
        />
      )}
    </>
  );
}
