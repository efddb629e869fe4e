import type { Metadata } from 'next';
import Link from 'next/link';
import { AnswerNotice } from '#components/demand/answer-notice.tsx';
import { DemandFacts } from '#components/demand/demand-facts.tsx';
import { NoticeTable } from '#components/demand/notice-table.tsx';
import { AGENT_READ_EVERY_MS } from '#components/ledger/agent-silence.ts';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { OrderTable } from '#components/ledger/order-table.tsx';
import { IdentityEndedNote } from '#components/order/identity-ended-note.tsx';
import { OwnIncidents } from '#components/repair/own-incidents.tsx';
import { countOf } from '#components/ui/count.ts';
import { Figures } from '#components/ui/facts.tsx';
import { formatCount } from '#components/ui/format.ts';
import { LinkButton } from '#components/ui/link-button.tsx';
import { Money } from '#components/ui/money.tsx';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { getAgents } from '#lib/queries/agents.ts';
import { getNotices } from '#lib/queries/notices.ts';
import { getOrders } from '#lib/queries/orders.ts';
import { getIncidents } from '#lib/queries/repairs.ts';
import { getOwnResources } from '#lib/queries/resource.ts';
import { getWallet } from '#lib/queries/wallet.ts';
import type { NoticeDto } from '#lib/shared/demand-dto.ts';
import type { PageOf, ResourceSummary } from '#lib/shared/dto.ts';
import { serverNow } from '../../_page.ts';
import { holdsRole, withAccount } from '../../_session.ts';
import { NextSteps } from './_components/next-steps.tsx';
import { RoleMissing } from '../../_components/role-missing.tsx';

export const metadata: Metadata = { title: 'Provider' };

const RECENT = 5;
const OPEN = new Set(['reserved', 'prepared', 'active']);

export default async function ProviderHomePage() {
  const session = await withAccount('/provider');
  if (!holdsRole(session, 'NRP')) return <RoleMissing title="Provider" role="NRP" />;
  const [resources, published, suspended, notices, orders, agents, wallet, incidents, nowMs] = await Promise.all([
    getOwnResources(1),
    getOwnResources(1, 'published'),
    getOwnResources(1, 'suspended'),
    getNotices({ as: 'provider' }),
    getOrders({ as: 'provider', page: 1 }),
    getAgents(),
    getWallet(1),
    getIncidents({ isOwn: true }),
    serverNow(),
  ]);
  const running = orders.items.filter((order) => OPEN.has(order.status)).length;
  return (
    <>
      <LiveRefresh
        ids={['agreement:', 'resource:', `account:${session.account.id}`]}
        asOf={orders.asOf.height}
        everyMs={AGENT_READ_EVERY_MS}
      />
      <PageHeader
        title="Provider"
        lead="What you share, who uses it, and what it brings in."
        actions={
          <LinkButton href="/provider/publish" variant="primary">
            Publish a resource
          </LinkButton>
        }
      />
      <Figures
        figures={[
          { name: 'Resources', value: formatCount(resources.total) },
          { name: 'Orders', value: formatCount(orders.total) },
          { name: 'Running now', value: formatCount(running) },
          { name: 'Agents paired', value: formatCount(agents.filter((agent) => agent.key !== null).length) },
          { name: 'Balance', value: wallet ? <Money amountMicro={wallet.balanceMicro} /> : 'no wallet' },
        ]}
      />
      <IdentityEndedNote orders={orders.items} viewer="provider" nowMs={nowMs} />
      <NextSteps agents={agents} suspended={suspended.items} hasResource={resources.total > 0} nowMs={nowMs} />
      <OwnIncidents incidents={incidents.items} nowMs={nowMs} />
      <AskedToShare notices={notices} published={published.items} address={session.address} nowMs={nowMs} />
      <Section
        title="Latest orders"
        aside={
          orders.total > RECENT ? (
            <Link href="/provider/orders" prefetch={false} className="prose-link">
              {`All ${countOf(orders.total, 'order')}`}
            </Link>
          ) : null
        }
      >
        {orders.items.length === 0 ? (
          <EmptyState title="No orders yet" action={{ label: 'See your resources', href: '/provider/resources' }}>
            Customers apply from the catalogue; the contract decides by your strategy, and orders stand here.
          </EmptyState>
        ) : (
          <OrderTable caption="Latest orders" orders={orders.items.slice(0, RECENT)} viewer="provider" nowMs={nowMs} />
        )}
      </Section>
    </>
  );
}

interface AskedToShareProps {
  notices: PageOf<NoticeDto>;
  published: readonly ResourceSummary[];
  address: string;
  nowMs: number;
}

/** What brokers ask this provider to share, and its answers. Nothing before the first request. */
function AskedToShare({ notices, published, address, nowMs }: AskedToShareProps) {
  if (notices.items.length === 0) return null;
  const answer = ({ notice, kind, status, demand }: NoticeDto) =>
    status === 'relayed' || status === 'will-share' ? (
      <AnswerNotice
        notice={{ notice, kind, status, demand: demand.id }}
        resources={published.filter((own) => own.kind === kind).map(({ id, title }) => ({ id, title }))}
        address={address}
      >
        <DemandFacts demand={demand} nowMs={nowMs} />
      </AnswerNotice>
    ) : null;
  return (
    <Section title="Brokers ask you to share" aside="it obliges you to nothing; the customer reads your answer">
      <NoticeTable notices={notices.items} as="provider" nowMs={nowMs} actionOf={answer} />
    </Section>
  );
}
