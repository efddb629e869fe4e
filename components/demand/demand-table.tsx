import Link from 'next/link';
import { AccountName } from '#components/ledger/account-name.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { Countdown } from '#components/ui/countdown.tsx';
import { Money } from '#components/ui/money.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import type { DemandSummary } from '#lib/shared/demand-dto.ts';
import { DEMAND_LOOKS, demandInWords, demandLabel, nextStepOf, OUTCOME_LOOKS, RUNNING_LOOK } from './words.ts';

export interface DemandTableProps {
  caption: string;
  demands: readonly DemandSummary[];
  viewer: 'customer' | 'broker';
  nowMs: number;
}

/** How a demand stands, and how the task that came of it ended. */
export function DemandStatusChips({ demand }: { demand: DemandSummary }) {
  const { status, work, outcome } = demand;
  const task =
    status === 'decided' && work !== null ? (outcome === null ? RUNNING_LOOK : OUTCOME_LOOKS[outcome]) : null;
  return (
    <span className="inline-flex flex-wrap gap-1">
      <Chip {...DEMAND_LOOKS[status]} />
      {task === null ? null : <Chip {...task} />}
    </span>
  );
}

/** Where the next step is made. A task’s page comes with a policy of its own, so a plain link loads it. */
function NextStep({ demand }: { demand: DemandSummary }) {
  const words = nextStepOf(demand);
  if (demand.status === 'decided' && demand.order !== null)
    return (
      <a href={`/customer/${demand.work === null ? 'orders' : 'tasks'}/${demand.order}`} className="prose-link">
        {words}
      </a>
    );
  const href =
    demand.status === 'open' ? `/customer/requests/${demand.id}` : `/customer/requests/new?from=${demand.id}`;
  return (
    <Link href={href} prefetch={false} className="prose-link">
      {words}
    </Link>
  );
}

function columnsOf({ viewer, nowMs }: DemandTableProps): Column<DemandSummary>[] {
  const path = viewer === 'customer' ? '/customer/requests' : '/broker/demands';
  const own: Column<DemandSummary>[] = [
    { key: 'next', header: 'Next', cell: (demand) => <NextStep demand={demand} /> },
  ];
  const others: Column<DemandSummary>[] = [
    { key: 'customer', header: 'Customer', cell: ({ customer }) => <AccountName account={customer} /> },
    { key: 'plans', header: 'Plans', align: 'end', cell: plansInWords },
  ];
  return [
    {
      key: 'demand',
      header: viewer === 'customer' ? 'Request' : 'Demand',
      isRowHeader: true,
      cell: ({ id }) => (
        <Link href={`${path}/${id}`} prefetch={false} className="prose-link font-mono text-[0.8125rem]">
          {demandLabel(id)}
        </Link>
      ),
    },
    { key: 'asked', header: 'Asked for', cell: demandInWords },
    { key: 'status', header: 'Status', cell: (demand) => <DemandStatusChips demand={demand} /> },
    { key: 'time', header: 'Time', cell: (demand) => <TimeLeft demand={demand} nowMs={nowMs} /> },
    { key: 'budget', header: 'Budget', align: 'end', cell: ({ budgetMicro }) => <Money amountMicro={budgetMicro} /> },
    {
      key: 'cheapest',
      header: 'Cheapest',
      align: 'end',
      cell: ({ cheapestMicro, batch }) =>
        cheapestMicro === null ? (
          <span className="text-muted">{batch ? 'by a match' : 'no plan'}</span>
        ) : (
          <Money amountMicro={cheapestMicro} />
        ),
    },
    ...(viewer === 'customer' ? own : others),
  ];
}

function plansInWords({ planCount, considered, batch }: DemandSummary): string {
  if (batch) return 'waits for a match';
  return `${planCount}${considered === null ? '' : ` of ${considered} offers`}`;
}

function TimeLeft({ demand, nowMs }: { demand: DemandSummary; nowMs: number }) {
  if (demand.status !== 'open')
    return demand.closedAtMs === null ? null : <Time timeMs={demand.closedAtMs} nowMs={nowMs} />;
  return (
    <span className="whitespace-nowrap">
      <Countdown untilMs={demand.openUntilMs} serverTimeMs={nowMs} after="no time" />
      <span className="text-muted"> left</span>
    </span>
  );
}

export function DemandTable(props: DemandTableProps) {
  return <Table caption={props.caption} columns={columnsOf(props)} rows={props.demands} rowKey={({ id }) => id} />;
}
