import type { Metadata } from 'next';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { ChainCharts, RefusalCharts } from '#components/monitoring/chain-figures.tsx';
import { BlockCharts } from '#components/monitoring/block-charts.tsx';
import { ConsensusGrid } from '#components/monitoring/consensus-grid.tsx';
import { HEARTBEAT_READ_EVERY_MS } from '#components/monitoring/live.ts';
import { RangeChoice, rangeOf } from '#components/monitoring/range-choice.tsx';
import { RefusalTable } from '#components/monitoring/refusal-table.tsx';
import { countOf } from '#components/ui/count.ts';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { textOf } from '#components/ui/pager.tsx';
import { contractOfCode } from '#ledger/contracts/definitions.ts';
import { wordsOf } from '#lib/errors.ts';
import { getChainSeries, getConsensus } from '#lib/queries/consensus.ts';
import { RoleMissing } from '../../../_components/role-missing.tsx';
import { serverNow, type PageInput } from '../../../_page.ts';
import { holdsRole, withAccount } from '../../../_session.ts';

export const metadata: Metadata = { title: 'Consensus' };

const PATH = '/maintainer/consensus';

export default async function ConsensusPage({ searchParams }: PageInput) {
  const session = await withAccount(PATH);
  if (!holdsRole(session, 'NRNSM')) return <RoleMissing title="Consensus" role="NRNSM" />;
  const range = rangeOf(textOf((await searchParams).range, 8));
  const [consensus, points, nowMs] = await Promise.all([getConsensus(), getChainSeries(range), serverNow()]);
  if (consensus === null) return <RoleMissing title="Consensus" role="NRNSM" />;
  const count = countOf(consensus.blocks.length, 'block');
  return (
    <>
      <LiveRefresh ids={[]} everyMs={HEARTBEAT_READ_EVERY_MS} />
      <PageHeader
        title="Consensus"
        lead="Who proposed the last blocks, whose votes are missing, how long blocks take, and what was refused in them."
      />
      <Section title="Validators" aside={`the last ${count}`}>
        <ConsensusGrid consensus={consensus} />
      </Section>
      <Section title="Block time and rounds" aside={`the last ${count}`}>
        <BlockCharts blocks={consensus.blocks} />
      </Section>
      <Section title="Refused transactions" aside={`in the last ${count}`}>
        {consensus.refusals.length === 0 ? (
          <EmptyState title="Nothing was refused">Every transaction in these blocks did what it asked for.</EmptyState>
        ) : (
          <RefusalTable
            refusals={consensus.refusals.map((refusal) => ({
              ...refusal,
              contract: contractOfCode(refusal.code) ?? 'not known',
              sentence: wordsOf(refusal.code).sentence,
            }))}
          />
        )}
      </Section>
      <Section title="As the monitor measured it">
        <div className="mb-2">
          <RangeChoice path={PATH} range={range} />
        </div>
        <ChainCharts points={points} range={range} nowMs={nowMs} />
      </Section>
      <Section title="Refused, by contract">
        <RefusalCharts points={points} range={range} nowMs={nowMs} />
      </Section>
    </>
  );
}
