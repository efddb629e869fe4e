'use client';

import { Button } from '#components/ui/button.tsx';
import { formatCount } from '#components/ui/format.ts';
import { ProblemNote } from '#components/ui/note.tsx';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import type { Publishing } from './use-publish.ts';

/** How far publishing has come, why it stopped, and a way out while something is sent. */
export function PublishProgress({ publishing }: { publishing: Publishing }) {
  const { step, done, problem, action, cancel } = publishing;
  if (step === 'encrypting') return <p role="status">Program and inputs are encrypted in this browser…</p>;
  if (step === 'uploading') {
    const percent = Math.floor(done * 100);
    return (
      <div className="flex flex-col gap-1.5">
        <p role="status">The encrypted program with its inputs is sent to the portal…</p>
        <progress aria-label="Sent so far" className="deadline h-1.5 w-full" max={1} value={done} />
        <div className="flex items-center justify-between gap-2 text-xs text-muted tabular-nums">
          <span>{`${formatCount(percent)} % sent; given up after ten minutes.`}</span>
          <Button size="sm" onPress={cancel}>
            Cancel
          </Button>
        </div>
      </div>
    );
  }
  return (
    <>
      <ProblemNote sentence={problem} />
      <SigningNote step={action.step} sentence={action.sentence} />
    </>
  );
}
