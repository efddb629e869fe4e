import { AccountName } from '#components/ledger/account-name.tsx';
import { Status } from '#components/ledger/status.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import type { TaskAgreementDto, TaskDto } from '#lib/shared/demand-dto.ts';

function columnsOf({ viewer }: TaskDto): Column<TaskAgreementDto>[] {
  return [
    {
      key: 'order',
      header: 'Order',
      isRowHeader: true,
      cell: ({ agreement, name }) => (
        // A plain link: an order's page has a policy of its own, which names its gateway and comes with the document.
        <a href={`/${viewer}/orders/${agreement}`} className="prose-link font-mono text-[0.8125rem] whitespace-nowrap">
          {name}
        </a>
      ),
    },
    { key: 'resource', header: 'Resource', cell: ({ resource }) => <Foreign text={resource.title} /> },
    { key: 'provider', header: 'Provider', cell: ({ provider }) => <AccountName account={provider} /> },
    { key: 'status', header: 'Status', cell: ({ status }) => <Status status={status} /> },
  ];
}

/** The orders that run the task, each with its own page: access, use, money and receipts. */
export function TaskAgreements({ task }: { task: TaskDto }) {
  return (
    <Table
      caption="Orders that run the task"
      columns={columnsOf(task)}
      rows={task.agreements}
      rowKey={({ agreement }) => agreement}
    />
  );
}
