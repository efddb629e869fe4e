import { countOf } from './count.ts';
import { formatCount } from './format.ts';
import { readNumber } from './number.ts';

/** Lengths of time as people type them: a whole number of one unit. */
export const DURATION_UNITS = { seconds: 1_000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const;
export type DurationUnit = keyof typeof DURATION_UNITS;

export const DURATION_UNIT_NAMES = Object.keys(DURATION_UNITS) as DurationUnit[];

/** Whole units from 1 up to the bound; undefined for every other text. */
export function parseDuration(duration: string, unit: DurationUnit, msMax: number | bigint): number | undefined {
  const reading = readNumber(duration, { decimals: 0 });
  if (!reading.ok || reading.value === 0n) return undefined;
  const durationMs = reading.value * BigInt(DURATION_UNITS[unit]);
  return durationMs <= msMax ? Number(durationMs) : undefined;
}

const nounOf = (unit: DurationUnit): string => unit.slice(0, -1);

/** What a number that is read in a field stands for: `2 hours`, `1 day`. */
export function typedDurationInWords(count: bigint, unit: DurationUnit): string {
  return countOf(count, nounOf(unit));
}

/** The largest unit that says a length of whole seconds in whole numbers. */
export function durationDraft(durationMs: number): { duration: string; durationUnit: DurationUnit } {
  for (const durationUnit of ['days', 'hours', 'minutes'] as const) {
    if (durationMs >= DURATION_UNITS[durationUnit] && durationMs % DURATION_UNITS[durationUnit] === 0)
      return { duration: String(durationMs / DURATION_UNITS[durationUnit]), durationUnit };
  }
  return { duration: String(Math.max(1, Math.floor(durationMs / 1_000))), durationUnit: 'seconds' };
}

/** `hour`, `90 minutes`, `1,500 ms`: what a rate is per, exactly. */
export function exactDuration(durationMs: number): string {
  const unit = DURATION_UNIT_NAMES.findLast((name) => durationMs % DURATION_UNITS[name] === 0);
  if (unit === undefined) return `${formatCount(durationMs)} ms`;
  const count = durationMs / DURATION_UNITS[unit];
  return count === 1 ? nounOf(unit) : countOf(count, nounOf(unit));
}
