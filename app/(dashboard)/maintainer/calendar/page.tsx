import type { Metadata } from 'next';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { HEARTBEAT_READ_EVERY_MS } from '#components/monitoring/live.ts';
import { PlanWindow } from '#components/monitoring/window-form.tsx';
import { WindowList } from '#components/monitoring/window-list.tsx';
import { KIND_WORDS, nodeWords } from '#components/monitoring/words.ts';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader, Panel, Section } from '#components/ui/page-header.tsx';
import { getMaintenanceWindows } from '#lib/queries/alerts.ts';
import { getNodesToChoose } from '#lib/queries/monitoring-census.ts';
import { endWindow, moveWindow, planWindow } from '../../../_monitoring.ts';
import { RoleMissing } from '../../../_components/role-missing.tsx';
import { serverNow } from '../../../_page.ts';
import { holdsRole, withAccount } from '../../../_session.ts';

export const metadata: Metadata = { title: 'Calendar' };

export default async function CalendarPage() {
  const session = await withAccount('/maintainer/calendar');
  if (!holdsRole(session, 'NRNSM')) return <RoleMissing title="Calendar" role="NRNSM" />;
  const [windows, nodes, nowMs] = await Promise.all([getMaintenanceWindows(), getNodesToChoose(), serverNow()]);
  return (
    <>
      <LiveRefresh ids={[]} everyMs={HEARTBEAT_READ_EVERY_MS} />
      <PageHeader
        title="Calendar"
        lead="Maintenance of nodes. While a window runs, no alert is told of its node; owners announce work on their own."
      />
      <Section title="Announced and running">
        {windows.length === 0 ? (
          <EmptyState title="No maintenance is announced">Plan a window below, or on the page of a node.</EmptyState>
        ) : (
          <WindowList windows={windows} base="/maintainer/nodes" nowMs={nowMs} change={moveWindow} end={endWindow} />
        )}
      </Section>
      <Section title="Plan maintenance" aside="a node that is not in the list has the same form on its page">
        <Panel>
          <PlanWindow
            plan={planWindow}
            nowMs={nowMs}
            node={nodes.map((node) => ({
              value: String(node.id),
              label: node.name === null ? nodeWords(node) : `${nodeWords(node)} (${KIND_WORDS[node.kind]})`,
            }))}
          />
        </Panel>
      </Section>
    </>
  );
}
