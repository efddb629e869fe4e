import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { AttestationLine } from '#components/identity/attestation-line.tsx';
import { ResourceTable } from '#components/ledger/resource-table.tsx';
import { TransactionTable } from '#components/ledger/transaction-table.tsx';
import { Facts } from '#components/ui/facts.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { accountLabel, formatCount } from '#components/ui/format.ts';
import { roleName } from '#lib/shared/roles.ts';
import { Id } from '#components/ui/id.tsx';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { idOf } from '#components/ui/pager.tsx';
import { Status } from '#components/ledger/status.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import { getAccount } from '#lib/queries/account.ts';
import { getAttestation } from '#lib/queries/identity.ts';
import type { AccountDetail } from '#lib/shared/explorer-dto.ts';
import { isolatedText, visibleText } from '#ledger/contracts/shared/foreign-text.ts';
import { PageFrame } from '../../../../_components/page-frame.tsx';
import { serverNow, type PageInput } from '../../../../_page.ts';

type Input = PageInput<{ id: string }>;

async function accountOf({ params }: Input): Promise<AccountDetail> {
  const id = idOf((await params).id);
  const account = id === undefined ? null : await getAccount(id);
  if (!account) notFound();
  return account;
}

export async function generateMetadata(input: Input): Promise<Metadata> {
  const account = await accountOf(input);
  return { title: account.name === null ? accountLabel(account.id) : visibleText(account.name) };
}

type Key = AccountDetail['keys'][number];

const KEY_COLUMNS: readonly Column<Key>[] = [
  {
    key: 'key',
    header: 'Key',
    isRowHeader: true,
    cell: (key) => (key.key === 0 ? '0 · owner' : `${key.key} · ${key.label ? isolatedText(key.label) : 'no label'}`),
  },
  { key: 'address', header: 'Address', cell: (key) => <Id id={key.address} what="key address" /> },
  { key: 'methods', header: 'May sign', cell: (key) => (key.key === 0 ? 'everything' : key.methods.join(', ')) },
  {
    key: 'expires',
    header: 'Ends',
    cell: (key) => (key.expiresAtMs === null ? 'no end' : <Time timeMs={key.expiresAtMs} />),
  },
  {
    key: 'status',
    header: 'Status',
    align: 'end',
    cell: (key) => <Status status={key.revoked ? 'revoked' : 'active'} />,
  },
];

export default async function AccountPage(input: Input) {
  const [account, nowMs] = await Promise.all([accountOf(input), serverNow()]);
  const attestation = await getAttestation(BigInt(account.id));
  return (
    <PageFrame>
      <PageHeader
        title={account.name === null ? accountLabel(account.id) : <Foreign text={account.name} />}
        meta={<span className="font-mono text-xs text-muted">{accountLabel(account.id)}</span>}
      />
      <Facts
        facts={[
          { name: 'Address of the owner key', value: <Id id={account.address} what="address" isWhole /> },
          { name: 'Roles', value: account.roles.map((role) => roleName(role)).join(', ') || 'none' },
          {
            name: 'Identity',
            value:
              attestation === null ? 'not identified' : <AttestationLine attestation={attestation} nowMs={nowMs} />,
          },
          { name: 'Created', value: <Time timeMs={account.createdAtMs} nowMs={nowMs} /> },
          { name: 'Orders completed', value: formatCount(account.completedOrders) },
          { name: 'Orders broken', value: formatCount(account.brokenOrders) },
        ]}
      />
      <Section title="Keys">
        <Table caption="Keys of the account" columns={KEY_COLUMNS} rows={account.keys} rowKey={(key) => key.key} />
      </Section>
      {account.resources.length > 0 ? (
        <Section title="Resources">
          <ResourceTable caption="Resources of the account" resources={account.resources} nowMs={nowMs} />
        </Section>
      ) : null}
      <Section title="Latest transactions">
        {account.transactions.length === 0 ? (
          <EmptyState title="No transaction that everyone may see">
            Transactions of orders are shown to their parties alone.
          </EmptyState>
        ) : (
          <TransactionTable caption="Latest transactions of the account" transactions={account.transactions} />
        )}
      </Section>
    </PageFrame>
  );
}
