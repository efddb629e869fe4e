import { readNumber, writeNumber } from './number.ts';

/** Words and figures the way every screen writes them. Pure: no clock, no locale of the host. */

/** Tokens are counted in millionths. */
export const TOKEN_DECIMALS = 6;

function groupThousands(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Micro-units from 0 up as people type them: two decimals or more, and no grouped digits. */
export function microDraft(amountMicro: string | bigint): string {
  return writeNumber(BigInt(amountMicro), { decimals: TOKEN_DECIMALS, decimalsMin: 2 });
}

/**
 * Micro-units as a decimal string → `1,204.50`: at least two decimals, at most six, nothing rounded away. Never exactly three: half the
 * world would read 1.234 as a thousand and more.
 */
export function formatMicro(amountMicro: string): string {
  const amount = BigInt(amountMicro);
  const isNegative = amount < 0n;
  const [whole = '', decimals = ''] = microDraft(isNegative ? -amount : amount).split('.');
  return `${isNegative ? '−' : ''}${groupThousands(whole)}.${decimals}`;
}

/** What an amount that is read in a field stands for: `12.50 tokens`. */
export function microInWords(amountMicro: bigint): string {
  return `${formatMicro(amountMicro.toString())} tokens`;
}

/** `12.5` or `12,5` typed by a person → micro-units, or undefined when it is no amount in [0, 2⁶³) that can be read in one way. */
export function parseMicro(text: string): string | undefined {
  const reading = readNumber(text, { decimals: TOKEN_DECIMALS });
  return reading.ok && reading.value < 2n ** 63n ? reading.value.toString() : undefined;
}

export function formatCount(count: number | string): string {
  const text = String(count);
  return text.startsWith('-') ? `−${groupThousands(text.slice(1))}` : groupThousands(text);
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Decimal units, three significant digits: 48,219 → `48.2 kB`. */
export function formatBytes(bytes: number | string): string {
  let value = Number(bytes);
  let unit = 0;
  while (value >= 1000 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const text = unit === 0 || value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
  return `${text} ${BYTE_UNITS[unit] ?? 'B'}`;
}

const DURATION_UNITS = [
  { ms: 86_400_000, short: 'd', one: 'day', many: 'days' },
  { ms: 3_600_000, short: 'h', one: 'hour', many: 'hours' },
  { ms: 60_000, short: 'min', one: 'minute', many: 'minutes' },
  { ms: 1_000, short: 's', one: 'second', many: 'seconds' },
] as const;

const MEASURED_UNITS = [...DURATION_UNITS, { ms: 1, short: 'ms' }] as const;

function twoLargest(wholeMs: number, units: readonly { readonly ms: number; readonly short: string }[]): string {
  let rest = Math.max(0, wholeMs);
  const parts: string[] = [];
  for (const unit of units) {
    const count = Math.floor(rest / unit.ms);
    rest -= count * unit.ms;
    if (count > 0) parts.push(`${count} ${unit.short}`);
    if (parts.length === 2 || (parts.length === 1 && count === 0)) break;
  }
  return parts.length > 0 ? parts.join(' ') : '0 s';
}

/** The two largest units: `2 h 14 min`, `45 s`, `0 s`. */
export function formatDuration(durationMs: number): string {
  return twoLargest(Math.floor(durationMs / 1000) * 1000, DURATION_UNITS);
}

/** The same of what was measured and is charged, down to the millisecond: `9 s 549 ms`, `451 ms`. */
export function formatMeasured(durationMs: number): string {
  return twoLargest(Math.floor(durationMs), MEASURED_UNITS);
}

/** In words for buttons and sentences: `2 hours`, `1 hour 30 minutes`. */
export function durationInWords(durationMs: number): string {
  let rest = Math.max(0, Math.floor(durationMs / 1000) * 1000);
  const parts: string[] = [];
  for (const unit of DURATION_UNITS) {
    const count = Math.floor(rest / unit.ms);
    rest -= count * unit.ms;
    if (count > 0) parts.push(`${count} ${count === 1 ? unit.one : unit.many}`);
  }
  return parts.length > 0 ? parts.slice(0, 2).join(' ') : '0 seconds';
}

/** How often something comes: `every 10 minutes`, `every hour`. */
export function everyInWords(durationMs: number): string {
  return `every ${durationInWords(durationMs).replace(/^1 (?=[a-z]+$)/, '')}`;
}

/** `250 ms`, `12.5 s`, `3,600 s`: a time to the millisecond, nothing rounded away and never three decimals. */
export function exactSeconds(ms: number): string {
  if (ms > 0 && ms < 1_000) return `${formatCount(ms)} ms`;
  const [whole = '', fraction] = writeNumber(BigInt(Math.max(0, Math.round(ms))), { decimals: 3 }).split('.');
  return `${formatCount(whole)}${fraction === undefined ? '' : `.${fraction}`} s`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** `23 Nov 2026, 12:08:28 UTC`: the same on the server, in the browser and in a screenshot. */
export function formatUtc(timeMs: number): string {
  const date = new Date(timeMs);
  if (Number.isNaN(date.getTime())) return 'unknown time';
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ''} ${date.getUTCFullYear()}, ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} UTC`;
}

/** `in 2 h 14 min`, `3 min ago`, `now` (within a second). */
export function formatRelative(timeMs: number, nowMs: number): string {
  const differenceMs = timeMs - nowMs;
  if (Math.abs(differenceMs) < 1000) return 'now';
  return differenceMs > 0 ? `in ${formatDuration(differenceMs)}` : `${formatDuration(-differenceMs)} ago`;
}

/** `9f31c2…04be`; a short text stays whole. */
export function shorten(id: string): string {
  const prefix = id.startsWith('0x') ? 2 : 0;
  return id.length - prefix <= 14 ? id : `${id.slice(0, prefix + 6)}…${id.slice(-4)}`;
}

export const resourceLabel = (id: number | string): string => `R-${id}`;
export const accountLabel = (id: number | string): string => `A-${id}`;
export const orderLabel = (id: number | string): string => `O-${id}`;
/** `O-12` of an order of one part, `O-12/2` of a part of several; who sees one part alone knows it by its own number. */
export function partLabel({
  id,
  order,
  part,
  parts,
}: {
  id: number;
  order: number;
  part: number;
  parts: number;
}): string {
  return parts > 1 ? `${orderLabel(order)}/${part}` : orderLabel(id);
}
export const nodeLabel = (id: number | string): string => `N-${id}`;
export const proposalLabel = (id: number | string): string => `P-${id}`;

/** `public-administration` → `public administration`. */
export function inWords(code: string): string {
  return code.replaceAll('-', ' ');
}

/** First letter upper case, for labels and the start of a sentence. */
export function sentenceCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
