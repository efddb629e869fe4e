import { AccountName } from '#components/ledger/account-name.tsx';
import { formatCount } from '#components/ui/format.ts';
import { Money } from '#components/ui/money.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import type { PlanDto } from '#lib/shared/demand-dto.ts';
import { AIM_WORDS, backupInWords, providersOf, workTimeInWords } from './words.ts';

export interface PlanTableProps {
  plans: readonly PlanDto[];
  /** The number of the one that was chosen. */
  chosen?: number | undefined;
}

function columnsOf({ plans, chosen }: PlanTableProps): Column<PlanDto>[] {
  const time: Column<PlanDto> = {
    key: 'time',
    header: 'The work takes',
    align: 'end',
    cell: ({ workMs }) => (workMs === 0 ? 'no work' : workTimeInWords(workMs)),
  };
  return [
    {
      key: 'plan',
      header: 'Plan',
      isRowHeader: true,
      cell: ({ plan, aim, broker }) => (
        <>
          <span className={plan === chosen ? 'font-semibold' : 'font-medium'}>{AIM_WORDS[aim].title}</span>
          {broker === null ? null : (
            <span>
              , <AccountName account={broker} />
            </span>
          )}
          {plan === chosen ? <span className="text-muted">, chosen</span> : null}
        </>
      ),
    },
    { key: 'expected', header: 'Expected', align: 'end', cell: (plan) => <Money amountMicro={plan.estimateMicro} /> },
    {
      key: 'most',
      header: 'At most',
      align: 'end',
      cell: (plan) => <Money amountMicro={plan.totalMicro} className="font-semibold" />,
    },
    ...(plans.some(({ workMs }) => workMs > 0) ? [time] : []),
    { key: 'providers', header: 'Providers', align: 'end', cell: (plan) => formatCount(providersOf(plan)) },
    { key: 'backup', header: 'Backup', align: 'end', cell: backupInWords },
  ];
}

/** What plans are compared by, one line each; a broker’s fee is part of the most that its plan can cost. */
export function PlanTable(props: PlanTableProps) {
  return (
    <Table
      caption="Plans side by side"
      columns={columnsOf(props)}
      rows={props.plans}
      rowKey={({ plan, broker }) => `${broker?.id ?? 0} ${plan}`}
    />
  );
}
