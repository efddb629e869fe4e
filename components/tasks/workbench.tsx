'use client';

import { useMemo, useState } from 'react';
import type { GatewayLink } from '#components/wallet/gateway.ts';
import { AlgorithmPanel } from './algorithm-panel.tsx';
import { openComputer } from './computer.ts';
import { RunForm, type RunDraft } from './run-form.tsx';
import { sampleOf, SAMPLES } from './samples.ts';
import { TaskList } from './task-list.tsx';
import { ForPrograms } from './for-programs.tsx';
import { useAlgorithms } from './use-algorithms.ts';
import { useTasks } from './use-tasks.ts';

export interface WorkbenchProps {
  link: GatewayLink;
  /** Called after every call that was counted. */
  onUsed: () => Promise<void>;
}

/** An input that nobody typed: that of a sample, or none. */
function exampleOf(digest: string): RunDraft {
  const { input = '', args = '' } = sampleOf(digest) ?? {};
  return { input, args };
}

const isExample = ({ input }: RunDraft): boolean => input === '' || SAMPLES.some((sample) => sample.input === input);

/** Programs behind an order's link: keep one, run it, or run it over many inputs. */
export function Workbench({ link: { url, token }, onUsed }: WorkbenchProps) {
  const computer = useMemo(() => openComputer({ url, token }), [url, token]);
  const [typed, setTyped] = useState<RunDraft>();
  const algorithms = useAlgorithms(computer, {
    onUsed,
    // What a person typed stays; an example makes room for that of the next algorithm.
    onChosen: () => setTyped((now) => (now === undefined || isExample(now) ? undefined : now)),
  });
  const tasks = useTasks(computer, onUsed);
  return (
    <div className="flex flex-col gap-5">
      <AlgorithmPanel algorithms={algorithms} />
      {algorithms.chosen === '' ? null : (
        <RunForm
          computer={computer}
          algorithms={algorithms}
          tasks={tasks}
          draft={typed ?? exampleOf(algorithms.chosen)}
          onChange={setTyped}
          onUsed={onUsed}
        />
      )}
      <TaskList computer={computer} tasks={tasks} onUsed={onUsed} />
      <ForPrograms link={{ url, token }} digest={algorithms.chosen} />
    </div>
  );
}
