import type { Metadata } from 'next';
import { ALERT_STATES, alertStateOf } from '#components/monitoring/alert-filters.tsx';
import { AlertList } from '#components/monitoring/alert-list.tsx';
import { pageOf, textOf } from '#components/ui/pager.tsx';
import { getAlerts } from '#lib/queries/alerts.ts';
import { RoleMissing } from '../../../_components/role-missing.tsx';
import { serverNow, type PageInput } from '../../../_page.ts';
import { holdsRole, withAccount } from '../../../_session.ts';

export const metadata: Metadata = { title: 'Alerts' };

export default async function MaintainerAlertsPage({ searchParams }: PageInput) {
  const session = await withAccount('/maintainer/alerts');
  if (!holdsRole(session, 'NRNSM')) return <RoleMissing title="Alerts" role="NRNSM" />;
  const query = await searchParams;
  const state = alertStateOf(textOf(query.state, 16));
  const [alerts, nowMs] = await Promise.all([
    getAlerts({ ...ALERT_STATES[state].filter, page: pageOf(query.page) }),
    serverNow(),
  ]);
  return <AlertList alerts={alerts} state={state} base="/maintainer" nowMs={nowMs} />;
}
