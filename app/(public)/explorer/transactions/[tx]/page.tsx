import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { AccountName } from '#components/ledger/account-name.tsx';
import { EventList } from '#components/ledger/event-list.tsx';
import { ReceiptLink } from '#components/ledger/receipt-link.tsx';
import { Facts } from '#components/ui/facts.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { formatCount, shorten } from '#components/ui/format.ts';
import { Id } from '#components/ui/id.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { Outcome } from '#components/ledger/status.tsx';
import { Time } from '#components/ui/time.tsx';
import { getTransaction } from '#lib/queries/explorer.ts';
import type { TransactionDetail } from '#lib/shared/explorer-dto.ts';
import { PageFrame } from '../../../../_components/page-frame.tsx';
import type { PageInput } from '../../../../_page.ts';

type Input = PageInput<{ tx: string }>;

async function transactionOf({ params }: Input): Promise<TransactionDetail> {
  const tx = (await params).tx.toLowerCase();
  const transaction = /^[0-9a-f]{64}$/.test(tx) ? await getTransaction(tx) : null;
  if (!transaction) notFound();
  return transaction;
}

export async function generateMetadata(input: Input): Promise<Metadata> {
  const { method, tx } = await transactionOf(input);
  return { title: `${method} ${shorten(tx ?? '')}` };
}

export default async function TransactionPage(input: Input) {
  const transaction = await transactionOf(input);
  return (
    <PageFrame>
      <PageHeader
        title={transaction.method}
        meta={
          <>
            <Outcome code={transaction.code} outcome={transaction.outcome} />
            {transaction.hasReceipt ? <ReceiptLink logIndex={transaction.logIndex} /> : null}
          </>
        }
      />
      <Facts
        facts={[
          { name: 'Transaction', value: <Id id={transaction.tx ?? ''} what="transaction" isWhole /> },
          {
            name: 'Signed by',
            value: transaction.account ? (
              <AccountName account={transaction.account} />
            ) : transaction.method === 'CreateAccount' ? (
              'an account that did not exist yet'
            ) : (
              'only the parties see this'
            ),
          },
          {
            name: 'Key',
            value: transaction.key === 0 ? '0, the owner’s' : `${transaction.key}, authorised by the owner`,
          },
          { name: 'Nonce', value: formatCount(transaction.nonce) },
          { name: 'Valid until', value: <Time timeMs={transaction.validUntilMs} /> },
          {
            name: 'Block',
            value: (
              <Link href={`/explorer/blocks/${transaction.height}`} prefetch={false} className="prose-link">
                {formatCount(transaction.height)}
              </Link>
            ),
          },
          { name: 'Decided', value: <Time timeMs={transaction.timeMs} /> },
          { name: 'Place in the receipt log', value: formatCount(transaction.logIndex) },
        ]}
      />
      <Section title="What was signed" aside="the fields as the wallet showed them">
        <Facts
          facts={transaction.fields.map((field) => ({
            name: field.name,
            value: (
              <span className="break-all">
                <Foreign text={field.value} />
              </span>
            ),
          }))}
        />
      </Section>
      <Section title="What it did">
        <EventList events={transaction.events} />
      </Section>
    </PageFrame>
  );
}
