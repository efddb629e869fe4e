import { assert } from '#ledger/core/assert.ts';

/**
 * The one way in which a typed number is read. People write a half as 0.5 or 0,5 and a thousand as 1,000, 1.000 or 1 000. A text that
 * stands for one number in all of these habits is that number; every other text is refused in words, never guessed. Where no decimals
 * are read, 1,000 has one reading: a thousand. Pure.
 */

/** Longer texts are no number that a field takes. */
const TEXT_MAX = 40;
const PLAIN = /^(?:0|[1-9]\d*)$/;
/** Digits in threes, the same sign between all of them. */
const GROUPED = /^[1-9]\d{0,2}(?:([., ’])\d{3})(?:\1\d{3})*$/;
const WITH_DECIMALS = /^(.+)([.,])(\d+)$/;
const NEGATIVE = /^[-−–]\s?\d/;
/** Three decimals could be thousands: they are written as four, and read so where no more than three are taken. */
const DECIMALS_LIKE_THOUSANDS = 3;

interface Digits {
  readonly whole: string;
  readonly fraction: string;
}

export type NumberReading =
  { readonly ok: true; readonly value: bigint } | { readonly ok: false; readonly why: string };

function withoutSigns(text: string): string {
  return text.replaceAll(/\D/g, '');
}

/** The text as a whole number, its digits perhaps in groups. */
function asWhole(text: string): Digits | undefined {
  return PLAIN.test(text) || GROUPED.test(text) ? { whole: withoutSigns(text), fraction: '' } : undefined;
}

/** The text as a number with decimals: the sign before them stands nowhere else. */
function asDecimals(text: string): Digits | undefined {
  const [, before = '', sign = '', fraction = ''] = WITH_DECIMALS.exec(text) ?? [];
  const whole = asWhole(before);
  return whole && !before.includes(sign) ? { whole: whole.whole, fraction } : undefined;
}

/** Decimals without the nought that was written after three of them. */
function spareless(fraction: string, decimals: number): string {
  const isSpare = decimals === DECIMALS_LIKE_THOUSANDS && /^\d{3}0$/.test(fraction);
  return isSpare ? fraction.slice(0, decimals) : fraction;
}

/**
 * Reads a number of at most `decimals` decimals; the value counts in units of the last of them: `12.5` with six decimals is 12,500,000.
 * `why` says in one sentence what is wrong and how to write it.
 */
export function readNumber(typed: string, { decimals }: { readonly decimals: number }): NumberReading {
  const text = typed.trim().replaceAll(/\s/g, ' ').replaceAll("'", '’');
  const example = decimals === 0 ? 'such as 1250' : 'such as 1250 or 0.5';
  if (text === '' || text.length > TEXT_MAX) return { ok: false, why: `Write a number in digits, ${example}.` };
  if (NEGATIVE.test(text)) return { ok: false, why: `“${text}” must not be negative. Write a number ${example}.` };
  const whole = asWhole(text);
  const withDecimals = whole && decimals === 0 ? undefined : asDecimals(text);
  if (whole && withDecimals) {
    const read = `${withDecimals.whole}.${withDecimals.fraction}`;
    const other = decimals >= DECIMALS_LIKE_THOUSANDS ? `, or ${read}0` : '';
    return { ok: false, why: `“${text}” can be read as ${whole.whole} or as ${read}. Write ${whole.whole}${other}.` };
  }
  const digits = whole ?? withDecimals;
  if (!digits) return { ok: false, why: `“${text}” cannot be read as one number. Write it in digits, ${example}.` };
  const fraction = spareless(digits.fraction, decimals);
  if (fraction.length > decimals) {
    const most =
      decimals === 0 ? 'is no whole number' : `has more than ${decimals} decimal${decimals === 1 ? '' : 's'}`;
    return { ok: false, why: `“${text}” ${most}. Write a number ${example}.` };
  }
  return { ok: true, value: BigInt(digits.whole + fraction.padEnd(decimals, '0')) };
}

/** Why a text of digits and signs is no number; undefined when it is one, and for other texts, which their field has words for. */
export function numberProblem(typed: string, of: { readonly decimals: number }): string | undefined {
  if (!/\d/.test(typed) || !/^\s*[-−–]?[\d.,'’\s]+$/.test(typed)) return undefined;
  const reading = readNumber(typed, of);
  return reading.ok ? undefined : reading.why;
}

/** A value as `readNumber` reads it back, with as few decimals as say it exactly, but not fewer than `decimalsMin`. */
export function writeNumber(value: bigint, of: { readonly decimals: number; readonly decimalsMin?: number }): string {
  const { decimals, decimalsMin = 0 } = of;
  assert(value >= 0n, 'a field holds no negative number');
  const digits = value.toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const exact = digits
    .slice(digits.length - decimals)
    .replace(/0+$/, '')
    .padEnd(decimalsMin, '0');
  const fraction = exact.length === DECIMALS_LIKE_THOUSANDS ? `${exact}0` : exact;
  return fraction === '' ? whole : `${whole}.${fraction}`;
}
