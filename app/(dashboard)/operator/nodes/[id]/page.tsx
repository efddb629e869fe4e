import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { NodeAlerts } from '#components/monitoring/alert-table.tsx';
import { HEARTBEAT_READ_EVERY_MS } from '#components/monitoring/live.ts';
import { NodeView } from '#components/monitoring/node-view.tsx';
import { rangeOf } from '#components/monitoring/range-choice.tsx';
import { idOf, textOf } from '#components/ui/pager.tsx';
import { getAlerts } from '#lib/queries/alerts.ts';
import { getNodeSeries, getWatchedNode } from '#lib/queries/watched-nodes.ts';
import { serverNow, type PageInput } from '../../../../_page.ts';
import { holdsRole, withAccount } from '../../../../_session.ts';

export const metadata: Metadata = { title: 'Node' };

export default async function OperatorNodePage({ params, searchParams }: PageInput<{ id: string }>) {
  const id = idOf((await params).id);
  const path = `/operator/nodes/${id ?? ''}`;
  const session = await withAccount(path);
  if (id === undefined || !holdsRole(session, 'NO')) notFound();
  const range = rangeOf(textOf((await searchParams).range, 8));
  const [detail, series, alerts, nowMs] = await Promise.all([
    getWatchedNode(id),
    getNodeSeries(id, range),
    getAlerts({ node: id }),
    serverNow(),
  ]);
  if (detail === null) notFound();
  return (
    <>
      <LiveRefresh ids={[]} asOf={alerts.asOf.height} everyMs={HEARTBEAT_READ_EVERY_MS} />
      <NodeView detail={detail} series={series} path={path} nowMs={nowMs}>
        <NodeAlerts alerts={alerts.items} base="/operator" nowMs={nowMs} />
      </NodeView>
    </>
  );
}
