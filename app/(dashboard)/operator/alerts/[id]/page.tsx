import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { AlertView } from '#components/monitoring/alert-view.tsx';
import { MONITORING_READ_EVERY_MS } from '#components/monitoring/live.ts';
import { idOf } from '#components/ui/pager.tsx';
import { getAlert } from '#lib/queries/alerts.ts';
import { serverNow, type PageInput } from '../../../../_page.ts';
import { holdsRole, withAccount } from '../../../../_session.ts';

export const metadata: Metadata = { title: 'Alert' };

export default async function OperatorAlertPage({ params }: PageInput<{ id: string }>) {
  const id = idOf((await params).id);
  const session = await withAccount(`/operator/alerts/${id ?? ''}`);
  if (id === undefined || !holdsRole(session, 'NO')) notFound();
  const [alert, nowMs] = await Promise.all([getAlert(id), serverNow()]);
  if (alert === null) notFound();
  return (
    <>
      <LiveRefresh ids={[]} everyMs={MONITORING_READ_EVERY_MS} />
      <AlertView alert={alert} base="/operator" nowMs={nowMs} />
    </>
  );
}
