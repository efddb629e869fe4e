import { Note } from '#components/ui/note.tsx';
import { RANGE_FAULTS, type RangeFault } from '#ledger/contracts/plan/definition.ts';
import type { TaskDto } from '#lib/shared/demand-dto.ts';
import { FAULT_WORDS } from './words.ts';

const isFault = (reason: string): reason is RangeFault => RANGE_FAULTS.some((fault) => fault === reason);

/** Reasons besides what a provider said of a range. */
const REASONS: Readonly<Record<string, string>> = {
  'copies-differ': 'copies differ, and no provider is left to decide',
  'no-provider-left': 'no provider is left for some of it',
};

/** Why a task failed, and what it means. */
export function taskEndInWords({
  outcome,
  outcomeReason,
}: Pick<TaskDto, 'outcome' | 'outcomeReason'>): string | undefined {
  if (outcome === null) return undefined;
  if (outcome === 'done')
    return 'Every sub-task has ended. What was served is billed after the time to contest; the rest of what is held returns.';
  const money = 'What was served until then is charged; the rest of what is held returns.';
  if (outcome === 'canceled') return `You canceled it, or its orders ended. ${money}`;
  const why = isFault(outcomeReason) ? FAULT_WORDS[outcomeReason] : (REASONS[outcomeReason] ?? outcomeReason);
  return `It ended because ${why === '' ? 'no provider is left for some of it' : why}. ${money} Correct the request and ask again.`;
}

export function TaskEndNote({ task }: { task: TaskDto }) {
  const sentence = taskEndInWords(task);
  if (sentence === undefined) return null;
  const kind = task.outcome === 'done' ? 'success' : task.outcome === 'failed' ? 'problem' : 'info';
  return <Note kind={kind}>{sentence}</Note>;
}
