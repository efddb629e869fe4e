import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { AccountName } from '#components/ledger/account-name.tsx';
import { kindOf } from '#components/kinds/kinds.ts';
import { AGENT_READ_EVERY_MS } from '#components/ledger/agent-silence.ts';
import { firstDraft } from '#components/ledger/intended-use.ts';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { PriceList } from '#components/ledger/price-list.tsx';
import { SilentAgentNote } from '#components/ledger/silent-agent-note.tsx';
import { StrategyFacts } from '#components/ledger/strategy-facts.tsx';
import { unreachableInWords } from '#components/ledger/unreachable-note.tsx';
import { suspensionOf } from '#components/ledger/suspension.ts';
import { draftFromParameters, type Parameters } from '#components/ledger/use-parameters.ts';
import { Disclosure } from '#components/ui/disclosure.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { durationInWords, resourceLabel } from '#components/ui/format.ts';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { hrefWith, idOf, textOf } from '#components/ui/pager.tsx';
import { FIELDS_OF_BUSINESS, PURPOSES } from '#ledger/contracts/strategy/definition.ts';
import { getContinuable } from '#lib/queries/continuable.ts';
import { getParameters } from '#lib/queries/network.ts';
import { getResource } from '#lib/queries/resource.ts';
import { getWallet } from '#lib/queries/wallet.ts';
import type { ResourceDetail } from '#lib/shared/dto.ts';
import { firstAdmission } from '../../../../_admission.ts';
import { serverNow, type PageInput } from '../../../../_page.ts';
import { withAccount, type AccountSession } from '../../../../_session.ts';
import { ApplyForm } from './_components/apply-form.tsx';

export const metadata: Metadata = { title: 'Apply' };

/** Longest value of the address that any field takes. */
const PARAMETER_LENGTH_MAX = 64;

/** What the address says of the use, for the way over the sign-in page and back. */
function keptParameters(parameters: Parameters): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, textOf(value, PARAMETER_LENGTH_MAX)]),
  );
}

export default async function ApplyPage({ params, searchParams }: PageInput<{ id: string }>) {
  const id = idOf((await params).id);
  const asked = await searchParams;
  const session = await withAccount(hrefWith(`/customer/apply/${id ?? ''}`, keptParameters(asked), {}));
  const resource = id === undefined ? null : await getResource(id);
  if (!resource) notFound();
  const [parameters, nowMs] = await Promise.all([getParameters(), serverNow()]);
  const deliveryMs = Number(parameters.deliveryMs ?? 120_000);
  const isOwn = resource.provider.id === session.account.id;
  return (
    <>
      <PageHeader
        title={
          <>
            <span>Apply to use</span> <Foreign text={resource.title} />
          </>
        }
        lead="Say what you will use it for and for how long. The contract grants it and holds the most it can cost, or refuses it and names every condition that failed."
        meta={
          <>
            <Link href={`/catalogue/${resource.id}`} prefetch={false} className="prose-link font-mono text-xs">
              {resourceLabel(resource.id)}
            </Link>
            <span>
              by <AccountName account={resource.provider} />
            </span>
            <PriceList prices={resource.strategy.prices} kind={resource.kind} />
          </>
        }
      />
      {resource.status !== 'published' || resource.nodeFault !== null || isOwn ? (
        <NobodyCanApply resource={resource} isOwn={isOwn} />
      ) : (
        <div className="flex flex-col gap-4">
          <LiveRefresh ids={[`resource:${resource.id}`]} everyMs={AGENT_READ_EVERY_MS} />
          <SilentAgentNote resource={resource} nowMs={nowMs}>
            {`Applied for now, it would probably not be delivered: everything held returns by itself after ${durationInWords(deliveryMs)}.`}
          </SilentAgentNote>
          <Form resource={resource} session={session} asked={asked} />
          <StrategyInFull resource={resource} />
        </div>
      )}
    </>
  );
}

interface FormProps {
  resource: ResourceDetail;
  session: AccountSession;
  /** What the address says of the use. */
  asked: Parameters;
}

async function Form({ resource, session, asked }: FormProps) {
  const [wallet, parameters, admission, continuable, nowMs] = await Promise.all([
    getWallet(1),
    getParameters(),
    firstAdmission(resource.id),
    getContinuable(resource.id),
    serverNow(),
  ]);
  const kind = kindOf(resource.kind);
  const { strategy, free } = resource;
  const draft = draftFromParameters(kind, firstDraft(kind, strategy, free), { parameters: asked, strategy });
  const continues = idOf(textOf(asked.continues, 16) ?? '');
  return (
    <ApplyForm
      address={session.address}
      registeredKey={session.account.encryptionKey}
      resource={{
        id: resource.id,
        title: resource.title,
        provider: resource.provider.id,
        kind: resource.kind,
        attributes: resource.attributes,
        strategy: resource.strategy,
        free: resource.free,
      }}
      draft={draft}
      continuable={continuable}
      continues={continues}
      admission={admission}
      intervalMs={Number(parameters.intervalMs ?? 60_000)}
      purposes={PURPOSES}
      fieldsOfBusiness={FIELDS_OF_BUSINESS}
      balanceMicro={wallet?.balanceMicro ?? '0'}
      deliveryMs={Number(parameters.deliveryMs ?? 120_000)}
      contestMs={Number(parameters.contestMs ?? 0)}
      serverTimeMs={nowMs}
    />
  );
}

function StrategyInFull({ resource: { strategy, kind, capacity, attributes } }: { resource: ResourceDetail }) {
  return (
    <Disclosure summary="The sharing strategy in full">
      <StrategyFacts strategy={strategy} kind={kind} capacity={capacity} attributes={attributes} />
    </Disclosure>
  );
}

function NobodyCanApply({ resource, isOwn }: { resource: ResourceDetail; isOwn: boolean }) {
  const off = resource.nodeFault === null ? undefined : unreachableInWords(resource.nodeFault);
  const why = suspensionOf(resource)?.toAll ?? off ?? 'Its provider has taken it off the list for good.';
  return (
    <EmptyState title="Nobody can apply here" action={{ label: 'Open the catalogue', href: '/catalogue' }}>
      {isOwn ? 'This resource is your own.' : why}
    </EmptyState>
  );
}
