'use client';

import { Button } from '#components/ui/button.tsx';
import { Note } from '#components/ui/note.tsx';
import { durationInWords } from '#components/ui/format.ts';
import { useServerTime } from '#components/ui/use-server-time.ts';
import type { DoneTest } from './use-kept-test.ts';

/** Until when the ledger takes a test. */
export interface TestExpiry {
  untilMs: number;
  ageMsMax: number;
  isOver: boolean;
}

/** Of the test that stands; undefined without one, and where the network's age limit is not known. */
export function useTestExpiry(
  test: DoneTest | undefined,
  of: { ageMsMax: number | undefined; serverTimeMs: number },
): TestExpiry | undefined {
  const { ageMsMax, serverTimeMs } = of;
  const untilMs = test && ageMsMax !== undefined ? test.testedAtMs + ageMsMax : undefined;
  const isOver = useServerTime(serverTimeMs, (nowMs) => untilMs !== undefined && nowMs > untilMs);
  return untilMs === undefined || ageMsMax === undefined ? undefined : { untilMs, ageMsMax, isOver };
}

export interface ExpiredNoteProps extends Pick<TestExpiry, 'ageMsMax'> {
  /** Leads back to the test, on another step than that. */
  onTestAgain?: () => void;
}

export function ExpiredNote({ ageMsMax, onTestAgain }: ExpiredNoteProps) {
  return (
    <div className={onTestAgain ? 'mb-3' : undefined}>
      <Note kind="warning" title="The test has expired" isLive>
        <p>{`The ledger takes a test that is at most ${durationInWords(ageMsMax)} old. Run it again; nothing else is lost.`}</p>
        {onTestAgain ? (
          <Button size="sm" onPress={onTestAgain}>
            Back to the test
          </Button>
        ) : null}
      </Note>
    </div>
  );
}
