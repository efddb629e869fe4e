'use client';

import { formatDuration } from './format.ts';
import { useServerTime } from './use-server-time.ts';

export interface CountdownProps {
  untilMs: number;
  serverTimeMs: number;
  /** Shown once the time is up. */
  after: string;
  className?: string;
}

/** Time left, in server time. Screen readers meet it as a plain value, not as a message every second. */
export function Countdown({ untilMs, serverTimeMs, after, className }: CountdownProps) {
  const left = useServerTime(serverTimeMs, (nowMs) =>
    untilMs > nowMs ? formatDuration(untilMs - nowMs + 999) : after,
  );
  return (
    <span role="timer" aria-live="off" className={`tabular-nums ${className ?? ''}`}>
      {left}
    </span>
  );
}
