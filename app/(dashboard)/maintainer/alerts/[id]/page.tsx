import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { AcknowledgeForm } from '#components/monitoring/acknowledge-form.tsx';
import { AlertView } from '#components/monitoring/alert-view.tsx';
import { MONITORING_READ_EVERY_MS } from '#components/monitoring/live.ts';
import { AlertIncident } from '#components/repair/alert-incident.tsx';
import { idOf } from '#components/ui/pager.tsx';
import { getAlert } from '#lib/queries/alerts.ts';
import { getIncidents, getProposedIncident } from '#lib/queries/repairs.ts';
import { acknowledge } from '../../../../_monitoring.ts';
import { serverNow, type PageInput } from '../../../../_page.ts';
import { holdsRole, withAccount } from '../../../../_session.ts';

export const metadata: Metadata = { title: 'Alert' };

export default async function MaintainerAlertPage({ params }: PageInput<{ id: string }>) {
  const id = idOf((await params).id);
  const session = await withAccount(`/maintainer/alerts/${id ?? ''}`);
  if (id === undefined || !holdsRole(session, 'NRNSM')) notFound();
  const [alert, nowMs] = await Promise.all([getAlert(id), serverNow()]);
  if (alert === null) notFound();
  const [incidents, proposed] = await Promise.all([getIncidents({ watched: alert.node.id }), getProposedIncident(id)]);
  const open = incidents.items.find(({ closedAtMs }) => closedAtMs === null);
  return (
    <>
      <LiveRefresh ids={[]} everyMs={MONITORING_READ_EVERY_MS} />
      <AlertView alert={alert} base="/maintainer" nowMs={nowMs}>
        {alert.state === 'firing' ? <AcknowledgeForm alert={id} acknowledge={acknowledge} /> : null}
        <AlertIncident open={open} proposed={proposed} address={session.address} />
      </AlertView>
    </>
  );
}
