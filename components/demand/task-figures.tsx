import { Figures } from '#components/ui/facts.tsx';
import { exactSeconds, formatCount } from '#components/ui/format.ts';
import { Money } from '#components/ui/money.tsx';
import type { ChosenPlanDto, TaskDto } from '#lib/shared/demand-dto.ts';
import type { OrderDetail } from '#lib/shared/dto.ts';
import { TaskCost } from './task-cost.tsx';

export interface TaskFiguresProps {
  task: TaskDto;
  orders: readonly OrderDetail[];
  chosen: ChosenPlanDto | null;
}

/** How far a task is and what it has cost, against what was expected. */
export function TaskFigures({ task, orders, chosen }: TaskFiguresProps) {
  const { totals } = task;
  const priced = orders.map(
    ({ resource, prices, amounts, holdMicro, degradedPerMille, durationMs, startsAtMs, endsAtMs, claim, status }) => {
      const what = { resource, prices, amounts, holdMicro, degradedPerMille };
      return { ...what, durationMs, startsAtMs, endsAtMs, claim, status };
    },
  );
  return (
    <div className="my-4">
      <Figures
        figures={[
          { name: 'Done', value: formatCount(totals.done), note: `of ${formatCount(totals.subtasks)}` },
          { name: 'Ended with a fault', value: formatCount(totals.failed) },
          { name: 'Running', value: formatCount(totals.started) },
          ...(task.work.copies > 1 ? [{ name: 'Being compared', value: formatCount(totals.compared) }] : []),
          { name: 'Not begun', value: formatCount(totals.assigned + totals.waiting) },
          { name: 'Processor time', value: exactSeconds(totals.cpuMs) },
          {
            name: 'Cost so far',
            value: <TaskCost orders={priced} serverTimeMs={task.serverTimeMs} />,
            note:
              chosen === null ? undefined : (
                <>
                  <span>expected </span>
                  <Money amountMicro={chosen.estimateMicro} />
                  <span>, at most </span>
                  <Money amountMicro={chosen.holdMicro} />
                </>
              ),
          },
        ]}
      />
    </div>
  );
}
