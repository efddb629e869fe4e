import type { Metadata } from 'next';
import Link from 'next/link';
import { LastHeard } from '#components/ledger/agent-heard.tsx';
import { AGENT_READ_EVERY_MS } from '#components/ledger/agent-silence.ts';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { freeInWords } from '#components/ledger/free-capacity.ts';
import { PriceList } from '#components/ledger/price-list.tsx';
import { countOf } from '#components/ui/count.ts';
import { Foreign } from '#components/ui/foreign.tsx';
import { resourceLabel } from '#components/ui/format.ts';
import { LinkButton } from '#components/ui/link-button.tsx';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pager, pageOf } from '#components/ui/pager.tsx';
import { Status } from '#components/ledger/status.tsx';
import { unreachableInWords } from '#components/ledger/unreachable-note.tsx';
import { suspensionOf } from '#components/ledger/suspension.ts';
import { getAgents } from '#lib/queries/agents.ts';
import { getOwnResources } from '#lib/queries/resource.ts';
import type { AgentDto, ResourceSummary } from '#lib/shared/dto.ts';
import { visibleText } from '#ledger/contracts/shared/foreign-text.ts';
import { Text } from '#components/ui/text.tsx';
import { serverNow, type PageInput } from '../../../_page.ts';
import { holdsRole, withAccount } from '../../../_session.ts';
import { RoleMissing } from '../../../_components/role-missing.tsx';
import { ResourceActions } from './_components/resource-actions.tsx';
import type { TestedAt } from './_components/resume.tsx';

export const metadata: Metadata = { title: 'Your resources' };

export default async function OwnResourcesPage({ searchParams }: PageInput) {
  const session = await withAccount('/provider/resources');
  if (!holdsRole(session, 'NRP')) return <RoleMissing title="Your resources" role="NRP" />;
  const [resources, agents, nowMs] = await Promise.all([
    getOwnResources(pageOf((await searchParams).page)),
    getAgents(),
    serverNow(),
  ]);
  return (
    <>
      <LiveRefresh ids={['resource:']} asOf={resources.asOf.height} everyMs={AGENT_READ_EVERY_MS} />
      <PageHeader
        title="Your resources"
        lead="Suspend what must rest, resume it, or retire it for good. Orders that run go on."
        actions={
          <LinkButton href="/provider/publish" variant="primary">
            Publish a resource
          </LinkButton>
        }
      />
      {resources.items.length === 0 ? (
        <EmptyState title="Nothing published yet" action={{ label: 'Publish a resource', href: '/provider/publish' }}>
          Choose a source of your agent, test it, state your conditions and sign.
        </EmptyState>
      ) : (
        <>
          <ul className="divide-y divide-separator rounded-md border border-border bg-surface">
            {resources.items.map((resource) => (
              <OwnResource
                key={resource.id}
                resource={resource}
                source={sourceOf(resource, agents)}
                address={session.address}
                nowMs={nowMs}
              />
            ))}
          </ul>
          <Pager {...resources} what="resource" hrefOf={(page) => `/provider/resources?page=${page}`} />
        </>
      )}
    </>
  );
}

/** The agent that offers the source of a resource. */
function sourceOf({ id }: ResourceSummary, agents: readonly AgentDto[]): TestedAt | undefined {
  const sources = agents.flatMap(({ address, sources: offered }) => offered.map((one) => ({ agent: address, ...one })));
  const source = sources.find(({ resource }) => resource === id);
  return source && { agent: source.agent, sourceId: source.id };
}

interface OwnResourceProps {
  resource: ResourceSummary;
  source: TestedAt | undefined;
  address: string;
  nowMs: number;
}

function OwnResource({ resource, source, address, nowMs }: OwnResourceProps) {
  const { id, title, status, kind, attributes } = resource;
  const suspension = suspensionOf(resource);
  return (
    <li
      aria-label={visibleText(resource.title)}
      className="flex flex-wrap items-start justify-between gap-3 px-3 py-2.5"
    >
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Link href={`/catalogue/${resource.id}`} prefetch={false} className="prose-link font-medium">
            <Foreign text={resource.title} />
          </Link>
          <span className="font-mono text-xs text-muted">{resourceLabel(resource.id)}</span>
          <Status status={resource.status} />
        </p>
        <p className="mt-0.5 text-xs text-muted">
          <PriceList prices={resource.prices} kind={kind} />
          <Text>
            {' · free: '}
            {freeInWords(resource, nowMs)}
            {' · '}
            {countOf(resource.completedOrders, 'order')} completed · agent last heard{' '}
          </Text>
          <LastHeard seenAtMs={resource.agentSeenAtMs} nowMs={nowMs} />
        </p>
        {suspension ? <p className="mt-0.5 text-sm">{suspension.toOwner}</p> : null}
        {resource.nodeFault === null ? null : (
          <p className="mt-0.5 text-sm">{unreachableInWords(resource.nodeFault)}</p>
        )}
      </div>
      <div className="flex flex-wrap gap-2">
        {resource.status === 'retired' ? null : (
          <LinkButton href={`/provider/resources/${resource.id}/strategy`}>Change the strategy</LinkButton>
        )}
        <ResourceActions resource={{ id, title, status, kind, attributes }} source={source} address={address} />
      </div>
    </li>
  );
}
