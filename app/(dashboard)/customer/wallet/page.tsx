import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { AccountName } from '#components/ledger/account-name.tsx';
import { AsOfBlock } from '#components/ledger/as-of.tsx';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { Figures } from '#components/ui/facts.tsx';
import { accountLabel } from '#components/ui/format.ts';
import { Id } from '#components/ui/id.tsx';
import { Money } from '#components/ui/money.tsx';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { Pager, pageOf } from '#components/ui/pager.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Text } from '#components/ui/text.tsx';
import { Time } from '#components/ui/time.tsx';
import { getWallet } from '#lib/queries/wallet.ts';
import type { WalletEntryDto } from '#lib/shared/dto.ts';
import type { PageInput } from '../../../_page.ts';
import { withAccount } from '../../../_session.ts';
import { StatementCopy } from './_components/statement-copy.tsx';
import { TransferForm } from './_components/transfer-form.tsx';

export const metadata: Metadata = { title: 'Wallet' };

function What({ entry }: { entry: WalletEntryDto }) {
  if (entry.other === null) return <Text>{entry.what}</Text>;
  return (
    <>
      <Text>{`${entry.what} `}</Text>
      <AccountName account={entry.other} />
      {entry.other.name === null ? null : <span className="text-muted">{` (${accountLabel(entry.other.id)})`}</span>}
    </>
  );
}

const COLUMNS: readonly Column<WalletEntryDto>[] = [
  { key: 'time', header: 'Time', cell: (entry) => <Time timeMs={entry.timeMs} /> },
  { key: 'what', header: 'What', isRowHeader: true, cell: (entry) => <What entry={entry} /> },
  {
    key: 'order',
    header: 'Order',
    cell: (entry) =>
      entry.agreement === null ? (
        <span className="text-muted">none</span>
      ) : (
        <a href={`/customer/orders/${entry.agreement.id}`} className="prose-link font-mono text-[0.8125rem]">
          {entry.agreement.name}
        </a>
      ),
  },
  {
    key: 'tx',
    header: 'Transaction',
    cell: (entry) =>
      entry.tx ? (
        <Id id={entry.tx} href={`/explorer/transactions/${entry.tx}`} what="transaction" />
      ) : (
        <span className="text-muted">due work</span>
      ),
  },
  {
    key: 'amount',
    header: 'Amount',
    align: 'end',
    cell: (entry) => <Money amountMicro={entry.amountMicro} isSigned />,
  },
  {
    key: 'balance',
    header: 'Balance after',
    align: 'end',
    cell: (entry) => <Money amountMicro={entry.balanceMicro} />,
  },
];

export default async function WalletPage({ searchParams }: PageInput) {
  const session = await withAccount('/customer/wallet');
  const wallet = await getWallet(pageOf((await searchParams).page));
  if (!wallet) notFound();
  const { entries } = wallet;
  return (
    <>
      <LiveRefresh ids={[`account:${session.account.id}`, 'agreement:']} asOf={entries.asOf.height} />
      <PageHeader
        title="Wallet"
        lead="What is yours, what is held for orders that run, and how each figure came about."
        meta={
          <>
            <span className="hidden print:inline">
              <AccountName account={session.account} />
              <Text>{` (${accountLabel(session.account.id)})`}</Text>
            </span>
            <AsOfBlock asOf={entries.asOf} />
          </>
        }
      />
      <Figures
        figures={[
          { name: 'Balance', value: <Money amountMicro={wallet.balanceMicro} />, note: 'free to use' },
          {
            name: 'Held',
            value: <Money amountMicro={wallet.heldMicro} />,
            note: 'returns, or pays for what was served',
          },
        ]}
      />
      <Section title="Statement" aside="every line leaves the balance beside it">
        {entries.items.length === 0 ? (
          <EmptyState title="No movement yet">
            Tokens that come, are held, return or are paid stand here, each with its transaction.
          </EmptyState>
        ) : (
          <>
            <Table
              caption="Statement, newest first"
              columns={COLUMNS}
              rows={entries.items}
              rowKey={(entry) => `${entry.height}-${entry.what}-${entry.balanceMicro}-${entry.amountMicro}`}
            />
            <StatementCopy account={session.account.id} />
            <Pager {...entries} what="movement" hrefOf={(page) => `/customer/wallet?page=${page}`} />
          </>
        )}
      </Section>
      <div className="print:hidden">
        <Section title="Transfer tokens">
          <TransferForm address={session.address} account={session.account.id} balanceMicro={wallet.balanceMicro} />
        </Section>
      </div>
    </>
  );
}
