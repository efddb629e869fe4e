import { AccountName } from '#components/ledger/account-name.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { Countdown } from '#components/ui/countdown.tsx';
import { countOf } from '#components/ui/count.ts';
import { exactSeconds } from '#components/ui/format.ts';
import { Id } from '#components/ui/id.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Text } from '#components/ui/text.tsx';
import type { RangeRunDto, TaskDto, TaskRangeDto } from '#lib/shared/demand-dto.ts';
import { FAULT_WORDS, RANGE_LOOKS, rangeInWords, REASON_WORDS } from './words.ts';

/** How a run stands or ended, as a sentence. */
export function runInWords(run: Pick<RangeRunDto, 'isRejected' | 'state' | 'failed' | 'fault'>): string {
  if (run.isRejected) return 'Its result differs from that of two others: it is not paid, and counts as broken.';
  switch (run.state) {
    case 'assigned':
      return 'It has not begun yet.';
    case 'started':
      return 'It runs.';
    case 'finished':
      return run.failed === null || run.failed === 0
        ? 'Every sub-task ended well.'
        : `${countOf(run.failed, 'sub-task')} ended with a fault of the program.`;
    case 'failed':
      return run.fault === null ? 'It could not finish.' : `It could not finish: ${FAULT_WORDS[run.fault]}.`;
    case 'dropped':
      return 'It need not run it any more: another one finished it, or the task is over.';
  }
}

/** Whether copies of a range agree; undefined where it runs once. */
export function verdictOf({ runs, state }: TaskRangeDto, copies: number): string | undefined {
  if (copies < 2) return undefined;
  if (state === 'decided')
    return runs.some(({ isRejected }) => isRejected) ? 'Two agree; the third is rejected.' : 'The copies agree.';
  const finished = runs.filter(({ state, isRejected }) => state === 'finished' && !isRejected);
  const roots = new Set(finished.map(({ resultRoot }) => resultRoot));
  if (roots.size > 1) return 'The copies differ: a third decides.';
  return 'Not compared yet.';
}

function columnsOf({ work, serverTimeMs }: TaskDto): Column<TaskRangeDto>[] {
  const verdict: Column<TaskRangeDto> = {
    key: 'verdict',
    header: 'Copies',
    cell: (range) => verdictOf(range, work.copies) ?? '',
  };
  return [
    { key: 'range', header: 'Sub-tasks', isRowHeader: true, cell: rangeInWords },
    { key: 'state', header: 'State', cell: ({ state }) => <Chip {...RANGE_LOOKS[state]} /> },
    {
      key: 'runs',
      header: 'Providers, in turn',
      cell: ({ runs }) =>
        runs.length === 0 ? (
          <span className="text-muted">nobody yet</span>
        ) : (
          <ol className="flex flex-col gap-1.5">
            {runs.map((run) => (
              <li key={`${run.agreement} ${run.attempt}`}>
                <Run run={run} serverTimeMs={serverTimeMs} />
              </li>
            ))}
          </ol>
        ),
    },
    ...(work.copies > 1 ? [verdict] : []),
  ];
}

function Run({ run, serverTimeMs }: { run: RangeRunDto; serverTimeMs: number }) {
  const isOpen = run.state === 'assigned' || run.state === 'started';
  return (
    <div className="text-sm">
      <AccountName account={run.provider} />
      <Text>{` (${run.name}), ${REASON_WORDS[run.reason]}. ${runInWords(run)}`}</Text>
      {run.cpuMs === null ? null : <Text>{` ${exactSeconds(run.cpuMs)} of processor time.`}</Text>}
      {isOpen ? (
        <span className="text-muted">
          <span> Given to another one in </span>
          <Countdown untilMs={run.lateAtMs} serverTimeMs={serverTimeMs} after="no time" />
        </span>
      ) : null}
      {run.resultRoot === null ? null : (
        <span className="block text-xs text-muted">
          <span>Results bound by </span>
          <Id id={run.resultRoot} what="Merkle root of the results" />
        </span>
      )}
    </div>
  );
}

/** Who ran what, why it was given to them, and what came of it. */
export function RangeTable({ task }: { task: TaskDto }) {
  return (
    <Table
      caption="Ranges of sub-tasks with their providers"
      columns={columnsOf(task)}
      rows={task.ranges}
      rowKey={({ range }) => range}
    />
  );
}
