import type { Metadata } from 'next';
import { ALERT_STATES, alertStateOf } from '#components/monitoring/alert-filters.tsx';
import { AlertList } from '#components/monitoring/alert-list.tsx';
import { CsvLink } from '#components/monitoring/csv-link.tsx';
import { pageOf, textOf } from '#components/ui/pager.tsx';
import { getAlerts } from '#lib/queries/alerts.ts';
import { RoleMissing } from '../../../_components/role-missing.tsx';
import { serverNow, type PageInput } from '../../../_page.ts';
import { holdsRole, withAccount } from '../../../_session.ts';

export const metadata: Metadata = { title: 'Alerts' };

export default async function OperatorAlertsPage({ searchParams }: PageInput) {
  const session = await withAccount('/operator/alerts');
  if (!holdsRole(session, 'NO')) return <RoleMissing title="Alerts" role="NO" />;
  const query = await searchParams;
  const state = alertStateOf(textOf(query.state, 16));
  const [alerts, nowMs] = await Promise.all([
    getAlerts({ ...ALERT_STATES[state].filter, page: pageOf(query.page) }),
    serverNow(),
  ]);
  return (
    <AlertList
      alerts={alerts}
      state={state}
      base="/operator"
      nowMs={nowMs}
      actions={<CsvLink href="/operator/alerts.csv" />}
    />
  );
}
