import type { ReactNode } from 'react';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { hrefWith, Pager } from '#components/ui/pager.tsx';
import type { PageOf } from '#lib/shared/dto.ts';
import type { AlertDto } from '#lib/shared/monitoring.ts';
import { ALERT_STATES, AlertFilters, type ShownState } from './alert-filters.tsx';
import { AlertTable } from './alert-table.tsx';
import { MONITORING_READ_EVERY_MS } from './live.ts';

export interface AlertListProps {
  alerts: PageOf<AlertDto>;
  state: ShownState;
  /** Where the role's pages are. */
  base: string;
  nowMs: number;
  actions?: ReactNode;
}

/** All alerts of a state, page by page, for a role that sees them. */
export function AlertList({ alerts, state, base, nowMs, actions }: AlertListProps) {
  const path = `${base}/alerts`;
  return (
    <>
      <LiveRefresh ids={[]} asOf={alerts.asOf.height} everyMs={MONITORING_READ_EVERY_MS} />
      <PageHeader
        title="Alerts"
        lead="What rules found at nodes and in the network: what waits for somebody first, then the newest."
        actions={actions}
      />
      <AlertFilters path={path} state={state} />
      {alerts.items.length === 0 ? (
        <EmptyState
          title={ALERT_STATES[state].none}
          {...(state === 'all' ? {} : { action: { label: 'Show all alerts', href: `${path}?state=all` } })}
        >
          An alert fires when a rule is broken for as long as the rule says, and is over by itself when it is not any
          more.
        </EmptyState>
      ) : (
        <>
          <AlertTable caption="Alerts" alerts={alerts.items} base={base} nowMs={nowMs} />
          <Pager {...alerts} what="alert" hrefOf={(page) => hrefWith(path, { state }, { page: String(page) })} />
        </>
      )}
    </>
  );
}
