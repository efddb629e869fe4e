import { WINDOW_DAYS_MAX } from '#lib/shared/monitoring.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** A time as a date field holds it, in UTC, to the minute. */
export function toDateField(timeMs: number): string {
  return new Date(Math.floor(timeMs / MINUTE_MS) * MINUTE_MS).toISOString().slice(0, 16);
}

/** What stands in a date field, read as UTC; undefined when it is no time. */
export function fromDateField(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?$/.test(text)) return undefined;
  const timeMs = Date.parse(`${text}Z`);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

export interface WindowDraft {
  node: string;
  from: string;
  to: string;
  note: string;
}

/** What is wrong with the times, by field; empty when they can be sent. */
export function windowErrors({ node, from, to }: WindowDraft): Partial<Record<keyof WindowDraft, string>> {
  const [fromMs, toMs] = [fromDateField(from), fromDateField(to)];
  return {
    ...(node === '' ? { node: 'Choose a node.' } : {}),
    ...(fromMs === undefined ? { from: 'Choose a date and a time.' } : {}),
    ...(toMs === undefined
      ? { to: 'Choose a date and a time.' }
      : fromMs !== undefined && toMs <= fromMs
        ? { to: 'Choose a time after the begin.' }
        : fromMs !== undefined && toMs - fromMs > WINDOW_DAYS_MAX * DAY_MS
          ? { to: `Choose a time at most ${WINDOW_DAYS_MAX} days after the begin.` }
          : {}),
  };
}
