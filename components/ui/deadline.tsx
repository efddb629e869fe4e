'use client';

import { useEffect, useState } from 'react';
import { formatDuration } from './format.ts';

export interface DeadlineProps {
  /** What is being waited for. */
  what: string;
  startedAtMs: number;
  /** When waiting is given up; both by this device's steady clock, `performance.now()`. */
  deadlineMs: number;
}

/** Long work shows how far its time has run and when it is given up: never an endless spinner. */
export function Deadline({ what, startedAtMs, deadlineMs }: DeadlineProps) {
  const [nowMs, setNowMs] = useState(startedAtMs);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(performance.now()), 500);
    return () => clearInterval(timer);
  }, []);
  const elapsedMs = Math.max(0, nowMs - startedAtMs);
  return (
    <div className="flex flex-col gap-1.5">
      <p role="status" className="text-sm">
        {what}
      </p>
      <progress
        aria-label={what}
        max={deadlineMs - startedAtMs}
        value={Math.min(elapsedMs, deadlineMs - startedAtMs)}
        className="deadline h-1.5 w-full"
      />
      <p className="text-xs text-muted tabular-nums">
        {`${formatDuration(elapsedMs)} so far; given up in ${formatDuration(Math.max(0, deadlineMs - nowMs))}.`}
      </p>
    </div>
  );
}
