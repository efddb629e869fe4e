import Link from 'next/link';
import { AsOfBlock } from '#components/ledger/as-of.tsx';
import { ConsensusStrip } from '#components/ledger/consensus-strip.tsx';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { ResourceTable } from '#components/ledger/resource-table.tsx';
import { countOf } from '#components/ui/count.ts';
import { Figures } from '#components/ui/facts.tsx';
import { formatCount } from '#components/ui/format.ts';
import { Money } from '#components/ui/money.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { getCatalogue } from '#lib/queries/catalogue.ts';
import { getConsensusStrip, getNetwork } from '#lib/queries/network.ts';
import { getNetworkRewards } from '#lib/queries/rewards.ts';
import type { NetworkDto } from '#lib/shared/explorer-dto.ts';
import type { NetworkRewardsDto } from '#lib/shared/rewards.ts';
import { Text } from '#components/ui/text.tsx';
import { PageFrame } from '../_components/page-frame.tsx';
import { serverNow } from '../_page.ts';

const NEWEST = 5;

export default async function LandingPage() {
  const [network, rewards, strip, newest, nowMs] = await Promise.all([
    getNetwork(),
    getNetworkRewards(),
    getConsensusStrip(),
    getCatalogue({ sort: 'newest' }),
    serverNow(),
  ]);
  return (
    <PageFrame>
      <LiveRefresh ids={['*']} asOf={network.asOf.height} everyMs={10_000} />
      <PageHeader
        title="A pool of resources between organisations, with rules that everyone can check"
        lead={
          <Text>
            A provider publishes a resource, such as a data set or room for files, and states who may use it, for what,
            how long and at what price. A contract decides every application and says why. The provider’s own machine
            serves it through a link that stops when the time is up, and the bill adds up to the last micro-unit.{' '}
            {countOf(network.validatorsTotal, 'validator')} decide each step; any of them can be wrong without changing
            the outcome.
          </Text>
        }
        actions={
          <>
            <LinkButton href="/catalogue" variant="primary">
              Open the catalogue
            </LinkButton>
            <LinkButton href="/verify">Verify a receipt</LinkButton>
          </>
        }
      />
      <NetworkFigures network={network} />
      <Section title="Consensus, live" aside={<AsOfBlock asOf={strip.asOf} />}>
        <ConsensusStrip strip={strip} />
      </Section>
      <Section
        title="Newest in the catalogue"
        aside={
          <Link href="/catalogue" prefetch={false} className="prose-link">
            {`All ${countOf(newest.total, 'resource')}`}
          </Link>
        }
      >
        {newest.items.length === 0 ? (
          <EmptyState
            title="Nothing has been published yet"
            action={{ label: 'Publish a resource', href: '/provider/publish' }}
          >
            A provider pairs an agent, tests a resource and signs its sharing strategy; then it stands here.
          </EmptyState>
        ) : (
          <ResourceTable caption="Newest resources" resources={newest.items.slice(0, NEWEST)} nowMs={nowMs} />
        )}
      </Section>
      <Rewards rewards={rewards} />
      <HowItWorks />
    </PageFrame>
  );
}

function NetworkFigures({ network }: { network: NetworkDto }) {
  return (
    <>
      <Figures
        figures={[
          { name: 'Resources published', value: formatCount(network.resources) },
          { name: 'Orders', value: formatCount(network.orders) },
          { name: 'Accounts', value: formatCount(network.accounts) },
          { name: 'Transactions', value: formatCount(network.transactions) },
          { name: 'Blocks in the last hour', value: formatCount(network.blocksLastHour) },
          { name: 'Validators running', value: `${network.validatorsRunning} of ${network.validatorsTotal}` },
        ]}
      />
      <p className="mt-1.5 text-end">
        <AsOfBlock asOf={network.asOf} />
      </p>
    </>
  );
}

/** What draws participants in, and that it comes from the fees of others: nothing is minted. */
function Rewards({ rewards }: { rewards: NetworkRewardsDto }) {
  const { last } = rewards;
  return (
    <Section title="Rewards and the treasury" aside="fees come in, rewards go out; nothing is minted">
      <Figures
        figures={[
          { name: 'Supply', value: <Money amountMicro={rewards.supplyMicro} /> },
          { name: 'Treasury', value: <Money amountMicro={rewards.treasuryMicro} /> },
          { name: 'Pool of an epoch', value: <Money amountMicro={rewards.poolMicro} />, note: 'at most' },
          { name: 'Rewards paid', value: <Money amountMicro={rewards.paidMicro} /> },
          {
            name: 'Last epoch',
            value: last === null ? 'none yet' : <Money amountMicro={last.paidMicro} />,
            note: last === null ? null : `epoch ${formatCount(last.epoch)}, to ${countOf(last.accounts, 'account')}`,
          },
        ]}
      />
    </Section>
  );
}

const STEPS = [
  {
    title: 'Publish',
    text: 'The provider’s agent computes the description from the resource itself and signs the test. One signature puts both, and the sharing strategy, on the ledger.',
  },
  {
    title: 'Apply',
    text: 'A customer states purpose, time and amount. The contract grants the application and holds the most it can cost, or refuses it and names every condition that failed.',
  },
  {
    title: 'Use',
    text: 'The agent seals the link to the customer’s key: nobody else can read it, this portal included. It counts what is used and refuses the link from the second the time is up.',
  },
  {
    title: 'Settle',
    text: 'Only intervals that were served are charged; the rest of what was held comes back. Each step has a receipt that verifies with the network off.',
  },
] as const;

function HowItWorks() {
  return (
    <Section title="How a use goes">
      <ol className="grid gap-px overflow-hidden rounded-md border border-border bg-separator sm:grid-cols-2 lg:grid-cols-4">
        {STEPS.map((step, index) => (
          <li key={step.title} className="bg-surface px-3 py-2.5">
            <h3>{`${index + 1}. ${step.title}`}</h3>
            <p className="mt-1 text-muted">{step.text}</p>
          </li>
        ))}
      </ol>
    </Section>
  );
}
