'use client';

import { formatRelative } from '#components/ui/format.ts';
import { Text } from '#components/ui/text.tsx';
import { useServerTime } from '#components/ui/use-server-time.ts';

interface LastHeardProps {
  /** Last heartbeat; null when none was ever recorded. */
  seenAtMs: number | null;
  /** Server's time at rendering. */
  nowMs: number;
}

/** `8 s ago`, or `never`. */
export function LastHeard({ seenAtMs, nowMs }: LastHeardProps) {
  const heard = useServerTime(nowMs, (serverMs) => (seenAtMs === null ? 'never' : formatRelative(seenAtMs, serverMs)));
  return <Text>{heard}</Text>;
}
