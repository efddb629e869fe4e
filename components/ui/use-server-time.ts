'use client';

import { useEffect, useSyncExternalStore } from 'react';
import { serverClock } from './clock.ts';

const subscribe = (listener: () => void) => serverClock.subscribe(listener);

/**
 * What `read` makes of the server's time, worked out again as time goes on. `serverTimeMs` is the server's time at rendering; a part of the
 * page that is mounted later goes on from the page's own clock and not from there.
 */
export function useServerTime<Shown extends string | number | boolean>(
  serverTimeMs: number,
  read: (nowMs: number) => Shown,
): Shown {
  useEffect(() => serverClock.observe(serverTimeMs), [serverTimeMs]);
  return useSyncExternalStore(
    subscribe,
    () => read(Math.max(serverTimeMs, serverClock.shownMs())),
    () => read(serverTimeMs),
  );
}

/** Asks for the server's time when something happens; asking draws nothing. */
export function useServerNow(serverTimeMs: number): () => number {
  useEffect(() => serverClock.observe(serverTimeMs), [serverTimeMs]);
  return () => serverClock.nowMs();
}
