import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { AccountName } from '#components/ledger/account-name.tsx';
import { LastHeard } from '#components/ledger/agent-heard.tsx';
import { AGENT_READ_EVERY_MS } from '#components/ledger/agent-silence.ts';
import { freeFacts } from '#components/ledger/free-capacity.ts';
import { EventList } from '#components/ledger/event-list.tsx';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { kindOf } from '#components/kinds/kinds.ts';
import { PriceList } from '#components/ledger/price-list.tsx';
import { StrategyFacts } from '#components/ledger/strategy-facts.tsx';
import { Facts } from '#components/ui/facts.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { formatCount, resourceLabel, sentenceCase } from '#components/ui/format.ts';
import { LinkButton } from '#components/ui/link-button.tsx';
import { EmptyState, Note } from '#components/ui/note.tsx';
import { PageHeader, Panel, Section } from '#components/ui/page-header.tsx';
import { idOf } from '#components/ui/pager.tsx';
import { SilentAgentNote } from '#components/ledger/silent-agent-note.tsx';
import { Status } from '#components/ledger/status.tsx';
import { UnreachableNote } from '#components/ledger/unreachable-note.tsx';
import { suspensionOf } from '#components/ledger/suspension.ts';
import { Time } from '#components/ui/time.tsx';
import { FIELDS_OF_BUSINESS, PURPOSES } from '#ledger/contracts/strategy/definition.ts';
import { getParameters } from '#lib/queries/network.ts';
import { getResource } from '#lib/queries/resource.ts';
import { getSession } from '#lib/queries/session.ts';
import type { ResourceDetail, SessionDto } from '#lib/shared/dto.ts';
import { isolatedText, visibleText } from '#ledger/contracts/shared/foreign-text.ts';
import { PageFrame } from '../../../_components/page-frame.tsx';
import { firstAdmission } from '../../../_admission.ts';
import { serverNow, type PageInput } from '../../../_page.ts';
import { AdmissionForm } from './_components/admission-form.tsx';
import { ApplyLink } from './_components/carried-use.tsx';

type Input = PageInput<{ id: string }>;

async function resourceOf({ params }: Input): Promise<ResourceDetail> {
  const id = idOf((await params).id);
  const resource = id === undefined ? null : await getResource(id);
  if (!resource) notFound();
  return resource;
}

export async function generateMetadata(input: Input): Promise<Metadata> {
  return { title: visibleText((await resourceOf(input)).title) };
}

export default async function ResourcePage(input: Input) {
  const resource = await resourceOf(input);
  const [session, nowMs] = await Promise.all([getSession(), serverNow()]);
  const { Details, Sample } = kindOf(resource.kind).screen;
  return (
    <PageFrame>
      <LiveRefresh ids={[`resource:${resource.id}`]} everyMs={AGENT_READ_EVERY_MS} />
      <PageHeader
        title={<Foreign text={resource.title} />}
        lead={<Foreign text={resource.summary} />}
        meta={
          <>
            <Status status={resource.status} />
            <span className="font-mono text-xs text-muted">{resourceLabel(resource.id)}</span>
            <span>
              by <AccountName account={resource.provider} />
            </span>
            <PriceList prices={resource.prices} kind={resource.kind} />
          </>
        }
        actions={<Actions resource={resource} session={session} />}
      />
      <Warnings resource={resource} nowMs={nowMs} />
      <div className="grid gap-x-8 gap-y-7 lg:grid-cols-2 lg:grid-rows-[auto_1fr]">
        <div className="min-w-0">
          <Description resource={resource} nowMs={nowMs} />
        </div>
        <div className="min-w-0 lg:col-start-2 lg:row-span-2 lg:row-start-1">
          <Section title="Sharing strategy">
            <StrategyFacts
              strategy={resource.strategy}
              kind={resource.kind}
              capacity={resource.capacity}
              attributes={resource.attributes}
            />
          </Section>
        </div>
        <div className="min-w-0">
          <Admission resource={resource} session={session} />
        </div>
      </div>
      {resource.sample === null ? null : <Sample attributes={resource.attributes} preview={resource.sample} />}
      <Details attributes={resource.attributes} />
      <Section title="History">
        <EventList events={resource.history} nowMs={nowMs} hasReceipts />
      </Section>
    </PageFrame>
  );
}

/** What a customer has to know before anything else: that nobody can apply, or that nobody would deliver. */
function Warnings({ resource, nowMs }: { resource: ResourceDetail; nowMs: number }) {
  const suspension = suspensionOf(resource);
  if (suspension || resource.status === 'retired')
    return (
      <div className="mb-6">
        <Note kind="warning" title={`This resource is ${resource.status}`}>
          {`${suspension?.toAll ?? 'Its provider has taken it off the list for good.'} Nobody can apply for it. Orders that run are not affected.`}
        </Note>
      </div>
    );
  if (resource.nodeFault !== null)
    return (
      <div className="mb-6">
        <UnreachableNote fault={resource.nodeFault} nowMs={nowMs}>
          Nobody can apply for it until the node is restored.
        </UnreachableNote>
      </div>
    );
  return (
    <SilentAgentNote resource={resource} nowMs={nowMs} className="mb-6">
      An order would probably not be delivered: then everything held returns by itself.
    </SilentAgentNote>
  );
}

function Actions({ resource, session }: { resource: ResourceDetail; session: SessionDto | null }) {
  if (resource.status !== 'published') return null;
  const isOffered = resource.nodeFault === null;
  if (session?.account?.id === resource.provider.id)
    return <LinkButton href="/provider/resources">Manage it</LinkButton>;
  return isOffered ? <ApplyLink resource={resource.id}>Apply to use it</ApplyLink> : null;
}

/** The provider's link is shown only with a scheme that cannot run anything. */
function SourceLink({ url }: { url: string }) {
  if (!/^https?:\/\//i.test(url))
    return <span className="break-all">{url === '' ? 'not stated' : <Foreign text={url} />}</span>;
  return (
    <a href={url} rel="noreferrer nofollow" className="prose-link break-all">
      <Foreign text={url} />
    </a>
  );
}

function Description({ resource, nowMs }: { resource: ResourceDetail; nowMs: number }) {
  const { ledger, screen } = kindOf(resource.kind);
  return (
    <Section title="Description">
      <Facts
        facts={[
          { name: 'Kind', value: sentenceCase(ledger.title) },
          ...screen.facts(resource.attributes),
          { name: 'Tags', value: resource.tags.map(isolatedText).join(', ') || 'none' },
          { name: 'Region', value: <Foreign text={resource.region} /> },
          { name: 'Licence', value: <Foreign text={resource.licence} /> },
          { name: 'Source', value: <SourceLink url={resource.sourceUrl} /> },
          { name: 'Tested by the agent', value: <Time timeMs={resource.testedAtMs} nowMs={nowMs} /> },
          { name: 'Published', value: <Time timeMs={resource.publishedAtMs} nowMs={nowMs} /> },
          {
            name: 'Agent last heard',
            value:
              resource.agentSeenAtMs === null ? (
                'never: no heartbeat has been recorded'
              ) : (
                <LastHeard seenAtMs={resource.agentSeenAtMs} nowMs={nowMs} />
              ),
          },
          ...freeFacts(resource, nowMs),
          { name: 'Orders completed', value: formatCount(resource.completedOrders) },
        ]}
      />
    </Section>
  );
}

function Admission({ resource, session }: { resource: ResourceDetail; session: SessionDto | null }) {
  return (
    <Section title="Would I be admitted?">
      {session?.account ? (
        <Panel>
          <AskedAdmission resource={resource} />
        </Panel>
      ) : session ? (
        <EmptyState
          title="There is no account to judge yet"
          action={{ label: 'Create an account', href: '/customer/account' }}
        >
          The conditions read roles, age and past orders of an account. Create one with your first signature.
        </EmptyState>
      ) : (
        <EmptyState
          title="Sign in to ask"
          action={{ label: 'Sign in', href: `/sign-in?next=/catalogue/${resource.id}` }}
        >
          The contract judges an account: its roles, its age and its past orders, together with the use you intend.
        </EmptyState>
      )}
    </Section>
  );
}

async function AskedAdmission({ resource }: { resource: ResourceDetail }) {
  const [admission, parameters, nowMs] = await Promise.all([firstAdmission(resource.id), getParameters(), serverNow()]);
  return (
    <AdmissionForm
      resource={resource.id}
      kind={resource.kind}
      strategy={resource.strategy}
      free={resource.free}
      purposes={PURPOSES}
      fieldsOfBusiness={FIELDS_OF_BUSINESS}
      admission={admission}
      intervalMs={Number(parameters.intervalMs ?? 60_000)}
      serverTimeMs={nowMs}
    />
  );
}
