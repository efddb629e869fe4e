import type { Metadata } from 'next';
import Link from 'next/link';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { AlertTable } from '#components/monitoring/alert-table.tsx';
import { ChainHealth } from '#components/monitoring/chain-figures.tsx';
import { SeverityChip } from '#components/monitoring/chips.tsx';
import { MONITORING_READ_EVERY_MS } from '#components/monitoring/live.ts';
import { NodeLink } from '#components/monitoring/node-link.tsx';
import { NodeTable } from '#components/monitoring/node-table.tsx';
import { GRAVEST_FIRST } from '#components/monitoring/words.ts';
import { IncidentTable } from '#components/repair/incident-table.tsx';
import { countOf } from '#components/ui/count.ts';
import { Figures } from '#components/ui/facts.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { formatCount } from '#components/ui/format.ts';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { Time } from '#components/ui/time.tsx';
import { getAlerts, getMaintenanceWindows } from '#lib/queries/alerts.ts';
import { getChainSeries } from '#lib/queries/consensus.ts';
import { getOpenAlertCounts } from '#lib/queries/monitoring-census.ts';
import { getIncidents } from '#lib/queries/repairs.ts';
import { getNodeCounts, getWatchedNodes } from '#lib/queries/watched-nodes.ts';
import type { AlertDto, Severity, WindowDto } from '#lib/shared/monitoring.ts';
import type { IncidentDto } from '#lib/shared/repair.ts';
import { RoleMissing } from '../../_components/role-missing.tsx';
import { serverNow } from '../../_page.ts';
import { holdsRole, withAccount } from '../../_session.ts';

export const metadata: Metadata = { title: 'Overview' };

/** Alerts and nodes that stand here; all of them stand on their own pages. */
const SHOWN = 8;
const WINDOWS_SHOWN = 3;

/** The gravest first; of one severity those that nobody looks after, then the newest, as the query gives them. */
function bySeverity(alerts: readonly AlertDto[]): AlertDto[] {
  return alerts.toSorted((a, b) => GRAVEST_FIRST.indexOf(a.severity) - GRAVEST_FIRST.indexOf(b.severity));
}

function AlertsNow({ alerts, total, nowMs }: { alerts: readonly AlertDto[]; total: number; nowMs: number }) {
  if (alerts.length === 0)
    return <EmptyState title="No alert is open">Rules are held against every node’s figures once a second.</EmptyState>;
  return (
    <>
      <AlertTable
        caption="Open alerts, the gravest first"
        alerts={bySeverity(alerts).slice(0, SHOWN)}
        base="/maintainer"
        nowMs={nowMs}
      />
      {total > SHOWN ? (
        <p className="mt-2 text-sm">
          <Link href="/maintainer/alerts" prefetch={false} className="prose-link">
            {`All ${countOf(total, 'open alert')}`}
          </Link>
        </p>
      ) : null}
    </>
  );
}

/** Incidents that are not closed: the query gives those first. */
function RepairsNow({ incidents, nowMs }: { incidents: readonly IncidentDto[]; nowMs: number }) {
  const open = incidents.filter(({ closedAtMs }) => closedAtMs === null);
  if (open.length === 0)
    return <p className="text-sm text-muted">No incident is open. One opens with your signature, from an alert.</p>;
  return (
    <IncidentTable
      caption="Open incidents"
      incidents={open.slice(0, SHOWN)}
      hrefOf={(incident) => `/maintainer/repairs/${incident}`}
      nowMs={nowMs}
    />
  );
}

function NextWork({ windows, nowMs }: { windows: readonly WindowDto[]; nowMs: number }) {
  if (windows.length === 0)
    return (
      <EmptyState
        title="No maintenance is announced"
        action={{ label: 'Plan maintenance', href: '/maintainer/calendar' }}
      >
        While a window runs, no alert is told of its node.
      </EmptyState>
    );
  return (
    <ul aria-label="Next maintenance" className="divide-y divide-separator rounded-md border border-border bg-surface">
      {windows.slice(0, WINDOWS_SHOWN).map(({ id, node, fromMs, toMs, note }) => (
        <li key={id} className="flex flex-wrap justify-between gap-x-4 gap-y-0.5 px-3 py-2">
          <span className="min-w-0 break-words">
            <NodeLink node={node} base="/maintainer/nodes" />
            {note === '' ? null : (
              <span className="text-muted">
                <span>: </span>
                <Foreign text={note} />
              </span>
            )}
          </span>
          <span className="text-sm">
            <span>{fromMs <= nowMs ? 'runs until ' : 'begins '}</span>
            <Time timeMs={fromMs <= nowMs ? toMs : fromMs} nowMs={nowMs} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function SeverityCounts({ counts }: { counts: Readonly<Record<Severity, number>> }) {
  return (
    <span className="flex flex-wrap gap-x-3 gap-y-1">
      {GRAVEST_FIRST.map((severity) => (
        <span key={severity} className="inline-flex items-center gap-1">
          <span className="font-semibold text-foreground tabular-nums">{counts[severity]}</span>
          <SeverityChip severity={severity} />
        </span>
      ))}
    </span>
  );
}

export default async function MaintainerPage() {
  const session = await withAccount('/maintainer');
  if (!holdsRole(session, 'NRNSM')) return <RoleMissing title="Overview" role="NRNSM" />;
  const [alerts, severities, incidents, counts, failed, suspected, windows, chain, nowMs] = await Promise.all([
    getAlerts({ state: 'open' }),
    getOpenAlertCounts(),
    getIncidents({}),
    getNodeCounts(),
    getWatchedNodes({ status: 'failed' }),
    getWatchedNodes({ status: 'suspected' }),
    getMaintenanceWindows(),
    getChainSeries('hour'),
    serverNow(),
  ]);
  const troubled = [...failed.items, ...suspected.items];
  return (
    <>
      <LiveRefresh ids={[]} asOf={alerts.asOf.height} everyMs={MONITORING_READ_EVERY_MS} />
      <PageHeader title="Overview" lead="What needs you now, and how the network is." />
      <Section
        title="What needs you now"
        aside={severities === null ? undefined : <SeverityCounts counts={severities} />}
      >
        <AlertsNow alerts={alerts.items} total={alerts.total} nowMs={nowMs} />
      </Section>
      <Section
        title="Under repair"
        aside={
          <Link href="/maintainer/repairs" prefetch={false} className="prose-link">
            All repairs
          </Link>
        }
      >
        <RepairsNow incidents={incidents.items} nowMs={nowMs} />
      </Section>
      <Section
        title="Nodes"
        aside={
          <Link href="/maintainer/nodes" prefetch={false} className="prose-link">
            All nodes
          </Link>
        }
      >
        <Figures
          figures={(['up', 'suspected', 'failed', 'unknown'] as const).map((status) => ({
            name: status,
            value: formatCount(counts?.[status] ?? 0),
          }))}
        />
        {troubled.length === 0 ? null : (
          <div className="mt-3">
            <NodeTable
              caption="Nodes that have failed or are suspected"
              nodes={troubled.slice(0, SHOWN)}
              base="/maintainer/nodes"
              nowMs={nowMs}
            />
          </div>
        )}
      </Section>
      <Section title="Next maintenance">
        <NextWork windows={windows} nowMs={nowMs} />
      </Section>
      <Section title="The chain’s health" aside="each with its last hour">
        <ChainHealth points={chain} />
      </Section>
    </>
  );
}
