'use client';

import { ConfirmDialog } from '#components/ui/dialog.tsx';
import { ProblemNote } from '#components/ui/note.tsx';
import type { Act } from './act.ts';
import { useAct } from './use-act.ts';

export interface EndWindowProps {
  window: number;
  node: string;
  isRunning: boolean;
  end: Act<number>;
}

/** Ends a window that runs, or takes back one that has not begun. */
export function EndWindow({ window, node, isRunning, end }: EndWindowProps) {
  const { isBusy, sentence, run } = useAct(end);
  return (
    <ConfirmDialog
      trigger={isRunning ? 'End it now' : 'Take it back'}
      title={isRunning ? `End the maintenance of ${node}?` : `Take back the maintenance of ${node}?`}
      confirm={isRunning ? 'End the maintenance' : 'Take it back'}
      isPending={isBusy}
      onConfirm={() => run(window)}
    >
      <p>
        {isRunning
          ? 'Alerts are told of this node again from now on.'
          : 'The window is removed. Alerts are told of this node all the time.'}
      </p>
      <ProblemNote sentence={sentence} />
    </ConfirmDialog>
  );
}
