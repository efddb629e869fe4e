import type { Metadata } from 'next';
import { IdentityQueue } from '#components/identity/identity-queue.tsx';
import { RevokeIdentity } from '#components/identity/revoke-identity.tsx';
import { AccountName } from '#components/ledger/account-name.tsx';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { formatCount } from '#components/ui/format.ts';
import { EmptyState, Note } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { Table } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import { LEVELS } from '#ledger/contracts/identity/identity-words.ts';
import { getIdentityDesk } from '#lib/queries/identity.ts';
import { getAnchor } from '#lib/queries/network.ts';
import type { IdentifiedAccountDto } from '#lib/shared/identity.ts';
import { RoleMissing } from '../../../_components/role-missing.tsx';
import { serverNow } from '../../../_page.ts';
import { withAccount } from '../../../_session.ts';

export const metadata: Metadata = { title: 'Identity queue' };

const PATH = '/operator/identity';

export default async function IdentityQueuePage() {
  const session = await withAccount(PATH);
  const [desk, anchor, nowMs] = await Promise.all([getIdentityDesk(), getAnchor(), serverNow()]);
  if (desk === null) return <RoleMissing title="Identity queue" role="NO" />;
  const { address, account } = session;
  return (
    <>
      <LiveRefresh ids={[`account:${account.id}`]} everyMs={5_000} />
      <PageHeader
        title="Identity queue"
        lead="Who asks you to say that you know them. Your program compares what they state with your own records, beside you; what it leaves to a person is opened in this browser alone."
      />
      {desk.sealingKey === null ? (
        <Note kind="warning" title="You do not identify accounts yet">
          Start the identity program beside your records (npm run identity), and allow its key on the page Programs.
          From then on accounts can ask you.
        </Note>
      ) : null}
      <Section title="Waiting">
        <IdentityQueue
          queue={desk.queue}
          address={address}
          operator={account.id}
          network={anchor.genesisHash}
          nowMs={nowMs}
        />
      </Section>
      <Section title="Identified by you">
        <Identified accounts={desk.identified} address={address} nowMs={nowMs} />
      </Section>
    </>
  );
}

interface IdentifiedProps {
  accounts: readonly IdentifiedAccountDto[];
  address: string;
  nowMs: number;
}

function Identified({ accounts, address, nowMs }: IdentifiedProps) {
  if (accounts.length === 0)
    return (
      <EmptyState title="Nobody yet">Accounts that you have identified stand here, and are revoked here.</EmptyState>
    );
  return (
    <Table
      caption="Accounts that you have identified"
      columns={[
        {
          key: 'account',
          header: 'Account',
          isRowHeader: true,
          cell: ({ account }) => <AccountName account={account} />,
        },
        { key: 'level', header: 'How', cell: ({ level }) => LEVELS[level] },
        { key: 'since', header: 'Since', cell: ({ attestedAtMs }) => <Time timeMs={attestedAtMs} nowMs={nowMs} /> },
        { key: 'until', header: 'Until', cell: ({ endsAtMs }) => <Time timeMs={endsAtMs} nowMs={nowMs} /> },
        { key: 'orders', header: 'Orders that run by it', align: 'end', cell: ({ orders }) => formatCount(orders) },
        {
          key: 'revoke',
          header: 'Revoke',
          align: 'end',
          cell: ({ account, orders }) => <RevokeIdentity account={account.id} orders={orders} address={address} />,
        },
      ]}
      rows={accounts}
      rowKey={({ account }) => account.id}
    />
  );
}
