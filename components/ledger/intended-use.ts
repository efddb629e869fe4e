import type { StrategyDto } from '#lib/shared/dto.ts';

/** What the form about an intended use holds while it is being typed. */
export interface UseDraft {
  purpose: string;
  fieldOfBusiness: string;
  format: string;
  /** A whole number of `durationUnit`. */
  duration: string;
  durationUnit: DurationUnit;
  calls: string;
  /** Megabytes, up to six decimals. */
  megabytes: string;
}

export const DURATION_UNITS = { seconds: 1_000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const;
export type DurationUnit = keyof typeof DURATION_UNITS;

export interface IntendedUse {
  purpose: string;
  fieldOfBusiness: string;
  format: string;
  durationMs: number;
  calls: number;
  /** Decimal string. */
  bytes: string;
}

export type DraftErrors = Partial<Record<keyof UseDraft, string>>;
export type ParsedUse = { ok: true; use: IntendedUse } | { ok: false; errors: DraftErrors };

const CALLS_MAX = 1_000_000_000;
const DURATION_MS_MAX = 366 * 86_400_000;

/** A year at most, in whole units; undefined when it is no such number. */
export function parseDuration(duration: string, unit: DurationUnit): number | undefined {
  if (!/^[1-9]\d{0,8}$/.test(duration.trim())) return undefined;
  const durationMs = Number(duration.trim()) * DURATION_UNITS[unit];
  return durationMs <= DURATION_MS_MAX ? durationMs : undefined;
}

/** The largest unit that says a duration in whole numbers. */
export function durationDraft(durationMs: number): { duration: string; durationUnit: DurationUnit } {
  for (const durationUnit of ['days', 'hours', 'minutes'] as const) {
    if (durationMs >= DURATION_UNITS[durationUnit] && durationMs % DURATION_UNITS[durationUnit] === 0) {
      return { duration: String(durationMs / DURATION_UNITS[durationUnit]), durationUnit };
    }
  }
  return { duration: String(Math.max(1, Math.round(durationMs / 1_000))), durationUnit: 'seconds' };
}

/** Megabytes with up to six decimals → bytes as a decimal string. */
export function parseMegabytes(text: string): string | undefined {
  const match = /^(\d{1,9})(?:\.(\d{1,6}))?$/.exec(text.trim());
  if (!match) return undefined;
  const bytes = BigInt(match[1] ?? '0') * 1_000_000n + BigInt((match[2] ?? '').padEnd(6, '0'));
  return bytes > 0n ? bytes.toString() : undefined;
}

/** Bytes as megabytes, exactly. */
export function megabytesDraft(bytes: string): string {
  const value = BigInt(bytes);
  const decimals = (value % 1_000_000n).toString().padStart(6, '0').replace(/0+$/, '');
  return `${value / 1_000_000n}${decimals ? `.${decimals}` : ''}`;
}

/** A first proposal that fits the strategy's own limits: an hour, or less when less is allowed. */
export function firstDraft(strategy: StrategyDto): UseDraft {
  return {
    purpose: '',
    fieldOfBusiness: '',
    format: strategy.formats[0] ?? '',
    ...durationDraft(Math.min(strategy.useMsMax, DURATION_UNITS.hours)),
    calls: String(Math.min(strategy.callsMax, 100)),
    megabytes: megabytesDraft(BigInt(strategy.bytesMax) < 10_000_000n ? strategy.bytesMax : '10000000'),
  };
}

/** The draft as numbers, or what is wrong with each field in words. The contract decides whether it is admitted. */
export function parseUse(draft: UseDraft): ParsedUse {
  const errors: DraftErrors = {};
  if (!draft.purpose) errors.purpose = 'Choose what the data is for: it binds you, and the contract reads it.';
  if (!draft.fieldOfBusiness) errors.fieldOfBusiness = 'Choose the field you work in: relevance is judged by it.';
  if (!draft.format) errors.format = 'Choose a format.';
  const durationMs = parseDuration(draft.duration, draft.durationUnit);
  if (durationMs === undefined) errors.duration = 'How long must be a whole number from 1, at most a year.';
  const calls = /^[1-9]\d{0,9}$/.test(draft.calls.trim()) ? Number(draft.calls.trim()) : undefined;
  if (calls === undefined || calls > CALLS_MAX) errors.calls = 'Calls must be a whole number from 1 to 1,000,000,000.';
  const bytes = parseMegabytes(draft.megabytes);
  if (bytes === undefined)
    errors.megabytes = 'Megabytes must be a number above 0 with at most six decimals, such as 10 or 0.5.';
  if (durationMs === undefined || calls === undefined || bytes === undefined || Object.keys(errors).length > 0)
    return { ok: false, errors };
  return {
    ok: true,
    use: {
      purpose: draft.purpose,
      fieldOfBusiness: draft.fieldOfBusiness,
      format: draft.format,
      durationMs,
      calls,
      bytes,
    },
  };
}
