import type { Metadata } from 'next';
import Link from 'next/link';
import { DemandTable } from '#components/demand/demand-table.tsx';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { OrderTable } from '#components/ledger/order-table.tsx';
import { IdentityEndedNote } from '#components/order/identity-ended-note.tsx';
import { countOf } from '#components/ui/count.ts';
import { Figures } from '#components/ui/facts.tsx';
import { accountLabel, formatCount } from '#components/ui/format.ts';
import { LinkButton } from '#components/ui/link-button.tsx';
import { Money } from '#components/ui/money.tsx';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { getDemands } from '#lib/queries/demands.ts';
import { getOrders } from '#lib/queries/orders.ts';
import { getWallet } from '#lib/queries/wallet.ts';
import type { DemandSummary } from '#lib/shared/demand-dto.ts';
import type { OrderSummary, SessionDto } from '#lib/shared/dto.ts';
import { Text } from '#components/ui/text.tsx';
import { serverNow } from '../../_page.ts';
import { signedIn, type AccountSession } from '../../_session.ts';
import { firstStepOf, SAMPLE_TASK } from './_components/first-step.ts';

export const metadata: Metadata = { title: 'Customer' };

const RECENT = 5;
const OTHERS = [
  { href: SAMPLE_TASK, label: 'Run a sample task' },
  { href: '/customer/requests/new', label: 'Ask for what you need' },
  { href: '/catalogue', label: 'Find a resource' },
  { href: '/customer/account', label: 'Export your key' },
];
const OPEN = new Set(['reserved', 'prepared', 'active']);

export default async function CustomerHomePage() {
  const session = await signedIn('/customer');
  return (
    <>
      <PageHeader
        title={session.account?.name ?? 'Welcome'}
        lead="What runs, what it costs, and what to do next."
        meta={session.account ? <span>{`account ${accountLabel(session.account.id)}`}</span> : null}
      />
      {session.account ? <Home session={{ ...session, account: session.account }} /> : <FirstStep session={session} />}
    </>
  );
}

function FirstStep({ session }: { session: SessionDto }) {
  return (
    <EmptyState title="Next: create your account" action={{ label: 'Create the account', href: '/customer/account' }}>
      <Text>
        You are signed in with {session.address}, which has no account on the ledger yet. Creating one is your first
        signed action; it costs nothing.
      </Text>
    </EmptyState>
  );
}

async function Home({ session }: { session: AccountSession }) {
  const [orders, demands, wallet, nowMs] = await Promise.all([
    getOrders({ as: 'customer', page: 1 }),
    getDemands({ status: 'open' }),
    getWallet(1),
    serverNow(),
  ]);
  const running = orders.items.filter((order) => OPEN.has(order.status));
  return (
    <>
      <LiveRefresh ids={['agreement:', 'demand:', `account:${session.account.id}`]} asOf={orders.asOf.height} />
      <Figures
        figures={[
          { name: 'Balance', value: wallet ? <Money amountMicro={wallet.balanceMicro} /> : 'no account' },
          { name: 'Held for orders', value: wallet ? <Money amountMicro={wallet.heldMicro} /> : 'nothing' },
          { name: 'Open requests', value: formatCount(demands.total) },
          { name: 'Orders', value: formatCount(orders.total) },
          { name: 'Running now', value: formatCount(running.length) },
        ]}
      />
      <IdentityEndedNote orders={orders.items} viewer="customer" nowMs={nowMs} />
      <NextSteps orders={orders.items} running={running} demands={demands.items} />
      {demands.items.length === 0 ? null : (
        <Section
          title="Open requests"
          aside={
            <Link href="/customer/requests" prefetch={false} className="prose-link">
              All requests
            </Link>
          }
        >
          <DemandTable
            caption="Open requests, newest first"
            demands={demands.items.slice(0, RECENT)}
            viewer="customer"
            nowMs={nowMs}
          />
        </Section>
      )}
      <Section
        title="Latest orders"
        aside={
          orders.total > RECENT ? (
            <Link href="/customer/orders" prefetch={false} className="prose-link">
              {`All ${countOf(orders.total, 'order')}`}
            </Link>
          ) : null
        }
      >
        {orders.items.length === 0 ? (
          <EmptyState title="No orders yet" action={{ label: 'Open the catalogue', href: '/catalogue' }}>
            Choose a resource, ask whether you would be admitted, and apply.
          </EmptyState>
        ) : (
          <OrderTable caption="Latest orders" orders={orders.items.slice(0, RECENT)} viewer="customer" nowMs={nowMs} />
        )}
      </Section>
    </>
  );
}

interface NextStepsProps {
  orders: readonly OrderSummary[];
  running: readonly OrderSummary[];
  demands: readonly DemandSummary[];
}

/** The one thing that waits for the customer first, with its reason; then what else can be done. */
function NextSteps({ orders, running, demands }: NextStepsProps) {
  const first = firstStepOf({ orders, running, demands });
  return (
    <Section title="What to do next">
      <div className="flex flex-col gap-3 rounded-md border border-border bg-surface p-4">
        <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
          <div className="min-w-0 max-w-prose">
            <p className="font-medium">{first.title}</p>
            <p className="text-sm text-muted">{first.why}</p>
          </div>
          <LinkButton href={first.href} variant="primary">
            {first.label}
          </LinkButton>
        </div>
        <div className="flex flex-wrap gap-2 border-t border-separator pt-3">
          {OTHERS.filter(({ href }) => href !== first.href).map(({ href, label }) => (
            <LinkButton key={href} href={href}>
              {label}
            </LinkButton>
          ))}
        </div>
      </div>
    </Section>
  );
}
