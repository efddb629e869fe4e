import type { ReactNode } from 'react';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { hrefWith, Pager } from '#components/ui/pager.tsx';
import type { PageOf } from '#lib/shared/dto.ts';
import type { WatchedNodeDto } from '#lib/shared/monitoring.ts';
import { MONITORING_READ_EVERY_MS } from './live.ts';
import { NodeFilters, type ShownNodesFilter } from './node-filters.tsx';
import { NodeTable } from './node-table.tsx';

export interface NodeListProps {
  nodes: PageOf<WatchedNodeDto>;
  filter: ShownNodesFilter;
  /** Where the list is; a node's page is below it. */
  path: string;
  nowMs: number;
  actions?: ReactNode;
}

/** All nodes that a filter lets through, page by page, for a role that sees them. */
export function NodeList({ nodes, filter, path, nowMs, actions }: NodeListProps) {
  const isFiltered = Object.values(filter).some(Boolean);
  return (
    <>
      <LiveRefresh ids={[]} asOf={nodes.asOf.height} everyMs={MONITORING_READ_EVERY_MS} />
      <PageHeader
        title="Nodes"
        lead="Providers’ agents, validators and portals, those that have failed first."
        actions={actions}
      />
      <NodeFilters path={path} filter={filter} />
      {nodes.items.length === 0 ? (
        <EmptyState
          title={isFiltered ? 'No node is like that' : 'No node is known yet'}
          {...(isFiltered ? { action: { label: 'Show all nodes', href: path } } : {})}
        >
          An agent stands here from its first heartbeat on, validators and portals as soon as the monitor has started.
        </EmptyState>
      ) : (
        <>
          <NodeTable caption="Nodes, those that have failed first" nodes={nodes.items} base={path} nowMs={nowMs} />
          <Pager {...nodes} what="node" hrefOf={(page) => hrefWith(path, { ...filter }, { page: String(page) })} />
        </>
      )}
    </>
  );
}
