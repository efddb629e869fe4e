import type { Metadata } from 'next';
import Link from 'next/link';
import { RefusedPrograms } from '#components/demand/refused-programs.tsx';
import { AsOfBlock } from '#components/ledger/as-of.tsx';
import { ConsensusStrip } from '#components/ledger/consensus-strip.tsx';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { countOf } from '#components/ui/count.ts';
import { TransactionTable } from '#components/ledger/transaction-table.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { durationInWords, formatCount } from '#components/ui/format.ts';
import { Id } from '#components/ui/id.tsx';
import { EmptyState, Note } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { hrefWith, Pager, pageOf } from '#components/ui/pager.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import { getBlocks, getFilledBlocks, getTransactions } from '#lib/queries/explorer.ts';
import { getConsensusStrip } from '#lib/queries/network.ts';
import { getRefusedPrograms } from '#lib/queries/refused-programs.ts';
import type { RefusedProgramDto } from '#lib/shared/demand-dto.ts';
import type { PageOf } from '#lib/shared/dto.ts';
import type { BlockSummary, ConsensusStripDto, TransactionSummary } from '#lib/shared/explorer-dto.ts';
import { Text } from '#components/ui/text.tsx';
import { PageFrame } from '../../_components/page-frame.tsx';
import type { PageInput } from '../../_page.ts';

export const metadata: Metadata = { title: 'Explorer' };

const COLUMNS: readonly Column<BlockSummary>[] = [
  {
    key: 'height',
    header: 'Block',
    isRowHeader: true,
    cell: (block) => (
      <Link href={`/explorer/blocks/${block.height}`} prefetch={false} className="prose-link font-medium tabular-nums">
        {formatCount(block.height)}
      </Link>
    ),
  },
  { key: 'hash', header: 'Hash', cell: (block) => <Id id={block.hash} what="block hash" /> },
  {
    key: 'proposer',
    header: 'Proposed by',
    cell: (block) =>
      block.proposerName === null ? (
        <Id id={block.proposer} what="validator address" />
      ) : (
        <Foreign text={block.proposerName} />
      ),
  },
  { key: 'round', header: 'Round', align: 'end', cell: (block) => block.round ?? 'with the next block' },
  { key: 'transactions', header: 'Transactions', align: 'end', cell: (block) => formatCount(block.transactions) },
  { key: 'due', header: 'Due work', align: 'end', cell: (block) => formatCount(block.dueItems) },
  { key: 'time', header: 'Time', align: 'end', cell: (block) => <Time timeMs={block.timeMs} /> },
];

export default async function ExplorerPage({ searchParams }: PageInput) {
  const query = await searchParams;
  const [page, transactionPage] = [pageOf(query.page), pageOf(query.transactions)];
  const isWithoutEmpty = query.empty === 'hidden';
  const refusedPage = pageOf(query.refused);
  const [strip, transactions, blocks, refused] = await Promise.all([
    getConsensusStrip(),
    getTransactions(transactionPage),
    isWithoutEmpty ? getFilledBlocks(page) : getBlocks(page),
    getRefusedPrograms(refusedPage),
  ]);
  const shown = {
    page: page === 1 ? undefined : String(page),
    transactions: transactionPage === 1 ? undefined : String(transactionPage),
    empty: isWithoutEmpty ? 'hidden' : undefined,
    refused: refusedPage === 1 ? undefined : String(refusedPage),
  };
  return (
    <PageFrame>
      {page === 1 && transactionPage === 1 ? (
        <LiveRefresh ids={['*']} asOf={blocks.asOf.height} everyMs={5_000} />
      ) : null}
      <PageHeader
        title="Explorer"
        lead="Every block, transaction and account of this network, and who signed."
        meta={<AsOfBlock asOf={blocks.asOf} />}
      />
      <Consensus strip={strip} />
      <Section title="Transactions" aside="what people and agents signed, and work that fell due">
        <Transactions items={transactions.items} />
        <Pager
          {...transactions}
          what="transaction"
          hrefOf={(target) => hrefWith('/explorer', shown, { transactions: String(target) })}
        />
      </Section>
      <Section
        title="Blocks"
        aside={
          <>
            <span>a block as soon as a transaction waits, an empty one every 10 s ·</span>{' '}
            <Link
              href={hrefWith('/explorer', shown, { page: undefined, empty: isWithoutEmpty ? undefined : 'hidden' })}
              prefetch={false}
              className="prose-link"
              scroll={false}
            >
              {isWithoutEmpty ? 'Show empty blocks too' : 'Hide empty blocks'}
            </Link>
          </>
        }
      >
        <BlockTable blocks={blocks.items} />
        <Pager
          page={blocks.page}
          pageSize={blocks.pageSize}
          total={blocks.total}
          what="block"
          hrefOf={(target) => hrefWith('/explorer', shown, { page: String(target) })}
        />
      </Section>
      <Refused refused={refused} shown={shown} />
    </PageFrame>
  );
}

function Refused({
  refused,
  shown,
}: {
  refused: PageOf<RefusedProgramDto>;
  shown: Readonly<Record<string, string | undefined>>;
}) {
  return (
    <Section title="Refused programs" aside="no provider of the network runs them">
      <RefusedPrograms programs={refused.items} />
      {refused.total === 0 ? null : (
        <Pager
          {...refused}
          what="program"
          hrefOf={(target) => hrefWith('/explorer', shown, { refused: String(target) })}
        />
      )}
    </Section>
  );
}

function Consensus({ strip }: { strip: ConsensusStripDto }) {
  return (
    <Section title={`Consensus, last ${countOf(strip.blocks.length, 'block')}`}>
      {strip.stillForMs === null ? null : (
        <div className="mb-3">
          <Note kind="warning">
            <Text>
              No block for {durationInWords(strip.stillForMs)}: fewer than two thirds of the validators decide together,
              or this portal does not hear of it. Nothing that was recorded is lost.
            </Text>
          </Note>
        </div>
      )}
      <ConsensusStrip strip={strip} />
    </Section>
  );
}

function BlockTable({ blocks }: { blocks: readonly BlockSummary[] }) {
  if (blocks.length === 0) {
    return (
      <EmptyState title="No block has been read yet">
        The projector has not caught up with the ledger: this page fills by itself.
      </EmptyState>
    );
  }
  return <Table caption="Blocks, newest first" columns={COLUMNS} rows={blocks} rowKey={(block) => block.height} />;
}

function Transactions({ items }: { items: readonly TransactionSummary[] }) {
  if (items.length === 0) {
    return (
      <EmptyState title="Nothing has been recorded yet">
        The first transaction stands here once it is decided.
      </EmptyState>
    );
  }
  return <TransactionTable caption="Transactions, newest first" transactions={items} />;
}
