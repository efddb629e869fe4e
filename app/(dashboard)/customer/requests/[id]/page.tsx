import type { Metadata } from 'next';
import { notFound, redirect } from 'next/navigation';
import { AnalysisPane } from '#components/demand/analysis-pane.tsx';
import { ChoosePlan } from '#components/demand/choose-plan.tsx';
import { DemandFacts } from '#components/demand/demand-facts.tsx';
import { DemandHeader } from '#components/demand/demand-header.tsx';
import { FreshPlans } from '#components/demand/fresh-plans.tsx';
import { MatchPane } from '#components/demand/match-pane.tsx';
import { NoticeTable } from '#components/demand/notice-table.tsx';
import { PayloadKeyNote } from '#components/demand/payload-key-note.tsx';
import { PlanMap } from '#components/demand/plan-map.tsx';
import { PlansPane, plansInOrder } from '#components/demand/plans-pane.tsx';
import { RequestPanes } from '#components/demand/request-panes.tsx';
import { demandLabel } from '#components/demand/words.ts';
import { WithdrawDemand } from '#components/demand/withdraw-demand.tsx';
import { EventList } from '#components/ledger/event-list.tsx';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { Section } from '#components/ui/page-header.tsx';
import { hrefWith, idOf, textOf } from '#components/ui/pager.tsx';
import { getDemand, getWhyNot } from '#lib/queries/demands.ts';
import { getMatchings } from '#lib/queries/matchings.ts';
import { getAnchor, getParameters } from '#lib/queries/network.ts';
import type { DemandDetail } from '#lib/shared/demand-dto.ts';
import type { PageInput } from '../../../../_page.ts';
import { withAccount } from '../../../../_session.ts';

type Input = PageInput<{ id: string }>;

export async function generateMetadata({ params }: Input): Promise<Metadata> {
  return { title: `Request ${demandLabel(idOf((await params).id) ?? '')}` };
}

export default async function RequestPage({ params, searchParams }: Input) {
  const id = idOf((await params).id);
  const path = `/customer/requests/${id ?? ''}`;
  const session = await withAccount(path);
  const demand = id === undefined ? null : await getDemand(id);
  if (!demand) notFound();
  if (demand.viewer === 'broker') redirect(`/broker/demands/${demand.id}`);
  const query = await searchParams;
  const after = idOf(textOf(query.after, 16) ?? '');
  const isOpen = demand.status === 'open';
  const [anchor, parameters, whyNot, matchings] = await Promise.all([
    getAnchor(),
    getParameters(),
    isOpen ? getWhyNot(demand.id, after) : null,
    demand.batch && isOpen ? getMatchings(1) : null,
  ]);
  const { address } = session;
  return (
    <>
      {/* A match that does not serve it does not change it: while it waits for one, any block may have brought it. */}
      <LiveRefresh ids={matchings === null ? [`demand:${demand.id}`] : ['*']} asOf={demand.asOf.height} />
      <DemandHeader
        demand={demand}
        actions={isOpen ? <WithdrawDemand demand={demand.id} address={address} /> : undefined}
      />
      <RequestPanes
        configure={
          <>
            <DemandFacts demand={demand} budgetMicro={demand.budgetMicro} nowMs={demand.serverTimeMs} />
            <div>
              <LinkButton href={`/customer/requests/new?from=${demand.id}`}>Change it and ask again</LinkButton>
            </div>
          </>
        }
        analysis={<AnalysisPane demand={demand} whyNot={whyNot} path={path} isLater={after !== undefined} />}
        {...(demand.batch ? { plansTitle: 'Match' } : {})}
        plans={
          <FreshPlans>
            {matchings === null ? null : (
              <MatchPane demand={demand} matchings={matchings} serverTimeMs={demand.serverTimeMs} />
            )}
            {isOpen && demand.work !== null ? <PayloadKeyNote address={address} payload={demand.work.payload} /> : null}
            <PlansPane
              demand={demand}
              map={<RequestMap demand={demand} shown={textOf(query.plan, 32)} after={after} />}
              actionOf={(plan) => (
                <ChoosePlan
                  demand={{ id: demand.id, work: demand.work }}
                  plan={plan}
                  address={address}
                  network={anchor.genesisHash}
                  intervalMs={Number(parameters.intervalMs ?? 60_000)}
                />
              )}
            />
          </FreshPlans>
        }
      />
      <AskedForIt demand={demand} />
      <Section title="Events">
        <EventList events={demand.events} nowMs={demand.serverTimeMs} hasReceipts />
      </Section>
    </>
  );
}

function AskedForIt({ demand: { notices, serverTimeMs } }: { demand: DemandDetail }) {
  if (notices.length === 0) return null;
  return (
    <Section title="What brokers asked for it" aside="providers that were asked to share something for this request">
      <NoticeTable notices={notices} as="customer" nowMs={serverTimeMs} />
    </Section>
  );
}

interface RequestMapProps {
  demand: DemandDetail;
  /** Key of the plan whose machines are emphasised. */
  shown: string | undefined;
  /** Where the list of offers that do not match goes on: it stays where it is. */
  after: number | undefined;
}

/** The machines of the plans that can be chosen; of a request that was decided, those of the plan that was. */
function RequestMap({ demand, shown, after }: RequestMapProps) {
  const { id, status, plans, chosen } = demand;
  const standing = status === 'open' ? plansInOrder(plans) : plans.filter(({ plan }) => plan === chosen?.plan);
  const rest = after === undefined ? {} : { after: String(after) };
  return (
    <PlanMap plans={standing} shown={shown} hrefOf={(plan) => hrefWith(`/customer/requests/${id}`, rest, { plan })} />
  );
}
