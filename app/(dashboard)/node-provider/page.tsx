import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { AsOfBlock } from '#components/ledger/as-of.tsx';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { askedFor, ProposalList } from '#components/ledger/proposal-list.tsx';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { Pager, pageOf } from '#components/ui/pager.tsx';
import { getParameters } from '#lib/queries/network.ts';
import { getProposals } from '#lib/queries/proposals.ts';
import type { ProposalDto } from '#lib/shared/dto.ts';
import { serverNow, type PageInput } from '../../_page.ts';
import { holdsRole } from '../../_roles.ts';
import { withAccount } from '../../_session.ts';
import { VoteButtons } from './_components/vote-buttons.tsx';

export const metadata: Metadata = { title: 'Proposals and votes' };

export default async function ProposalsPage({ searchParams }: PageInput) {
  const session = await withAccount('/node-provider');
  if (!holdsRole(session, 'NRNSP')) notFound();
  const page = pageOf((await searchParams).page);
  const [proposals, parameters, nowMs] = await Promise.all([getProposals(page), getParameters(), serverNow()]);
  const open = proposals.items.filter((proposal) => proposal.status === 'open');
  const decided = proposals.items.filter((proposal) => proposal.status !== 'open');
  const buttons = (proposal: ProposalDto) => {
    const own = proposal.votes.find((vote) => vote.by.id === session.account.id);
    if (own) return <p className="text-xs text-muted">{own.approve ? 'You voted in favour' : 'You voted against'}</p>;
    return <VoteButtons proposal={proposal.id} decides={askedFor(proposal, parameters)} address={session.address} />;
  };
  return (
    <>
      <LiveRefresh ids={['proposal:']} asOf={proposals.asOf.height} />
      <PageHeader
        title="Proposals and votes"
        lead="Role requests, parameters, grants and validators are decided here: two thirds of the node providers must be in favour."
        meta={<AsOfBlock asOf={proposals.asOf} />}
      />
      <Section title="Waiting for votes">
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
      <Section title="Decided">
        {decided.length === 0 ? (
          <EmptyState title="Nothing has been decided yet">Outcomes stay here with every vote.</EmptyState>
        ) : (
          <ProposalList proposals={decided} nowMs={nowMs} />
        )}
      </Section>
      <Pager {...proposals} what="proposal" hrefOf={(target) => `/node-provider?page=${target}`} />
    </>
  );
}
