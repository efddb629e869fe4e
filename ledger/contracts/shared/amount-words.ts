import { quotient, remainder } from '#ledger/core/integer.ts';

const UNITS = [
  { ms: 86_400_000n, name: 'day' },
  { ms: 3_600_000n, name: 'hour' },
  { ms: 60_000n, name: 'minute' },
  { ms: 1_000n, name: 'second' },
] as const;

/** `7200000` → '2 hours', `5400000` → '1 hour 30 minutes': the two largest units that say it exactly, else milliseconds. */
export function durationInWords(durationMs: bigint): string {
  const parts: string[] = [];
  let left = durationMs;
  for (const unit of UNITS) {
    const count = quotient(left, unit.ms);
    left = remainder(left, unit.ms);
    if (count > 0n) parts.push(countInWords(count, unit.name));
  }
  if (left > 0n || parts.length === 0) parts.push(countInWords(left, 'millisecond'));
  return parts.join(' ');
}

/** `1 call`, `10 calls`, `64 MiB`: units that are words have a plural. */
export function countInWords(count: bigint, unit: string): string {
  return count === 1n || !/^[a-z]{3,}$/.test(unit) ? `${count} ${unit}` : `${count} ${unit}s`;
}

const SIZES = [
  { bytes: 1_000_000_000n, name: 'GB' },
  { bytes: 1_000_000n, name: 'MB' },
  { bytes: 1_000n, name: 'kB' },
] as const;

/** `1800000000` → '1.8 GB', `3048` → '3.048 kB': exactly, in the largest unit that says it with three decimals. */
export function bytesInWords(bytes: bigint): string {
  for (const unit of SIZES) {
    const step = quotient(unit.bytes, 1_000n);
    if (bytes < unit.bytes || remainder(bytes, step) !== 0n) continue;
    const decimals = pad(remainder(quotient(bytes, step), 1_000n), 3).replace(/0+$/, '');
    return `${quotient(bytes, unit.bytes)}${decimals === '' ? '' : `.${decimals}`} ${unit.name}`;
  }
  return countInWords(bytes, 'byte');
}

/** ISO 8601 in UTC, `2026-11-23T12:00:00Z`, milliseconds only when there are any: no Date, so that every machine writes the same. */
export function timeInWords(timeMs: bigint): string {
  const days = quotient(timeMs, 86_400_000n);
  const ms = remainder(timeMs, 86_400_000n);
  const clock = [quotient(ms, 3_600_000n), remainder(quotient(ms, 60_000n), 60n), remainder(quotient(ms, 1_000n), 60n)];
  const fraction = remainder(ms, 1_000n);
  const { year, month, day } = civilFromDays(days);
  const date = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
  return `${date}T${clock.map((part) => pad(part, 2)).join(':')}${fraction === 0n ? '' : `.${pad(fraction, 3)}`}Z`;
}

function pad(value: bigint, width: number): string {
  return value.toString().padStart(width, '0');
}

/** Gregorian date of a day count since 1970-01-01: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days. */
function civilFromDays(days: bigint): { year: bigint; month: bigint; day: bigint } {
  const shifted = days + 719_468n;
  const era = quotient(shifted, 146_097n);
  const dayOfEra = remainder(shifted, 146_097n);
  const leaps = quotient(dayOfEra, 1_460n) - quotient(dayOfEra, 36_524n) + quotient(dayOfEra, 146_096n);
  const yearOfEra = quotient(dayOfEra - leaps, 365n);
  const dayOfYear = dayOfEra - (365n * yearOfEra + quotient(yearOfEra, 4n) - quotient(yearOfEra, 100n));
  const monthFromMarch = quotient(5n * dayOfYear + 2n, 153n);
  const day = dayOfYear - quotient(153n * monthFromMarch + 2n, 5n) + 1n;
  const month = monthFromMarch < 10n ? monthFromMarch + 3n : monthFromMarch - 9n;
  return { year: yearOfEra + era * 400n + (month <= 2n ? 1n : 0n), month, day };
}
