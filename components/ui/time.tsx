import { formatRelative, formatUtc } from './format.ts';

export interface TimeProps {
  timeMs: number;
  /** Server's or block's time to be relative to; left out, only the date stands there. */
  nowMs?: number;
  className?: string;
}

/** A real date with its zone and, beside it, how far away it is. */
export function Time({ timeMs, nowMs, className }: TimeProps) {
  return (
    <span className={className}>
      <time dateTime={new Date(timeMs).toISOString()} className="whitespace-nowrap tabular-nums">
        {formatUtc(timeMs)}
      </time>
      {nowMs === undefined ? null : (
        <span className="whitespace-nowrap text-muted">{` · ${formatRelative(timeMs, nowMs)}`}</span>
      )}
    </span>
  );
}
