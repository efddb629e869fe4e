'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Code } from '#components/ui/disclosure.tsx';
import { exactSeconds, formatBytes, formatCount } from '#components/ui/format.ts';
import { ProblemNote } from '#components/ui/note.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import type { EndedRun, Task } from './answers.ts';
import type { Computer } from './computer.ts';
import { shownText } from './output.ts';
import { OutputView } from './output-view.tsx';

/** Rows that are shown at first, and more of with each press. */
const ROWS = 20;

interface Fetched {
  readonly position: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface TaskRunsProps {
  task: Task;
  computer: Computer;
  onUsed: () => Promise<void>;
}

/** Each run of a task that has ended, with its log, and with what it wrote once somebody asks for it. */
export function TaskRuns({ task, computer, onUsed }: TaskRunsProps) {
  const [most, setMost] = useState(ROWS);
  const [fetching, setFetching] = useState<number>();
  const [fetched, setFetched] = useState<Fetched>();
  const [problem, setProblem] = useState<string>();
  if (task.ended.length === 0) return <p className="text-sm text-muted">No run has ended yet.</p>;

  async function fetchOutput({ position }: EndedRun) {
    setProblem(undefined);
    setFetching(position);
    const answer = await computer.output(task.id, position);
    setFetching(undefined);
    if (answer.ok) setFetched({ position, bytes: answer.value });
    else setProblem(answer.sentence);
    await onUsed();
  }
  const columns = columnsOf({ fetching, onFetch: (run) => void fetchOutput(run) });
  return (
    <>
      <Table
        caption={`Runs of task ${task.id} that have ended`}
        columns={columns}
        rows={task.ended.slice(0, most)}
        rowKey={({ position }) => position}
      />
      {task.ended.length > most ? (
        <div>
          <Button onPress={() => setMost(most + ROWS)}>Show more runs</Button>
        </div>
      ) : null}
      <ProblemNote title="The result did not come" sentence={problem} />
      {fetched === undefined ? null : (
        <div role="region" aria-label={`Result of run ${fetched.position + 1} of task ${task.id}`}>
          <OutputView bytes={fetched.bytes} name={`task-${task.id}-run-${fetched.position + 1}`} />
        </div>
      )}
    </>
  );
}

function columnsOf(of: { fetching: number | undefined; onFetch: (run: EndedRun) => void }): Column<EndedRun>[] {
  return [
    { key: 'run', header: 'Run', isRowHeader: true, cell: ({ position }) => formatCount(position + 1) },
    {
      key: 'state',
      header: 'State',
      cell: ({ isDone, exitCode }) => (isDone ? 'done' : `failed, exit code ${exitCode}`),
    },
    { key: 'time', header: 'Processor time', align: 'end', cell: ({ cpuMs }) => exactSeconds(cpuMs) },
    { key: 'size', header: 'Wrote', align: 'end', cell: ({ outputBytes }) => formatBytes(outputBytes) },
    {
      key: 'log',
      header: 'Log',
      cell: ({ log, position }) =>
        log === '' ? (
          <span className="text-muted">empty</span>
        ) : (
          <Code label={`Log of run ${position + 1}`} text={shownText(log)} />
        ),
    },
    {
      key: 'actions',
      header: 'Result',
      align: 'end',
      cell: (run) => (
        <Button
          size="sm"
          label={`Fetch the result of run ${run.position + 1}`}
          isPending={of.fetching === run.position}
          isDisabled={run.outputBytes === 0}
          onPress={() => of.onFetch(run)}
        >
          Fetch
        </Button>
      ),
    },
  ];
}
