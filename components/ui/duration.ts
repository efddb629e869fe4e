/** Lengths of time as people type them: a whole number of one unit. */
export const DURATION_UNITS = { seconds: 1_000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const;
export type DurationUnit = keyof typeof DURATION_UNITS;

export const DURATION_UNIT_NAMES = Object.keys(DURATION_UNITS) as DurationUnit[];

/** Whole units from 1 up to the bound; undefined for every other text. */
export function parseDuration(duration: string, unit: DurationUnit, msMax: number | bigint): number | undefined {
  if (!/^[1-9]\d{0,8}$/.test(duration.trim())) return undefined;
  const durationMs = Number(duration.trim()) * DURATION_UNITS[unit];
  return durationMs <= msMax ? durationMs : undefined;
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
  if (unit === undefined) return `${durationMs} ms`;
  const count = durationMs / DURATION_UNITS[unit];
  return count === 1 ? unit.slice(0, -1) : `${count} ${unit}`;
}
