'use client';

import { formatRelative } from './format.ts';
import { Text } from './text.tsx';
import { useServerTime } from './use-server-time.ts';

/** `3 min ago`, `in 2 h`: how far away a time is, for as long as the page is open. `nowMs`: server's time at rendering. */
export function Relative({ timeMs, nowMs }: { timeMs: number; nowMs: number }) {
  return <Text>{useServerTime(nowMs, (serverMs) => formatRelative(timeMs, serverMs))}</Text>;
}
