import type { Metadata } from 'next';
import Link from 'next/link';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { CensusTable } from '#components/monitoring/census-table.tsx';
import { ChainCharts } from '#components/monitoring/chain-figures.tsx';
import { ChangeTable } from '#components/monitoring/change-table.tsx';
import { HEARTBEAT_READ_EVERY_MS } from '#components/monitoring/live.ts';
import { ConnectionMatrix } from '#components/monitoring/connection-matrix.tsx';
import { NodeMap } from '#components/monitoring/node-map.tsx';
import { UptimeTable } from '#components/monitoring/uptime-table.tsx';
import { RangeChoice, rangeOf } from '#components/monitoring/range-choice.tsx';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { textOf } from '#components/ui/pager.tsx';
import { getConnections, getNodePlaces } from '#lib/queries/connections.ts';
import { getWatchedNodes } from '#lib/queries/watched-nodes.ts';
import { countOf } from '#components/ui/count.ts';
import { getChainSeries } from '#lib/queries/consensus.ts';
import { getNodeCensus, getStatusChanges } from '#lib/queries/monitoring-census.ts';
import { RoleMissing } from '../../_components/role-missing.tsx';
import { serverNow, type PageInput } from '../../_page.ts';
import { holdsRole, withAccount } from '../../_session.ts';

export const metadata: Metadata = { title: 'Network' };

export default async function OperatorPage({ searchParams }: PageInput) {
  const session = await withAccount('/operator');
  if (!holdsRole(session, 'NO')) return <RoleMissing title="Network" role="NO" />;
  const range = rangeOf(textOf((await searchParams).range, 8));
  const [census, places, nodes, changes, points, nowMs] = await Promise.all([
    getNodeCensus(),
    getNodePlaces(),
    getWatchedNodes({}),
    getStatusChanges(),
    getChainSeries(range),
    serverNow(),
  ]);
  return (
    <>
      <LiveRefresh ids={[]} everyMs={HEARTBEAT_READ_EVERY_MS} />
      <PageHeader
        title="Network"
        lead="Which nodes there are, where and how they are, how they reach one another, what changed, and what the chain did."
      />
      <Section
        title="Nodes by kind and status"
        aside={
          <Link href="/operator/nodes" prefetch={false} className="prose-link">
            All nodes
          </Link>
        }
      >
        <CensusTable census={census} />
      </Section>
      <Section title="Nodes by region">
        {places.length === 0 ? (
          <EmptyState title="No node offers a resource">Once one does, its region and place stand here.</EmptyState>
        ) : (
          <NodeMap nodes={places} base="/operator/nodes" />
        )}
      </Section>
      <Connections />
      <Section
        title="The last 24 hours, node by node"
        aside={
          nodes.total > nodes.items.length ? `${nodes.items.length} of ${countOf(nodes.total, 'node')}` : undefined
        }
      >
        {nodes.items.length === 0 ? (
          <EmptyState title="No node is watched yet">How each was heard stands here.</EmptyState>
        ) : (
          <UptimeTable nodes={nodes.items} base="/operator/nodes" nowMs={nowMs} />
        )}
      </Section>
      <Section title="The chain">
        <div className="mb-2">
          <RangeChoice path="/operator" range={range} />
        </div>
        <ChainCharts points={points} range={range} nowMs={nowMs} />
      </Section>
      <Section title="Status history" aside="the last 50 changes">
        {changes.length === 0 ? (
          <EmptyState title="No status has changed yet">
            Each change of a node’s status stands here with why.
          </EmptyState>
        ) : (
          <ChangeTable changes={changes} base="/operator/nodes" nowMs={nowMs} />
        )}
      </Section>
    </>
  );
}

/** How the nodes that fail first reach one another and their portal. */
async function Connections() {
  const connections = await getConnections();
  return (
    <Section title="Connections" aside="round trip and loss over the last hour">
      {connections === null || connections.nodes.length === 0 ? (
        <EmptyState title="No node is watched yet">What nodes measure of their ways stands here.</EmptyState>
      ) : (
        <>
          <ConnectionMatrix connections={connections} base="/operator/nodes" />
          {connections.total > connections.nodes.length ? (
            <p className="mt-2 text-sm text-muted">
              {`The ${connections.nodes.length} that fail first, of ${countOf(connections.total, 'node')}; each node’s page has its own ways.`}
            </p>
          ) : null}
        </>
      )}
    </Section>
  );
}
