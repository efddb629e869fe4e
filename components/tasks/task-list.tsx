'use client';

import { Ban, CircleCheck, CircleX, Clock, Play } from 'lucide-react';
import { useCallback, useId, useMemo, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Chip, type ChipLook } from '#components/ui/chip.tsx';
import { countOf } from '#components/ui/count.ts';
import { Disclosure } from '#components/ui/disclosure.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { exactSeconds, formatCount } from '#components/ui/format.ts';
import { ProblemNote } from '#components/ui/note.tsx';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import { isOver, type Task, type TaskState } from './answers.ts';
import type { Computer } from './computer.ts';
import { TaskRuns } from './task-runs.tsx';
import { TilePicture } from './tile-picture.tsx';
import { planOf, type TilePlan } from './tiles.ts';
import type { Tasks } from './use-tasks.ts';

const LOOKS: Readonly<Record<TaskState, ChipLook>> = {
  QUEUED: { tone: 'neutral', icon: Clock, word: 'waiting' },
  RUNNING: { tone: 'accent', icon: Play, word: 'running' },
  COMPLETE: { tone: 'success', icon: CircleCheck, word: 'complete' },
  EXECUTOR_ERROR: { tone: 'danger', icon: CircleX, word: 'a run failed' },
  SYSTEM_ERROR: { tone: 'danger', icon: CircleX, word: 'the machine failed' },
  CANCELED: { tone: 'neutral', icon: Ban, word: 'canceled' },
};

export interface TaskListProps {
  computer: Computer;
  tasks: Tasks;
  onUsed: () => Promise<void>;
}

/** The newest tasks of the order, as they go on. Nothing before the first. */
export function TaskList({ computer, tasks, onUsed }: TaskListProps) {
  const { shown = [], problem } = tasks;
  const id = useId();
  if (shown.length === 0) return <ProblemNote title="The gateway says" sentence={problem} />;
  return (
    <section aria-labelledby={id} className="flex flex-col gap-3">
      <h2 id={id} className="font-semibold">
        Tasks
      </h2>
      <ProblemNote title="The gateway says" sentence={problem} />
      <ul className="flex flex-col gap-2">
        {shown.map((task) => (
          <li key={task.id} className="rounded-md border border-border px-3 py-2">
            <TaskItem task={task} computer={computer} tasks={tasks} onUsed={onUsed} />
          </li>
        ))}
      </ul>
      <p className="text-xs text-muted">
        While a task goes on, this page asks for it again every second, of many runs less often; each time counts as a
        call. The newest 20 are shown.
      </p>
    </section>
  );
}

/** The picture of a task in tiles. */
function TaskPicture({ task, plan, computer }: { task: Task; plan: TilePlan; computer: Computer }) {
  const { id, ended } = task;
  const done = useMemo(() => ended.filter(({ isDone }) => isDone).map(({ position }) => position), [ended]);
  const fetchTile = useCallback(
    async (position: number) => {
      const answer = await computer.output(id, position);
      return answer.ok ? answer.value : undefined;
    },
    [computer, id],
  );
  return <TilePicture of={`task ${id}`} plan={plan} done={done} fetchTile={fetchTile} />;
}

function TaskItem({ task, computer, tasks, onUsed }: TaskListProps & { task: Task }) {
  const [isToggled, setIsToggled] = useState(false);
  const isOpen = tasks.begun.has(task.id) !== isToggled;
  const plan = planOf(task);
  const called = `task ${task.id}`;
  const cpuMs = task.ended.reduce((sum, run) => sum + run.cpuMs, 0);
  const progress = `${formatCount(task.ended.length)} of ${countOf(task.runs, 'run')} ended, ${exactSeconds(cpuMs)} of processor time`;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-medium">{`Task ${task.id}`}</span>
        <span className="min-w-0 text-sm break-words text-muted">
          <Foreign text={task.name} />
        </span>
        <span aria-live="polite">
          <Chip {...LOOKS[task.state]} />
        </span>
        <span className="ms-auto flex flex-wrap gap-1">
          {isOver(task) ? null : (
            <Button size="sm" label={`Cancel ${called}`} onPress={() => void tasks.cancel(task.id)}>
              Cancel
            </Button>
          )}
          <Button
            size="sm"
            label={`${isOpen ? 'Hide' : 'Show'} the results of ${called}`}
            onPress={() => setIsToggled(!isToggled)}
          >
            {isOpen ? 'Hide the results' : 'Show the results'}
          </Button>
        </span>
      </div>
      <progress
        aria-label={`Runs of ${called} that ended`}
        max={Math.max(1, task.runs)}
        value={task.ended.length}
        className="deadline h-1.5 w-full"
      />
      <p className="text-xs text-muted tabular-nums">{progress}</p>
      {task.sentence === '' ? null : <p className="text-sm break-words">{isolatedText(task.sentence)}</p>}
      {isOpen ? (
        <div className="flex flex-col gap-3">
          {plan === undefined ? (
            <TaskRuns task={task} computer={computer} onUsed={onUsed} />
          ) : (
            <>
              <TaskPicture task={task} plan={plan} computer={computer} />
              <Disclosure summary="The runs one by one">
                <TaskRuns task={task} computer={computer} onUsed={onUsed} />
              </Disclosure>
            </>
          )}
        </div>
      ) : null}
    </div>
  );
}
