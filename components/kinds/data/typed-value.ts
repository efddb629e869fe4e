import { formatCount } from '#components/ui/format.ts';

/** What a value has to be to stand beside a column of a type: the provider's engine casts it to that type, and serves nothing where it cannot. */

export type Family = 'text' | 'integer' | 'number' | 'boolean' | 'time' | 'other';

const WHOLE_BITS: Readonly<Record<string, bigint>> = {
  TINYINT: 8n,
  SMALLINT: 16n,
  INTEGER: 32n,
  BIGINT: 64n,
  HUGEINT: 128n,
};
const DECIMAL = /^DECIMAL\((\d{1,2}),(\d{1,2})\)$/;
/** The largest number that a FLOAT holds. */
const FLOAT_MAX = 3.4028234663852886e38;

/** Bounds of a type of whole numbers; undefined for any other. */
function wholeBounds(type: string): { least: bigint; most: bigint } | undefined {
  const bits = WHOLE_BITS[type];
  if (bits !== undefined) return { least: -(1n << (bits - 1n)), most: (1n << (bits - 1n)) - 1n };
  // Whole numbers without a sign of 128 bits are none that the agent compares.
  const unsigned = /^U(?!HUGE)/.test(type) ? WHOLE_BITS[type.slice(1)] : undefined;
  return unsigned === undefined ? undefined : { least: 0n, most: (1n << unsigned) - 1n };
}

/** What values of a column's type are: the agent compares within one family. */
export function familyOf(type: string): Family {
  if (type === 'VARCHAR' || type === 'UUID') return 'text';
  if (wholeBounds(type)) return 'integer';
  if (type === 'FLOAT' || type === 'DOUBLE' || DECIMAL.test(type)) return 'number';
  if (type === 'BOOLEAN') return 'boolean';
  return Object.hasOwn(TIMES, type) ? 'time' : 'other';
}

const CLOCK = '([01]\\d|2[0-3]):[0-5]\\d';
const SECONDS = ':[0-5]\\d(\\.\\d{1,9})?';
const DAY = '\\d{4}-\\d{2}-\\d{2}';
const ZONE = '(Z|[+-](0\\d|1[0-4]):[0-5]\\d)';
const day = new RegExp(`^${DAY}$`);
const moment = {
  form: new RegExp(`^${DAY}([ T]${CLOCK}(${SECONDS})?)?$`),
  sentence: 'Write a date or time that there is, such as 2026-01-31 or 2026-01-31 12:00:00, without a zone.',
};
/** ISO 8601, as far as the engine reads it. */
const TIMES: Readonly<Record<string, { readonly form: RegExp; readonly sentence: string }>> = {
  DATE: { form: day, sentence: 'Write a day that there is as year-month-day, such as 2026-01-31.' },
  TIME: {
    form: new RegExp(`^${CLOCK}(${SECONDS})?$`),
    sentence: 'Write a time of day from 00:00 to 23:59, such as 12:00 or 12:00:30.',
  },
  TIMESTAMP: moment,
  TIMESTAMP_S: moment,
  TIMESTAMP_MS: moment,
  TIMESTAMP_NS: moment,
  'TIMESTAMP WITH TIME ZONE': {
    form: new RegExp(`^${DAY}([ T]${CLOCK}(${SECONDS}${ZONE}?)?)?$`),
    sentence:
      'Write a date or time that there is, such as 2026-01-31 or 2026-01-31 12:00:00+01:00; without a zone it is UTC.',
  },
};

/** Whether the calendar has the day that a text begins with. */
function isRealDay(text: string): boolean {
  const [year = '', month = '', date = ''] = text.slice(0, 10).split('-');
  const found = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  return year !== '0000' && found.getUTCMonth() + 1 === Number(month) && found.getUTCDate() === Number(date);
}

function timeProblem(text: string, type: string): string | undefined {
  const time = TIMES[type];
  if (time === undefined) return undefined;
  if (!time.form.test(text) || (type !== 'TIME' && !isRealDay(text))) return time.sentence;
  const year = Number(text.slice(0, 4));
  // Nanoseconds are counted in 64 bits.
  if (type === 'TIMESTAMP_NS' && (year < 1678 || year > 2261)) return 'Write a year from 1678 to 2261.';
  return undefined;
}

function decimalProblem(text: string, type: string): string | undefined {
  const [, width, scale] = DECIMAL.exec(type) ?? [];
  const [, whole = '', decimals = ''] = /^-?0*(\d*)(?:\.(\d*?)0*)?$/.exec(text) ?? [];
  const before = Number(width) - Number(scale);
  if (whole.length <= before && decimals.length <= Number(scale)) return undefined;
  return `Write a number with at most ${before} digits before the point and ${Number(scale)} after it: the column is ${type}.`;
}

/** Why the engine cannot hold this text in a column of the type, in words; numbers stand as the agent reads them. */
export function typedValueProblem(text: string, type: string): string | undefined {
  const bounds = wholeBounds(type);
  if (bounds !== undefined) {
    const value = BigInt(text);
    if (value >= bounds.least && value <= bounds.most) return undefined;
    return `Write a whole number from ${formatCount(bounds.least.toString())} to ${formatCount(bounds.most.toString())}: the column is ${type}.`;
  }
  if (DECIMAL.test(type)) return decimalProblem(text, type);
  if (type === 'FLOAT' && Math.abs(Number(text)) > FLOAT_MAX) return 'The number is larger than the column can hold.';
  if (type === 'UUID' && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text))
    return 'Write a whole identifier such as 123e4567-e89b-12d3-a456-426614174000.';
  return timeProblem(text, type);
}
