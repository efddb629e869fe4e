import type { Metadata } from 'next';
import { nodesFilterOf, shownNodesFilterOf } from '#components/monitoring/node-filters.tsx';
import { NodeList } from '#components/monitoring/node-list.tsx';
import { pageOf } from '#components/ui/pager.tsx';
import { getWatchedNodes } from '#lib/queries/watched-nodes.ts';
import { RoleMissing } from '../../../_components/role-missing.tsx';
import { serverNow, type PageInput } from '../../../_page.ts';
import { holdsRole, withAccount } from '../../../_session.ts';

export const metadata: Metadata = { title: 'Nodes' };

const PATH = '/maintainer/nodes';

export default async function MaintainerNodesPage({ searchParams }: PageInput) {
  const session = await withAccount(PATH);
  if (!holdsRole(session, 'NRNSM')) return <RoleMissing title="Nodes" role="NRNSM" />;
  const query = await searchParams;
  const filter = shownNodesFilterOf(query);
  const [nodes, nowMs] = await Promise.all([
    getWatchedNodes({ ...nodesFilterOf(filter), page: pageOf(query.page) }),
    serverNow(),
  ]);
  return <NodeList nodes={nodes} filter={filter} path={PATH} nowMs={nowMs} />;
}
