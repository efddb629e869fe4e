import type { Metadata } from 'next';
import Link from 'next/link';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { OrderTable } from '#components/ledger/order-table.tsx';
import { countOf } from '#components/ui/count.ts';
import { Figures } from '#components/ui/facts.tsx';
import { accountLabel, formatCount } from '#components/ui/format.ts';
import { LinkButton } from '#components/ui/link-button.tsx';
import { Money } from '#components/ui/money.tsx';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { getOrders } from '#lib/queries/orders.ts';
import { getWallet } from '#lib/queries/wallet.ts';
import type { OrderSummary, SessionDto } from '#lib/shared/dto.ts';
import { Text } from '#components/ui/text.tsx';
import { serverNow } from '../../_page.ts';
import { signedIn, type AccountSession } from '../../_session.ts';

export const metadata: Metadata = { title: 'Customer' };

const RECENT = 5;
const OPEN = new Set(['reserved', 'prepared', 'active']);

export default async function CustomerHomePage() {
  const session = await signedIn('/customer');
  return (
    <>
      <PageHeader title={session.account?.name ?? 'Welcome'} lead="What runs, what it costs, and what to do next." />
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
  const [orders, wallet, nowMs] = await Promise.all([
    getOrders({ as: 'customer', page: 1 }),
    getWallet(1),
    serverNow(),
  ]);
  const running = orders.items.filter((order) => OPEN.has(order.status));
  return (
    <>
      <LiveRefresh ids={['agreement:', `account:${session.account.id}`]} asOf={orders.asOf.height} />
      <Figures
        figures={[
          { name: 'Account', value: accountLabel(session.account.id) },
          { name: 'Balance', value: wallet ? <Money amountMicro={wallet.balanceMicro} /> : 'no account' },
          { name: 'Held for orders', value: wallet ? <Money amountMicro={wallet.heldMicro} /> : 'nothing' },
          { name: 'Orders', value: formatCount(orders.total) },
          { name: 'Running now', value: formatCount(running.length) },
        ]}
      />
      <NextSteps orders={orders.items} running={running} />
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

function NextSteps({ orders, running }: { orders: readonly OrderSummary[]; running: readonly OrderSummary[] }) {
  const first = running[0];
  return (
    <Section title="What to do next">
      <div className="flex flex-wrap gap-2">
        {first ? (
          <LinkButton href={`/customer/orders/${first.id}`} variant="primary">
            Open the running order
          </LinkButton>
        ) : null}
        <LinkButton href="/catalogue" {...(first ? {} : { variant: 'primary' as const })}>
          {orders.length === 0 ? 'Find a resource' : 'Find another resource'}
        </LinkButton>
        <LinkButton href="/customer/account">Export your key</LinkButton>
      </div>
    </Section>
  );
}
