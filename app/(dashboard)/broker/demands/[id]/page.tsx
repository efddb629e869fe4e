import type { Metadata } from 'next';
import { notFound, redirect } from 'next/navigation';
import { AnalysisPane } from '#components/demand/analysis-pane.tsx';
import { DemandFacts } from '#components/demand/demand-facts.tsx';
import { DemandHeader } from '#components/demand/demand-header.tsx';
import { MatchPane } from '#components/demand/match-pane.tsx';
import { NoticeTable } from '#components/demand/notice-table.tsx';
import { PlansPane } from '#components/demand/plans-pane.tsx';
import { ProposePlan } from '#components/demand/propose-plan.tsx';
import { RequestPanes } from '#components/demand/request-panes.tsx';
import { SendNotice } from '#components/demand/send-notice.tsx';
import { demandLabel } from '#components/demand/words.ts';
import { EventList } from '#components/ledger/event-list.tsx';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { Section } from '#components/ui/page-header.tsx';
import { idOf, textOf } from '#components/ui/pager.tsx';
import { getDemand, getWhyNot } from '#lib/queries/demands.ts';
import { getMatchings } from '#lib/queries/matchings.ts';
import { getNoticeChoices } from '#lib/queries/notices.ts';
import { RoleMissing } from '../../../../_components/role-missing.tsx';
import type { PageInput } from '../../../../_page.ts';
import { holdsRole, withAccount } from '../../../../_session.ts';
import { findOffer } from './actions.ts';

type Input = PageInput<{ id: string }>;

export async function generateMetadata({ params }: Input): Promise<Metadata> {
  return { title: `Demand ${demandLabel(idOf((await params).id) ?? '')}` };
}

export default async function BrokerDemandPage({ params, searchParams }: Input) {
  const id = idOf((await params).id);
  const path = `/broker/demands/${id ?? ''}`;
  const session = await withAccount(path);
  if (!holdsRole(session, 'NRB')) return <RoleMissing title="Demand" role="NRB" />;
  const demand = id === undefined ? null : await getDemand(id);
  if (!demand) notFound();
  if (demand.viewer === 'customer') redirect(`/customer/requests/${demand.id}`);
  const after = idOf(textOf((await searchParams).after, 16) ?? '');
  const isOpen = demand.status === 'open';
  const [whyNot, matchings, choices] = await Promise.all([
    isOpen ? getWhyNot(demand.id, after) : null,
    isOpen && demand.batch ? getMatchings(1) : null,
    isOpen ? getNoticeChoices() : null,
  ]);
  return (
    <>
      {/* A match that does not serve it does not change it: while it waits for one, any block may have brought it. */}
      <LiveRefresh
        ids={matchings === null ? [`demand:${demand.id}`, `account:${session.account.id}`] : ['*']}
        asOf={demand.asOf.height}
      />
      <DemandHeader demand={demand} />
      <RequestPanes
        configure={<DemandFacts demand={demand} budgetMicro={demand.budgetMicro} nowMs={demand.serverTimeMs} />}
        analysis={<AnalysisPane demand={demand} whyNot={whyNot} path={path} isLater={after !== undefined} />}
        {...(demand.batch ? { plansTitle: 'Match' } : {})}
        plans={
          <>
            {matchings === null ? null : (
              <MatchPane demand={demand} matchings={matchings} serverTimeMs={demand.serverTimeMs} />
            )}
            <PlansPane demand={demand} />
          </>
        }
      />
      {isOpen && !demand.batch ? (
        <Section title="Propose a plan">
          <ProposePlan demand={demand} address={session.address} findOffer={findOffer} />
        </Section>
      ) : null}
      {choices === null && demand.notices.length === 0 ? null : (
        <Section title="Ask a provider to share" aside="it goes through a node provider, and obliges nobody">
          <div className="flex flex-col gap-3">
            {demand.notices.length === 0 ? null : (
              <NoticeTable notices={demand.notices} as="broker" nowMs={demand.serverTimeMs} />
            )}
            {choices === null ? null : (
              <SendNotice
                demand={demand.id}
                kinds={[...new Set(demand.needs.map(({ kind }) => kind))]}
                choices={choices}
                address={session.address}
              />
            )}
          </div>
        </Section>
      )}
      <Section title="Events">
        <EventList events={demand.events} nowMs={demand.serverTimeMs} hasReceipts />
      </Section>
    </>
  );
}
