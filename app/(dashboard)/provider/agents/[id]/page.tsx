import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { HostCores } from '#components/allocation/host-cores.tsx';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { CheckNow } from '#components/monitoring/check-now.tsx';
import { HEARTBEAT_READ_EVERY_MS } from '#components/monitoring/live.ts';
import { NodeView } from '#components/monitoring/node-view.tsx';
import { rangeOf } from '#components/monitoring/range-choice.tsx';
import { PlanWindow } from '#components/monitoring/window-form.tsx';
import { WindowList } from '#components/monitoring/window-list.tsx';
import { OperatorIncidents } from '#components/repair/operator-incidents.tsx';
import { Disclosure } from '#components/ui/disclosure.tsx';
import { Section } from '#components/ui/page-header.tsx';
import { idOf, textOf } from '#components/ui/pager.tsx';
import { getHost } from '#lib/queries/allocation.ts';
import { getMaintenanceWindows } from '#lib/queries/alerts.ts';
import { getIncident, getIncidents, getSupportMessages } from '#lib/queries/repairs.ts';
import { getNodeSeries, getWatchedNode } from '#lib/queries/watched-nodes.ts';
import { checkNode, endWindow, moveWindow, planWindow } from '../../../../_monitoring.ts';
import { serverNow, type PageInput } from '../../../../_page.ts';
import { sendMessage } from '../../../../_repairs.ts';
import { withAccount } from '../../../../_session.ts';

export const metadata: Metadata = { title: 'Agent' };

/** An own agent as a node: the monitor's findings, and the maintenance that its owner announces. */
export default async function OwnAgentPage({ params, searchParams }: PageInput<{ id: string }>) {
  const id = idOf((await params).id);
  const path = `/provider/agents/${id ?? ''}`;
  const session = await withAccount(path);
  if (id === undefined) notFound();
  const range = rangeOf(textOf((await searchParams).range, 8));
  const [detail, series, windows, incidents, nowMs] = await Promise.all([
    getWatchedNode(id),
    getNodeSeries(id, range),
    getMaintenanceWindows(),
    getIncidents({ watched: id }),
    serverNow(),
  ]);
  if (detail === null || detail.node.account !== session.account.id) notFound();
  const newest = incidents.items[0];
  const host = await getHost({ address: detail.node.key });
  const [incident, messages] =
    newest === undefined ? [null, null] : await Promise.all([getIncident(newest.id), getSupportMessages(newest.id)]);
  const own = windows.filter(({ node }) => node.id === id);
  return (
    <>
      <LiveRefresh ids={host === null ? [] : [`node:${host.node}`]} everyMs={HEARTBEAT_READ_EVERY_MS} />
      <NodeView detail={detail} series={series} path={path} nowMs={nowMs}>
        <CheckNow node={id} check={checkNode} />
        <HostCores host={host} viewer={{ account: session.account.id, address: session.address }} />
        <OperatorIncidents
          incidents={incidents.items}
          newest={incident}
          messages={messages ?? []}
          send={sendMessage}
          nowMs={nowMs}
        />
        <Section title="Maintenance">
          <div className="flex flex-col gap-3">
            {own.length === 0 ? null : (
              <WindowList windows={own} base="/provider/agents" nowMs={nowMs} change={moveWindow} end={endWindow} />
            )}
            <Disclosure summary="Announce maintenance: no alert is told of it meanwhile">
              <PlanWindow plan={planWindow} node={id} nowMs={nowMs} />
            </Disclosure>
          </div>
        </Section>
      </NodeView>
    </>
  );
}
