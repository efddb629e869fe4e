'use client';

import { formatDuration } from './format.ts';
import { useServerTime } from './use-server-time.ts';

export interface CountdownProps {
  untilMs: number;
  serverTimeMs: number;
  /** Shown once the time is up. */
  after: string;
  /** What it counts down to comes again, each time so much later: then it is never up. */
  everyMs?: number;
  className?: string;
}

/** The next time from now on of what happens at `untilMs` and, if it comes again, every `everyMs` after. Pure. */
export function nextTime(nowMs: number, { untilMs, everyMs }: Pick<CountdownProps, 'untilMs' | 'everyMs'>): number {
  if (everyMs === undefined || nowMs < untilMs) return untilMs;
  return untilMs + (Math.floor((nowMs - untilMs) / everyMs) + 1) * everyMs;
}

/** Time left, in server time. Screen readers meet it as a plain value, not as a message every second. */
export function Countdown({ serverTimeMs, after, className, ...when }: CountdownProps) {
  const left = useServerTime(serverTimeMs, (nowMs) => {
    const nextMs = nextTime(nowMs, when);
    return nextMs > nowMs ? formatDuration(nextMs - nowMs + 999) : after;
  });
  return (
    <span role="timer" aria-live="off" className={`tabular-nums ${className ?? ''}`}>
      {left}
    </span>
  );
}
