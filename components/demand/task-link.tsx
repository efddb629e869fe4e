import { Chip } from '#components/ui/chip.tsx';
import { countOf } from '#components/ui/count.ts';
import { formatCount } from '#components/ui/format.ts';
import { Panel } from '#components/ui/page-header.tsx';
import type { TaskDto } from '#lib/shared/demand-dto.ts';
import { OUTCOME_LOOKS, RUNNING_LOOK } from './words.ts';

/** On the page of an order that runs part of a task: how far the whole is, and the way to it. */
export function TaskLink({ task: { order, outcome, totals } }: { task: TaskDto }) {
  const words = `${formatCount(totals.done + totals.failed)} of ${countOf(totals.subtasks, 'sub-task')} ended`;
  return (
    <Panel className="mb-4 flex flex-wrap items-center gap-x-4 gap-y-2">
      <span className="font-medium">This order runs part of a task</span>
      <Chip {...(outcome === null ? RUNNING_LOOK : OUTCOME_LOOKS[outcome])} />
      <span className="text-sm tabular-nums">{words}</span>
      {/* A plain link: the task’s page has a policy of its own, which comes with the document. */}
      <a href={`/customer/tasks/${order}`} className="prose-link">
        Sub-tasks, results and cost
      </a>
    </Panel>
  );
}
