import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { AccountName } from '#components/ledger/account-name.tsx';
import { AsOfBlock } from '#components/ledger/as-of.tsx';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { RewardHistory } from '#components/rewards/reward-table.tsx';
import {
  adviceFor,
  reasonInWords,
  rulesInWords,
  standingInWords,
  type RuleInWords,
} from '#components/rewards/words.ts';
import { countOf } from '#components/ui/count.ts';
import { Figures } from '#components/ui/facts.tsx';
import { formatCount, microInWords } from '#components/ui/format.ts';
import { Money } from '#components/ui/money.tsx';
import { EmptyState, Note } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { Pager, pageOf } from '#components/ui/pager.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Text } from '#components/ui/text.tsx';
import { Time } from '#components/ui/time.tsx';
import type { RewardRates } from '#ledger/contracts/incentive/definition.ts';
import { getOwnRewards } from '#lib/queries/rewards.ts';
import type { OwnRewardsDto, UnrewardedDto } from '#lib/shared/rewards.ts';
import type { PageInput } from '../../../_page.ts';
import { holdsRole, withAccount, type AccountSession } from '../../../_session.ts';

export const metadata: Metadata = { title: 'Rewards' };

const RULE_COLUMNS: readonly Column<RuleInWords>[] = [
  { key: 'rule', header: 'Rule', isRowHeader: true, cell: ({ title }) => <Text>{title}</Text> },
  { key: 'words', header: 'Who, and for what', cell: ({ words }) => <Text>{words}</Text> },
  { key: 'formula', header: 'Points', cell: ({ formula }) => <Text>{formula}</Text> },
];

const UNREWARDED_COLUMNS: readonly Column<UnrewardedDto>[] = [
  {
    key: 'order',
    header: 'Order',
    isRowHeader: true,
    cell: ({ agreement }) => (
      <Link
        href={`/provider/orders/${agreement.id}`}
        prefetch={false}
        className="prose-link font-mono text-[0.8125rem]"
      >
        {agreement.name}
      </Link>
    ),
  },
  { key: 'customer', header: 'Customer', cell: ({ customer }) => <AccountName account={customer} /> },
  { key: 'why', header: 'Why', cell: ({ reason }) => <Text>{reasonInWords(reason)}</Text> },
  { key: 'time', header: 'Time', align: 'end', cell: ({ atMs }) => <Time timeMs={atMs} /> },
];

export default async function RewardsPage({ searchParams }: PageInput) {
  const session = await withAccount('/customer/rewards');
  const own = await getOwnRewards(pageOf((await searchParams).page));
  if (own === null) notFound();
  const { rewards, unrewarded } = own;
  return (
    <>
      <LiveRefresh ids={[`account:${session.account.id}`]} asOf={rewards.asOf.height} />
      <PageHeader
        title="Rewards"
        lead="What the treasury pays for being there, serving, voting and validating, by which rules, and what it paid you."
        meta={<AsOfBlock asOf={rewards.asOf} />}
      />
      <Figures
        figures={[
          { name: 'Earned so far', value: <Money amountMicro={own.earnedMicro} /> },
          {
            name: 'Pool of an epoch',
            value: <Money amountMicro={own.rates.poolMicro.toString()} />,
            note: own.rates.poolMicro === 0n ? 'votes decided that nothing is paid' : 'at most, from the treasury',
          },
          {
            name: 'Treasury',
            value: <Money amountMicro={own.treasuryMicro.toString()} />,
            note: 'fees come in, rewards go out',
          },
        ]}
      />
      <Unidentified own={own} session={session} />
      <Running own={own} session={session} />
      <Section title="What was paid" aside={countOf(rewards.total, 'epoch')}>
        {rewards.items.length === 0 ? (
          <EmptyState title="No reward yet">
            At the end of an epoch in which something of yours was recorded, its reward stands here with every figure
            that it follows from.
          </EmptyState>
        ) : (
          <>
            <RewardHistory rewards={rewards.items} />
            <Pager {...rewards} what="epoch" hrefOf={(page) => `/customer/rewards?page=${page}`} />
          </>
        )}
      </Section>
      {unrewarded.total === 0 ? null : (
        <Section title="Orders that earned nothing" aside={countOf(unrewarded.total, 'order')}>
          <Table
            caption="Settled orders that earned no reward, newest first"
            columns={UNREWARDED_COLUMNS}
            rows={unrewarded.items}
            rowKey={({ agreement }) => agreement.id}
          />
          {unrewarded.total > unrewarded.items.length ? (
            <p className="mt-2 text-sm text-muted">The newest of them stand here.</p>
          ) : null}
        </Section>
      )}
      <Rules rates={own.rates} />
    </>
  );
}

/** Nothing of a provider counts before an operator has identified it. */
function Unidentified({ own, session }: { own: OwnRewardsDto; session: AccountSession }) {
  if (own.isIdentified || !holdsRole(session, 'NRP')) return null;
  return (
    <div className="mt-3">
      <Note kind="info" title="No operator has identified this account">
        Its nodes and its orders earn no reward until one has.{' '}
        <Link href="/customer/identity" prefetch={false} className="prose-link">
          Ask an operator
        </Link>
      </Note>
    </div>
  );
}

function Running({ own, session }: { own: OwnRewardsDto; session: AccountSession }) {
  const { running, treasuryMicro } = own;
  if (running === null)
    return (
      <Section title="Now">
        <p className="text-muted">No epoch of rewards runs: the next thing that counts begins one.</p>
      </Section>
    );
  const standing = { ...running, treasuryMicro };
  const advice = adviceFor(standing, {
    isProvider: own.isIdentified && holdsRole(session, 'NRP'),
    isNodeProvider: holdsRole(session, 'NRNSP'),
  });
  return (
    <Section
      title={`Now, in epoch ${formatCount(running.epoch)}`}
      aside={
        <>
          <Text>ends </Text>
          <Time timeMs={running.endsAtMs} />
        </>
      }
    >
      <p>
        <Text>{standingInWords(standing)}</Text>
      </p>
      {advice.length === 0 ? null : (
        <>
          <h3 className="mt-3">What would earn more</h3>
          <ul className="mt-1 list-disc space-y-0.5 ps-5">
            {advice.map(({ what, moreMicro }) => (
              <li key={what}>
                <Text>{`${what}: ${microInWords(moreMicro)} more.`}</Text>
              </li>
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}

function Rules({ rates }: { rates: RewardRates }) {
  return (
    <Section title="Rules" aside="node providers vote on every figure">
      <Table caption="Rules of rewards" columns={RULE_COLUMNS} rows={rulesInWords(rates)} rowKey={({ rule }) => rule} />
      <p className="mt-2 text-sm text-muted">
        <Text>
          {`A point is a millionth of a token. Where all points of an epoch are more than its pool of ${microInWords(rates.poolMicro)}, each gets its part of the pool, rounded down; one account gets ${formatCount(rates.capPerMille.toString())} ‰ of the pool at most. What is left stays in the treasury; nothing is minted. An order earns nothing where tokens of its provider reached its customer by up to four transfers in the last eight epochs, or where one of both accounts authorised the other’s own key. That one person keeps two accounts in other ways is not known to the ledger; whoever buys from itself still pays more in fees than it earns.`}
        </Text>
      </p>
    </Section>
  );
}
