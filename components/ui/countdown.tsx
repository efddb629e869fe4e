'use client';

import { useEffect, useState } from 'react';
import { formatDuration } from './format.ts';

/**
 * The server's clock as this page can know it: the server's time at rendering, moved on by this device's steady clock. Whatever the
 * device's own date says has no effect.
 */
export function useServerNow(serverTimeMs: number, stepMs = 1000): number {
  const [nowMs, setNowMs] = useState(serverTimeMs);
  useEffect(() => {
    const startedAt = performance.now();
    const tick = () => setNowMs(serverTimeMs + performance.now() - startedAt);
    tick();
    const timer = setInterval(tick, stepMs);
    return () => clearInterval(timer);
  }, [serverTimeMs, stepMs]);
  return nowMs;
}

export interface CountdownProps {
  untilMs: number;
  serverTimeMs: number;
  /** Shown once the time is up. */
  after: string;
  className?: string;
}

/** Time left, in server time. Screen readers meet it as a plain value, not as a message every second. */
export function Countdown({ untilMs, serverTimeMs, after, className }: CountdownProps) {
  const nowMs = useServerNow(serverTimeMs);
  const leftMs = untilMs - nowMs;
  return (
    <span role="timer" aria-live="off" className={`tabular-nums ${className ?? ''}`}>
      {leftMs > 0 ? formatDuration(leftMs + 999) : after}
    </span>
  );
}
