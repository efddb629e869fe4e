import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { EventList } from '#components/ledger/event-list.tsx';
import { TransactionTable } from '#components/ledger/transaction-table.tsx';
import { Facts } from '#components/ui/facts.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { formatCount } from '#components/ui/format.ts';
import { Id } from '#components/ui/id.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { idOf } from '#components/ui/pager.tsx';
import { Status } from '#components/ledger/status.tsx';
import { Time } from '#components/ui/time.tsx';
import { getBlock } from '#lib/queries/explorer.ts';
import type { BlockDetail } from '#lib/shared/explorer-dto.ts';
import { PageFrame } from '../../../../_components/page-frame.tsx';
import type { PageInput } from '../../../../_page.ts';

type Input = PageInput<{ height: string }>;

async function blockOf({ params }: Input): Promise<BlockDetail> {
  const height = idOf((await params).height);
  const block = height === undefined ? null : await getBlock(height);
  if (!block) notFound();
  return block;
}

export async function generateMetadata(input: Input): Promise<Metadata> {
  return { title: `Block ${formatCount((await blockOf(input)).height)}` };
}

export default async function BlockPage(input: Input) {
  const block = await blockOf(input);
  return (
    <PageFrame>
      <PageHeader
        title={`Block ${formatCount(block.height)}`}
        meta={<Time timeMs={block.timeMs} />}
        actions={
          <>
            {block.height > 1 ? (
              <LinkButton href={`/explorer/blocks/${block.height - 1}`}>Previous block</LinkButton>
            ) : null}
            <LinkButton href={`/explorer/blocks/${block.height + 1}`}>Next block</LinkButton>
          </>
        }
      />
      <Facts
        facts={[
          { name: 'Hash', value: <Id id={block.hash} what="block hash" isWhole /> },
          { name: 'Application hash', value: <Id id={block.appHash} what="application hash" isWhole /> },
          {
            name: 'Proposed by',
            value: (
              <>
                <Foreign text={block.proposerName ?? ''} /> <Id id={block.proposer} what="validator address" />
              </>
            ),
          },
          { name: 'Decided in round', value: block.round ?? 'known with the next block' },
          { name: 'Transactions', value: formatCount(block.transactions) },
          { name: 'Due work', value: formatCount(block.dueItems) },
        ]}
      />
      <Section title="Signatures" aside="more than two thirds decide">
        {block.signers.length === 0 ? (
          <EmptyState title="The signatures are not recorded yet">
            The next block carries them; an idle ledger makes one every ten seconds.
          </EmptyState>
        ) : (
          <ul className="grid gap-x-6 gap-y-1 rounded-md border border-border bg-surface px-3 py-2 sm:grid-cols-2">
            {block.signers.map((signer) => (
              <li key={signer.address} className="flex items-center justify-between gap-3">
                <span className="flex min-w-0 flex-wrap items-center gap-x-2">
                  <Foreign text={signer.name ?? ''} /> <Id id={signer.address} what="validator address" />
                </span>
                <Status status={signer.signed ? 'done' : 'stopped'} word={signer.signed ? 'signed' : 'missed'} />
              </li>
            ))}
          </ul>
        )}
      </Section>
      <Section title="Transactions">
        {block.items.length === 0 ? (
          <EmptyState title="This block carries no transaction">
            It is empty, or proves the state that the block before it left.
          </EmptyState>
        ) : (
          <TransactionTable caption={`Transactions of block ${block.height}`} transactions={block.items} />
        )}
      </Section>
      <Section title="Events">
        <EventList events={block.events} hasReceipts />
      </Section>
    </PageFrame>
  );
}
