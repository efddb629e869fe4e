import type { Metadata } from 'next';
import { RunsNow } from '#components/allocation/host-cores.tsx';
import { HostShares } from '#components/allocation/host-shares.tsx';
import { ShiftShares } from '#components/allocation/shift-shares.tsx';
import { ShiftTable } from '#components/allocation/shift-table.tsx';
import { coresInWords } from '#components/allocation/cores.ts';
import { AccountName } from '#components/ledger/account-name.tsx';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { AlertTable } from '#components/monitoring/alert-table.tsx';
import { FigureChart } from '#components/monitoring/figure-chart.tsx';
import { HEARTBEAT_READ_EVERY_MS } from '#components/monitoring/live.ts';
import { countOf } from '#components/ui/count.ts';
import { Foreign } from '#components/ui/foreign.tsx';
import { nodeLabel } from '#components/ui/format.ts';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Text } from '#components/ui/text.tsx';
import { getAlerts } from '#lib/queries/alerts.ts';
import { getAllocation } from '#lib/queries/allocation.ts';
import { getChainSeries } from '#lib/queries/consensus.ts';
import { getParameters } from '#lib/queries/network.ts';
import type { HostDto } from '#lib/shared/allocation.ts';
import { RANGES, type AlertDto, type ChainPoint } from '#lib/shared/monitoring.ts';
import { proposedShift } from '#lib/shared/shift-proposal.ts';
import { RoleMissing } from '../../../_components/role-missing.tsx';
import { serverNow } from '../../../_page.ts';
import { holdsRole, withAccount } from '../../../_session.ts';

export const metadata: Metadata = { title: 'Allocation' };

const PATH = '/maintainer/allocation';
const BLOCKS_SLOW = 'block-time-high';
/** Rules that say that computing is short somewhere [I.2-8]. */
const RULES = ['computing-short', BLOCKS_SLOW];

function HostName({ host: { node, name, operator } }: { host: HostDto }) {
  return (
    <div>
      <p className="font-medium">
        <Foreign text={name} />
        <span className="whitespace-nowrap">{` (${nodeLabel(node)})`}</span>
      </p>
      <p className="text-xs text-muted">
        <AccountName account={operator} />
      </p>
    </div>
  );
}

function hostColumns(address: string, areBlocksSlow: boolean): Column<HostDto>[] {
  return [
    { key: 'host', header: 'Host', isRowHeader: true, cell: (host) => <HostName host={host} /> },
    {
      key: 'shares',
      header: 'Cores',
      cell: ({ shares }) =>
        shares === null ? (
          <span className="text-muted">not declared by its operator</span>
        ) : (
          <HostShares shares={shares.now} isInCell />
        ),
    },
    { key: 'runs', header: 'Programs', cell: ({ runs }) => <RunsNow runs={runs} /> },
    {
      key: 'shift',
      header: 'Shift',
      cell: (host) => {
        if (host.shares === null) return null;
        const proposed = proposedShift(host, areBlocksSlow);
        return (
          <div className="flex flex-col items-end gap-1 sm:items-start">
            {proposed === undefined ? null : (
              <p className="text-xs">
                {`Proposed: ${coresInWords(proposed.millicores)} from ${proposed.from} to ${proposed.to}. ${proposed.reason}.`}
              </p>
            )}
            <ShiftShares
              // What the form begins with is read once: another proposal is another form.
              key={JSON.stringify([host.shares.now, proposed])}
              node={host.node}
              name={host.name}
              address={address}
              movable={host.shares.movable}
              proposed={proposed}
            />
          </div>
        );
      },
    },
  ];
}

function Alerts({ alerts, nowMs }: { alerts: readonly AlertDto[]; nowMs: number }) {
  if (alerts.length === 0)
    return (
      <EmptyState title="No host is short of cores">
        An alert opens when runs wait for a minute while all slots of an agent are busy, or when blocks take long.
      </EmptyState>
    );
  return <AlertTable caption="Alerts about cores" alerts={alerts} base="/maintainer" nowMs={nowMs} />;
}

function BlockTime({ points, nowMs }: { points: readonly ChainPoint[]; nowMs: number }) {
  return (
    <FigureChart
      heading="Block time"
      unit="s"
      span={{ fromMs: nowMs - RANGES.hour, untilMs: nowMs }}
      stepMs={10_000}
      readings={points.map(({ atMs, figures: { blockTimeMs } }) => ({
        atMs,
        amount: blockTimeMs === undefined ? null : blockTimeMs / 1_000,
      }))}
    />
  );
}

function programsInWords(millicores: number): string {
  if (millicores === 0)
    return 'Programs shift nothing by themselves: no vote lets them. A maintainer signs each shift.';
  const most = coresInWords(millicores);
  return millicores < 1_000
    ? `Programs shift nothing by themselves: a vote lets them shift ${most} at once, and they shift whole cores. A maintainer signs each shift.`
    : `A maintainer’s program may shift up to ${most} at once by itself while an alert is open: so it was voted. It shifts whole cores, and never one host twice within the alert’s own time. What it brought it shifts back, and no more than that, once no alert has been open and nothing has needed it for five minutes.`;
}

/** Whether programs may shift, which a vote decides. */
function ProgramsMay({ millicores }: { millicores: number }) {
  return (
    <p className="mb-3 max-w-prose text-sm">
      <Text>{programsInWords(millicores)}</Text>
    </p>
  );
}

/** Cores of hosts between consensus, service and reserve, from what monitoring shows [6.2.2-c, 8.1.1-d, I.2-8]. */
export default async function AllocationPage() {
  const session = await withAccount(PATH);
  if (!holdsRole(session, 'NRNSM')) return <RoleMissing title="Allocation" role="NRNSM" />;
  const [allocation, open, points, parameters, nowMs] = await Promise.all([
    getAllocation(),
    getAlerts({ state: 'open' }),
    getChainSeries('hour'),
    getParameters(),
    serverNow(),
  ]);
  if (allocation === null) return <RoleMissing title="Allocation" role="NRNSM" />;
  const { hosts, shifts } = allocation;
  const alerts = open.items.filter(({ rule }) => RULES.includes(rule));
  const areBlocksSlow = alerts.some(({ rule }) => rule === BLOCKS_SLOW);
  return (
    <>
      <LiveRefresh ids={['node:']} asOf={open.asOf.height} everyMs={HEARTBEAT_READ_EVERY_MS} />
      <PageHeader
        title="Allocation"
        lead="What the cores of agents’ hosts are for, which of them are short, and what a shift brought."
      />
      <Section title="Short of cores">
        <Alerts alerts={alerts} nowMs={nowMs} />
      </Section>
      <Section title="Hosts" aside={countOf(hosts.length, 'host')}>
        <ProgramsMay millicores={Number(parameters.automaticShiftMilli ?? 0)} />
        {hosts.length === 0 ? (
          <EmptyState title="No agent has registered as a node">Hosts are those of agents in the register.</EmptyState>
        ) : (
          <Table
            caption="Hosts of agents, those where runs wait first"
            columns={hostColumns(session.address, areBlocksSlow)}
            rows={hosts}
            rowKey={({ node }) => node}
          />
        )}
      </Section>
      <Section title="Block time" aside="the last hour, as the monitor measured it">
        <BlockTime points={points} nowMs={nowMs} />
      </Section>
      <Section title="Shifts" aside="the five minutes before → after">
        {shifts.length === 0 ? (
          <EmptyState title="Nothing was shifted yet">
            A shift, by whom and why, stands here and on the ledger.
          </EmptyState>
        ) : (
          <ShiftTable shifts={shifts} nowMs={nowMs} />
        )}
      </Section>
    </>
  );
}
