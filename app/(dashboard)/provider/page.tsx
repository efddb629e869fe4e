import type { Metadata } from 'next';
import Link from 'next/link';
import { AGENT_READ_EVERY_MS } from '#components/ledger/agent-silence.ts';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { OrderTable } from '#components/ledger/order-table.tsx';
import { countOf } from '#components/ui/count.ts';
import { Figures } from '#components/ui/facts.tsx';
import { formatCount } from '#components/ui/format.ts';
import { LinkButton } from '#components/ui/link-button.tsx';
import { Money } from '#components/ui/money.tsx';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { getAgents } from '#lib/queries/agents.ts';
import { getOrders } from '#lib/queries/orders.ts';
import { getOwnResources } from '#lib/queries/resource.ts';
import { getWallet } from '#lib/queries/wallet.ts';
import { serverNow } from '../../_page.ts';
import { holdsRole } from '../../_roles.ts';
import { withAccount } from '../../_session.ts';
import { NextSteps } from './_components/next-steps.tsx';
import { RoleMissing } from './_components/role-missing.tsx';

export const metadata: Metadata = { title: 'Provider' };

const RECENT = 5;
const OPEN = new Set(['reserved', 'prepared', 'active']);

export default async function ProviderHomePage() {
  const session = await withAccount('/provider');
  if (!holdsRole(session, 'NRP')) return <RoleMissing title="Provider" />;
  const [resources, suspended, orders, agents, wallet, nowMs] = await Promise.all([
    getOwnResources(1),
    getOwnResources(1, 'suspended'),
    getOrders({ as: 'provider', page: 1 }),
    getAgents(),
    getWallet(1),
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
      <NextSteps agents={agents} suspended={suspended.items} hasResource={resources.total > 0} nowMs={nowMs} />
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
