import { useEffect, useRef, useState } from 'react';
import { isOver, type Task } from './answers.ts';
import type { AskedTask, Computer } from './computer.ts';

export interface Tasks {
  /** Newest first; undefined before the gateway has answered. */
  readonly shown: readonly Task[] | undefined;
  /** Those that were begun on this page: they stand open. */
  readonly begun: ReadonlySet<string>;
  readonly isBusy: boolean;
  readonly problem: string | undefined;
  begin(asked: AskedTask): Promise<void>;
  cancel(id: string): Promise<void>;
}

const ASK_MS_MIN = 1_000;
/** A task of many runs has a long answer, so it is asked for less often: a thousand runs every ten seconds. */
const ASK_MS_A_RUN = 10;
/** So many times as long, when the gateway did not answer. */
const SLOWER_AFTER_FAULT = 10;

function withTask(tasks: readonly Task[] | undefined, task: Task): Task[] {
  const others = (tasks ?? []).filter(({ id }) => id !== task.id);
  return [...others, task].toSorted((left, right) => Number(right.id) - Number(left.id));
}

/** Asks for the tasks that are not over, again and again, while somebody looks. */
function useFollowed(
  computer: Computer,
  of: { readonly open: readonly Task[]; readonly onTask: (task: Task) => void; readonly onUsed: () => Promise<void> },
) {
  const { onTask, onUsed } = of;
  const ids = of.open.map(({ id }) => id).join(' ');
  const runs = of.open.reduce((sum, task) => sum + task.runs, 0);
  // The newest callbacks, for a timer that outlives a drawing.
  const tell = useRef({ onTask, onUsed });
  useEffect(() => {
    tell.current = { onTask, onUsed };
  });
  useEffect(() => {
    if (ids === '') return undefined;
    let isCurrent = true;
    let timer: ReturnType<typeof setTimeout>;
    const everyMs = Math.max(ASK_MS_MIN, runs * ASK_MS_A_RUN);
    /** False when the gateway did not answer for one of them. */
    const askAll = async (): Promise<boolean> => {
      for (const id of ids.split(' ')) {
        const answer = await computer.task(id);
        if (!isCurrent || !answer.ok) return false;
        tell.current.onTask(answer.value);
        if (isOver(answer.value)) void tell.current.onUsed();
      }
      return true;
    };
    const wait = (afterMs: number): void => {
      timer = setTimeout(() => void go(), afterMs);
    };
    const go = async (): Promise<void> => {
      const isWell = document.visibilityState !== 'visible' || (await askAll());
      if (isCurrent) wait(isWell ? everyMs : everyMs * SLOWER_AFTER_FAULT);
    };
    wait(everyMs);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [computer, ids, runs]);
}

/** Tasks of an order, asked for when the page opens; those that are not over are followed. */
export function useTasks(computer: Computer, onUsed: () => Promise<void>): Tasks {
  const [shown, setShown] = useState<readonly Task[]>();
  const [begun, setBegun] = useState<ReadonlySet<string>>(new Set());
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    let isCurrent = true;
    void computer.tasks().then((answer) => {
      if (!isCurrent) return;
      if (answer.ok) setShown(answer.value);
      else setProblem(answer.sentence);
    });
    return () => {
      isCurrent = false;
    };
  }, [computer]);
  const keep = (task: Task) => setShown((now) => withTask(now, task));
  useFollowed(computer, { open: (shown ?? []).filter((task) => !isOver(task)), onTask: keep, onUsed });

  async function refresh(id: string): Promise<void> {
    const answer = await computer.task(id);
    if (answer.ok) keep(answer.value);
    else setProblem(answer.sentence);
  }
  return {
    shown,
    begun,
    isBusy,
    problem,
    async begin(asked) {
      setProblem(undefined);
      setIsBusy(true);
      const answer = await computer.create(asked);
      if (answer.ok) {
        setBegun((now) => new Set(now).add(answer.value));
        await refresh(answer.value);
      } else setProblem(answer.sentence);
      setIsBusy(false);
      await onUsed();
    },
    async cancel(id) {
      setProblem(undefined);
      const answer = await computer.cancel(id);
      if (answer.ok) await refresh(id);
      else setProblem(answer.sentence);
      await onUsed();
    },
  };
}
