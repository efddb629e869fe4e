import { formatUtc } from './format.ts';
import { Relative } from './relative.tsx';

export interface TimeProps {
  timeMs: number;
  /** Server's time at rendering; left out, only the date stands there. */
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
        <span className="text-muted">
          <span> </span>
          <span className="whitespace-nowrap">
            <span>{'· '}</span>
            <Relative timeMs={timeMs} nowMs={nowMs} />
          </span>
        </span>
      )}
    </span>
  );
}
