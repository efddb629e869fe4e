import { Ban, CircleCheck, CircleDashed, CircleX, Clock, Loader, Play, Scale, Undo2 } from 'lucide-react';
import type { ChipLook } from '#components/ui/chip.tsx';
import { countOf } from '#components/ui/count.ts';
import { durationInWords, formatCount, inWords, microInWords, proposalLabel } from '#components/ui/format.ts';
import type { DemandStatus, NoticeStatus, Split } from '#ledger/contracts/demand/definition.ts';
import type { Aim, AssignReason, RangeFault, TaskOutcome } from '#ledger/contracts/plan/definition.ts';
import type {
  DemandSummary,
  PlanDto,
  RangeState,
  RefusedProgramDto,
  TaskRangeDto,
  WorkDto,
} from '#lib/shared/demand-dto.ts';

/** The one place that says in words what demands, plans and tasks are. */

export const demandLabel = (id: number | string): string => `D-${id}`;

export const DEMAND_LOOKS: Readonly<Record<DemandStatus, ChipLook>> = {
  open: { tone: 'accent', icon: Clock, word: 'open' },
  decided: { tone: 'success', icon: CircleCheck, word: 'decided' },
  withdrawn: { tone: 'neutral', icon: Undo2, word: 'withdrawn' },
  expired: { tone: 'neutral', icon: Ban, word: 'expired' },
};

export const OUTCOME_LOOKS: Readonly<Record<TaskOutcome, ChipLook>> = {
  done: { tone: 'success', icon: CircleCheck, word: 'done' },
  failed: { tone: 'danger', icon: CircleX, word: 'failed' },
  canceled: { tone: 'neutral', icon: Ban, word: 'canceled' },
};

export const RANGE_LOOKS: Readonly<Record<RangeState, ChipLook>> = {
  waiting: { tone: 'neutral', icon: Clock, word: 'waiting' },
  assigned: { tone: 'neutral', icon: CircleDashed, word: 'assigned' },
  started: { tone: 'accent', icon: Play, word: 'running' },
  compared: { tone: 'accent', icon: Scale, word: 'compared' },
  decided: { tone: 'success', icon: CircleCheck, word: 'decided' },
};

export const RUNNING_LOOK: ChipLook = { tone: 'accent', icon: Loader, word: 'running' };

export const AIM_WORDS: Readonly<Record<Aim, { readonly title: string; readonly explains: string }>> = {
  cheapest: { title: 'Cheapest', explains: 'Nothing that meets the request is expected to cost less.' },
  'fewest-providers': {
    title: 'Fewest providers',
    explains: 'As few providers as can be, and for that as cheap as it can be.',
  },
  'best-quality': {
    title: 'Best quality',
    explains: 'The best promises and records, and for that as cheap as it can be.',
  },
  soonest: { title: 'Soonest', explains: 'Its work ends first, and for that it is as cheap as it can be.' },
  matched: { title: 'Matched', explains: 'Found together with the requests of others, at the end of an epoch.' },
  proposed: { title: 'Proposed by a broker', explains: 'A broker put it together and is paid a fee if you choose it.' },
};

export const REASON_WORDS: Readonly<Record<AssignReason, string>> = {
  planned: 'as the plan says',
  late: 'the one before did not finish in time',
  failed: 'the one before could not finish',
  gone: 'the order of the one before ended',
  compared: 'two copies differ, and a third decides',
};

export const FAULT_WORDS: Readonly<Record<RangeFault, string>> = {
  'payload-missing': 'the portal had no program with inputs for it',
  'payload-unreadable': 'the program with its inputs does not open with its key',
  'module-refused': 'the program is not one that may run',
  'module-fails': 'the program fails wherever it runs',
  'inputs-unreadable': 'the inputs are not divided as the request says',
  'no-allowance': 'what was bought of it was used up',
  'machine-trouble': 'the provider’s machine had trouble',
};

export const SPLIT_WORDS: Readonly<Record<Split, { readonly title: string; readonly explains: string }>> = {
  list: { title: 'A list', explains: 'Each text or file is the input of a sub-task of its own.' },
  lines: { title: 'Lines of a file', explains: 'The lines of one file are dealt out in portions.' },
  range: {
    title: 'A range of numbers',
    explains: 'Each sub-task gets the first number of its part, and the one after its last.',
  },
};

/** `16 sub-tasks, on 2 providers each`. */
export function workInWords({ subtasks, copies }: Pick<WorkDto, 'subtasks' | 'copies'>): string {
  return `${countOf(subtasks, 'sub-task')}${copies > 1 ? `, each on ${countOf(copies, 'provider')}` : ''}`;
}

/** What a demand asks for in one line: `a program with 16 sub-tasks, storage`. */
export function demandInWords({ kinds, work }: Pick<DemandSummary, 'kinds' | 'work'>): string {
  if (work === null) return kinds.join(', ');
  const others = kinds.filter((kind) => kind !== 'computing');
  return [`a program, ${workInWords(work)}`, ...others].join('; ');
}

/** What can be done about a demand now, as the beginning of a sentence. */
export function nextStepOf(demand: DemandSummary): string {
  switch (demand.status) {
    case 'open':
      if (demand.batch) return 'Bought by itself once it is matched';
      if (demand.analysedAtMs === null) return 'Offers are being looked through';
      return demand.planCount > 0
        ? `Choose one of ${countOf(demand.planCount, 'plan')}`
        : 'No plan meets it: ask for less, or wait';
    case 'decided':
      if (demand.work !== null && demand.outcome === null) return 'It runs: watch it';
      return demand.work === null ? 'Use what was bought' : 'Look at its results';
    case 'withdrawn':
    case 'expired':
      return 'Ask again';
  }
}

/** How a plan is told from the others that stand beside it: `cheapest`, `proposed by a broker, for at most 5.60 tokens`. */
export function planInWords({ aim, totalMicro }: Pick<PlanDto, 'aim' | 'totalMicro'>): string {
  const title = AIM_WORDS[aim].title.toLowerCase();
  return aim === 'proposed' ? `${title}, for at most ${microInWords(BigInt(totalMicro))}` : title;
}

/** How many of a plan’s parts have a backup. */
export function backupInWords({ parts }: Pick<PlanDto, 'parts'>): string {
  const backed = parts.filter(({ backup }) => backup !== null).length;
  if (backed === 0) return 'none';
  return backed === parts.length ? 'for every part' : `for ${backed} of ${countOf(parts.length, 'part')}`;
}

/** How many providers run or share something of it, its backups apart. */
export function providersOf({ parts }: Pick<PlanDto, 'parts'>): number {
  return new Set(parts.map(({ offer }) => offer.provider.id)).size;
}

export const NOTICE_LOOKS: Readonly<Record<NoticeStatus, ChipLook>> = {
  sent: { tone: 'accent', icon: Clock, word: 'waits for the node provider' },
  relayed: { tone: 'accent', icon: Clock, word: 'waits for the provider' },
  stopped: { tone: 'neutral', icon: Ban, word: 'stopped by the node provider' },
  'will-share': { tone: 'accent', icon: Clock, word: 'will share' },
  shared: { tone: 'success', icon: CircleCheck, word: 'shared' },
  declined: { tone: 'neutral', icon: CircleX, word: 'declined' },
};

/** Sub-tasks of a range as people count them: from 1. */
export function rangeInWords({ first, count }: Pick<TaskRangeDto, 'first' | 'count'>): string {
  return count === 1 ? formatCount(first + 1) : `${formatCount(first + 1)}–${formatCount(first + count)}`;
}

/** `about 2 minutes`; less than a second is said so. */
export function workTimeInWords(workMs: number): string {
  return workMs < 1_000 ? 'less than a second' : `about ${durationInWords(workMs)}`;
}

/** Why a program that node providers voted against cannot be asked for. */
export function refusalInWords({ reason, proposal }: Pick<RefusedProgramDto, 'reason' | 'proposal'>): string {
  return `The node providers voted that nobody runs it (${inWords(reason)}, by the vote on ${proposalLabel(proposal)}). Choose another one.`;
}
