'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Deadline } from '#components/ui/deadline.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { whyNoAnswer } from '#components/ui/portal-version.ts';

/** The portal waits for the monitor for ten seconds, and says so when it has not answered. */
const WAIT_MS = 12_000;

export type Checked =
  { readonly ok: true; readonly sentences: readonly string[] } | { readonly ok: false; readonly sentence: string };

export interface CheckNowProps {
  node: number;
  check: (node: number) => Promise<Checked>;
}

/** Has the monitor look at a node now and says what it found. */
export function CheckNow({ node, check }: CheckNowProps) {
  const [waiting, setWaiting] = useState<{ startedAtMs: number; deadlineMs: number }>();
  const [checked, setChecked] = useState<Checked>();
  async function run() {
    const startedAtMs = performance.now();
    setChecked(undefined);
    setWaiting({ startedAtMs, deadlineMs: startedAtMs + WAIT_MS });
    const late = new Promise<Checked>((resolve) => {
      setTimeout(() => resolve({ ok: false, sentence: 'The portal has not answered in time: try again.' }), WAIT_MS);
    });
    try {
      setChecked(await Promise.race([check(node), late]));
    } catch {
      setChecked({ ok: false, sentence: await whyNoAnswer('The portal did not answer: try again.') });
    }
    setWaiting(undefined);
  }
  return (
    <div className="mb-4 flex flex-col gap-3">
      <div>
        <Button onPress={() => void run()} isPending={waiting !== undefined}>
          Check now
        </Button>
      </div>
      {waiting ? <Deadline what="The monitor is asked to look at it now…" {...waiting} /> : null}
      {checked?.ok ? (
        <Note kind="info" title="What the monitor found just now" isLive>
          <ul>
            {checked.sentences.map((sentence) => (
              <li key={sentence}>
                <Foreign text={sentence} />
              </li>
            ))}
          </ul>
        </Note>
      ) : null}
      <ProblemNote sentence={checked?.ok === false ? checked.sentence : undefined} />
    </div>
  );
}
