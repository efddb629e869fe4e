import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { NoticeTable } from '#components/demand/notice-table.tsx';
import { RelayNotice } from '#components/demand/relay-notice.tsx';
import { AsOfBlock } from '#components/ledger/as-of.tsx';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { askedFor, ProposalList } from '#components/ledger/proposal-list.tsx';
import { OwnIncidents } from '#components/repair/own-incidents.tsx';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { Pager, pageOf } from '#components/ui/pager.tsx';
import { getParameters } from '#lib/queries/network.ts';
import { getNodeFacts } from '#lib/queries/node-facts.ts';
import { getRegister } from '#lib/queries/nodes.ts';
import { getNotices } from '#lib/queries/notices.ts';
import { getIncidents } from '#lib/queries/repairs.ts';
import { getProposals } from '#lib/queries/proposals.ts';
import type { NoticeDto } from '#lib/shared/demand-dto.ts';
import type { PageOf, ProposalDto } from '#lib/shared/dto.ts';
import { serverNow, type PageInput } from '../../_page.ts';
import { holdsRole, withAccount } from '../../_session.ts';
import { NeedsNow } from './_components/needs-now.tsx';
import { VoteButtons } from './_components/vote-buttons.tsx';

export const metadata: Metadata = { title: 'Proposals and votes' };

/** What the buttons need of a notice. */
function noticeOf({ notice, kind, broker, provider, demand }: NoticeDto) {
  return { notice, kind, broker, provider, demand: { id: demand.id } };
}

export default async function ProposalsPage({ searchParams }: PageInput) {
  const session = await withAccount('/node-provider');
  if (!holdsRole(session, 'NRNSP')) notFound();
  const page = pageOf((await searchParams).page);
  const [proposals, parameters, notices, waiting, suspended, incidents, nowMs] = await Promise.all([
    getProposals(page),
    getParameters(),
    getNotices({ as: 'node-provider' }),
    getRegister({ status: 'registered' }),
    getNodeFacts({ status: 'suspended' }),
    getIncidents({ isOwn: true }),
    serverNow(),
  ]);
  const open = proposals.items.filter((proposal) => proposal.status === 'open');
  const buttons = (proposal: ProposalDto) => {
    const own = proposal.votes.find((vote) => vote.by.id === session.account.id);
    if (own) return <p className="text-xs text-muted">{own.approve ? 'You voted in favour' : 'You voted against'}</p>;
    return <VoteButtons proposal={proposal.id} decides={askedFor(proposal, parameters)} address={session.address} />;
  };
  const relay = (notice: NoticeDto) =>
    notice.status === 'sent' ? <RelayNotice notice={noticeOf(notice)} address={session.address} /> : null;
  const needs = {
    waiting: waiting.total,
    restorable: suspended.filter(({ node }) => typeof node.fault?.heardAtMs === 'number').length,
    votes: open.filter(({ votes }) => votes.every(({ by }) => by.id !== session.account.id)).length,
    notices: notices.items.filter(({ status }) => status === 'sent').length,
  };
  return (
    <>
      <LiveRefresh ids={['proposal:', 'node:', `account:${session.account.id}`]} asOf={proposals.asOf.height} />
      <PageHeader
        title="Proposals and votes"
        lead="Role requests, parameters, rules for access, grants, validators and programs that nobody may run are decided here: two thirds of the node providers must be in favour."
        meta={<AsOfBlock asOf={proposals.asOf} />}
      />
      <Section title="What needs you now">
        <NeedsNow {...needs} />
      </Section>
      <OwnIncidents incidents={incidents.items} nowMs={nowMs} />
      <Section title="Waiting for votes" id="votes">
        {open.length === 0 ? (
          <EmptyState
            title="Nothing waits for a vote"
            action={{ label: 'Propose a parameter or a grant', href: '/node-provider/parameters' }}
          >
            Requests for roles appear here when somebody signs one.
          </EmptyState>
        ) : (
          <ProposalList proposals={open} nowMs={nowMs} parameters={parameters} actions={buttons} />
        )}
      </Section>
      <Section title="Requests to hand on" id="requests" aside="what brokers ask providers to share, through you">
        {notices.items.length === 0 ? (
          <EmptyState title="No broker has asked anything through you">
            A broker that finds too little on offer asks a provider to share more. You check it, and hand it on or stop
            it.
          </EmptyState>
        ) : (
          <NoticeTable notices={notices.items} as="node-provider" nowMs={nowMs} actionOf={relay} />
        )}
      </Section>
      <Decided proposals={proposals} nowMs={nowMs} />
    </>
  );
}

function Decided({ proposals, nowMs }: { proposals: PageOf<ProposalDto>; nowMs: number }) {
  const decided = proposals.items.filter((proposal) => proposal.status !== 'open');
  return (
    <>
      <Section title="Decided">
        {decided.length === 0 ? (
          <EmptyState title="Nothing has been decided yet">Outcomes stay here with every vote.</EmptyState>
        ) : (
          <ProposalList proposals={decided} nowMs={nowMs} />
        )}
      </Section>
      {proposals.total === 0 ? null : (
        <Pager {...proposals} what="proposal" hrefOf={(target) => `/node-provider?page=${target}`} />
      )}
    </>
  );
}
