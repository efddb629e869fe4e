import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { NodeAlerts } from '#components/monitoring/alert-table.tsx';
import { CheckNow } from '#components/monitoring/check-now.tsx';
import { HEARTBEAT_READ_EVERY_MS } from '#components/monitoring/live.ts';
import { NodeView } from '#components/monitoring/node-view.tsx';
import { rangeOf } from '#components/monitoring/range-choice.tsx';
import { RegisterPanel } from '#components/nodes/register-panel.tsx';
import { PlanWindow } from '#components/monitoring/window-form.tsx';
import { NodeIncidents } from '#components/repair/node-incidents.tsx';
import { Disclosure } from '#components/ui/disclosure.tsx';
import { Section } from '#components/ui/page-header.tsx';
import { idOf, textOf } from '#components/ui/pager.tsx';
import { getAlerts } from '#lib/queries/alerts.ts';
import { getParameters } from '#lib/queries/network.ts';
import { getNodeOfKey, getNodeOfPortal } from '#lib/queries/nodes.ts';
import { getIncidents } from '#lib/queries/repairs.ts';
import { getNodeSeries, getWatchedNode } from '#lib/queries/watched-nodes.ts';
import { nodeViewerOf } from '../../../../_node-viewer.ts';
import { checkNode, planWindow } from '../../../../_monitoring.ts';
import { serverNow, type PageInput } from '../../../../_page.ts';
import { holdsRole, withAccount } from '../../../../_session.ts';

export const metadata: Metadata = { title: 'Node' };

export default async function MaintainerNodePage({ params, searchParams }: PageInput<{ id: string }>) {
  const id = idOf((await params).id);
  const path = `/maintainer/nodes/${id ?? ''}`;
  const session = await withAccount(path);
  if (id === undefined || !holdsRole(session, 'NRNSM')) notFound();
  const range = rangeOf(textOf((await searchParams).range, 8));
  const [detail, series, alerts, incidents, nowMs] = await Promise.all([
    getWatchedNode(id),
    getNodeSeries(id, range),
    getAlerts({ node: id }),
    getIncidents({ watched: id }),
    serverNow(),
  ]);
  if (detail === null) notFound();
  const { kind, key } = detail.node;
  const [registered, parameters] = await Promise.all([
    kind === 'portal' ? getNodeOfPortal(key) : getNodeOfKey(key),
    getParameters(),
  ]);
  return (
    <>
      <LiveRefresh
        ids={registered === null ? [] : [`node:${registered.id}`]}
        asOf={alerts.asOf.height}
        everyMs={HEARTBEAT_READ_EVERY_MS}
      />
      <NodeView detail={detail} series={series} path={path} nowMs={nowMs}>
        <CheckNow node={id} check={checkNode} />
        <RegisterPanel
          node={registered}
          viewer={nodeViewerOf(session)}
          nowMs={nowMs}
          silenceMs={Number(parameters.silenceMs ?? 0)}
          failsSinceMs={detail.node.status === 'failed' ? detail.node.statusSinceMs : null}
        />
        <NodeAlerts alerts={alerts.items} base="/maintainer" nowMs={nowMs} />
        <NodeIncidents
          incidents={incidents.items}
          hrefOf={(incident) => `/maintainer/repairs/${incident}`}
          nowMs={nowMs}
        />
        <Section
          title="Maintenance"
          aside={
            <Link href="/maintainer/calendar" prefetch={false} className="prose-link">
              The calendar
            </Link>
          }
        >
          <Disclosure summary="Plan maintenance of it: no alert is told meanwhile">
            <PlanWindow plan={planWindow} node={id} nowMs={nowMs} />
          </Disclosure>
        </Section>
      </NodeView>
    </>
  );
}
