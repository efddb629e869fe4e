import { CircleCheck, CircleX, Clock } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { MatchingList } from '#components/demand/matching-list.tsx';
import { demandLabel } from '#components/demand/words.ts';
import { AccountName } from '#components/ledger/account-name.tsx';
import { AsOfBlock } from '#components/ledger/as-of.tsx';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { Figures } from '#components/ui/facts.tsx';
import { countOf } from '#components/ui/count.ts';
import { Countdown } from '#components/ui/countdown.tsx';
import { everyInWords, formatCount, sentenceCase } from '#components/ui/format.ts';
import { Money } from '#components/ui/money.tsx';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { hrefWith, Pager, pageOf } from '#components/ui/pager.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import { getMatchings } from '#lib/queries/matchings.ts';
import { getMatches } from '#lib/queries/matches.ts';
import type { MatchDto, MatchesDto, MatchingsDto } from '#lib/shared/match-dto.ts';
import { RoleMissing } from '../../../_components/role-missing.tsx';
import { serverNow, type PageInput } from '../../../_page.ts';
import { holdsRole, withAccount } from '../../../_session.ts';

export const metadata: Metadata = { title: 'Matches' };

const PATH = '/broker/matches';

function Outcome({ match: { isChosen, status } }: { match: MatchDto }) {
  if (isChosen) return <Chip tone="success" icon={CircleCheck} word="chosen" />;
  if (status === 'open') return <Chip tone="accent" icon={Clock} word="open" />;
  return <Chip tone="neutral" icon={CircleX} word={status === 'decided' ? 'another was chosen' : status} />;
}

function columnsOf(nowMs: number): Column<MatchDto>[] {
  return [
    {
      key: 'demand',
      header: 'Demand',
      isRowHeader: true,
      cell: ({ demand }) => (
        <Link href={`/broker/demands/${demand}`} prefetch={false} className="prose-link font-mono text-[0.8125rem]">
          {demandLabel(demand)}
        </Link>
      ),
    },
    { key: 'kinds', header: 'Asked for', cell: ({ kinds }) => kinds.join(', ') },
    { key: 'customer', header: 'Customer', cell: ({ customer }) => <AccountName account={customer} /> },
    { key: 'outcome', header: 'Outcome', cell: (match) => <Outcome match={match} /> },
    { key: 'time', header: 'Proposed', cell: ({ proposedAtMs }) => <Time timeMs={proposedAtMs} nowMs={nowMs} /> },
    {
      key: 'total',
      header: 'Plan with fee',
      align: 'end',
      cell: ({ totalMicro }) => <Money amountMicro={totalMicro} />,
    },
    {
      key: 'fee',
      header: 'Fee earned',
      align: 'end',
      cell: ({ isChosen, feeMicro }) =>
        isChosen ? <Money amountMicro={feeMicro} /> : <span className="text-muted">none</span>,
    },
  ];
}

export default async function MatchesPage({ searchParams }: PageInput) {
  const session = await withAccount(PATH);
  if (!holdsRole(session, 'NRB')) return <RoleMissing title="Matches" role="NRB" />;
  const query = await searchParams;
  const [page, epochs] = [pageOf(query.page), pageOf(query.epochs)];
  const [matches, matchings, nowMs] = await Promise.all([getMatches(page), getMatchings(epochs), serverNow()]);
  const shown = { page: page === 1 ? undefined : String(page), epochs: epochs === 1 ? undefined : String(epochs) };
  return (
    <>
      {/* A match that serves nobody changes no demand: while some wait, any block may have brought one. */}
      <LiveRefresh
        ids={matchings.waiting > 0 ? ['*'] : ['demand:', `account:${session.account.id}`]}
        asOf={matches.asOf.height}
      />
      <PageHeader
        title="Matches"
        lead="Plans that you proposed and what they brought in, and what came of the demands that wait for the end of an epoch."
        meta={<AsOfBlock asOf={matches.asOf} />}
      />
      <Section title="Plans that you proposed">
        <Proposed matches={matches} shown={shown} nowMs={nowMs} />
      </Section>
      <Section title="Matches of epochs" aside={<NextMatch matchings={matchings} nowMs={nowMs} />}>
        <Epochs matchings={matchings} shown={shown} nowMs={nowMs} />
      </Section>
    </>
  );
}

type Shown = Readonly<Record<'page' | 'epochs', string | undefined>>;

function NextMatch({ matchings: { nextAtMs, epochMs, waiting }, nowMs }: { matchings: MatchingsDto; nowMs: number }) {
  return (
    <span>
      <span>{`${countOf(waiting, 'demand')} ${waiting === 1 ? 'waits' : 'wait'}; the next match is in `}</span>
      <Countdown untilMs={nextAtMs} everyMs={epochMs} serverTimeMs={nowMs} after="a moment" />
    </span>
  );
}

function Epochs({ matchings, shown, nowMs }: { matchings: MatchingsDto; shown: Shown; nowMs: number }) {
  return (
    <div className="flex flex-col gap-3">
      <p className="max-w-prose text-sm text-muted">
        {`Customers can let a request be matched with others instead of choosing a plan. ${sentenceCase(everyInWords(matchings.epochMs))} the contract serves as many as it can, then for the least cost. A program of yours may propose a better assignment before that (the action ProposeMatch, on the page Docs): it is taken if it serves more, or as many for less. Nothing is paid for it.`}
      </p>
      {matchings.items.length === 0 ? (
        <EmptyState title="No epoch has ended with demands that waited">
          Each stands here with how many waited, how many were bought, and whose match it was.
        </EmptyState>
      ) : (
        <>
          <MatchingList matchings={matchings.items} nowMs={nowMs} />
          <Pager
            {...matchings}
            what="match"
            many="matches"
            hrefOf={(target) => hrefWith(PATH, shown, { epochs: String(target) })}
          />
        </>
      )}
    </div>
  );
}

function Proposed({ matches, shown, nowMs }: { matches: MatchesDto; shown: Shown; nowMs: number }) {
  return matches.items.length === 0 ? (
    <EmptyState title="You have proposed no plan yet" action={{ label: 'See the demands', href: '/broker/demands' }}>
      Open a demand and propose a plan with a fee: it is paid when the customer chooses yours.
    </EmptyState>
  ) : (
    <div className="flex flex-col gap-4">
      <Figures
        figures={[
          { name: 'Proposed', value: formatCount(matches.total) },
          { name: 'Chosen', value: formatCount(matches.chosen) },
          { name: 'Fees earned', value: <Money amountMicro={matches.earnedMicro} /> },
        ]}
      />
      <Table
        caption="Plans that you proposed, newest first"
        columns={columnsOf(nowMs)}
        rows={matches.items}
        rowKey={({ demand, plan }) => `${demand} ${plan}`}
      />
      <Pager {...matches} what="plan" hrefOf={(target) => hrefWith(PATH, shown, { page: String(target) })} />
    </div>
  );
}
