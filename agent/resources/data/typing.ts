import type { Dialect } from '#ledger/contracts/kinds/data.ts';

/** How the text of a column becomes values of a type. Both are SQL over the column's text, which is never null in `fits`. */
export interface Reading {
  readonly type: string;
  /** True when the text is a value of the type and nothing is lost or guessed. */
  fits(text: string): string;
  value(text: string): string;
}

/** A double keeps this many decimal digits whatever they are (IEEE 754). */
const DOUBLE_DIGITS = 15;
const ISO_DATE = String.raw`\d{4}-\d\d-\d\d`;
const CLOCK = String.raw`\d\d:\d\d(:\d\d(\.\d{1,6})?)?`;
const ZONE = String.raw`(Z|[+-]\d\d(:?\d\d)?)`;

const matches = (text: string, pattern: string): string => `regexp_full_match(${text}, '${pattern}')`;
const isCast = (text: string, type: string): string => `TRY_CAST(${text} AS ${type}) IS NOT NULL`;
const cast =
  (type: string) =>
  (text: string): string =>
    `CAST(${text} AS ${type})`;

/** The number's text as the engine writes it. */
function pointed(text: string, { decimal }: Dialect): string {
  return decimal === '.' ? text : `replace(${text}, '${decimal}', '.')`;
}

function mark({ decimal }: Dialect): string {
  return decimal === '.' ? String.raw`\.` : decimal;
}

function digitsOf(text: string): string {
  return `length(ltrim(regexp_replace(${text}, '[eE].*$|[^0-9]', '', 'g'), '0'))`;
}

/**
 * Types that a column may be found to have, the narrowest first; text where none fits every value. Digits that no number keeps
 * (leading zeros, more than a type holds) stay text, and so do dates whose order of day and month is not written out.
 */
export function readingsOf(dialect: Dialect): readonly Reading[] {
  const number = String.raw`-?(0|[1-9]\d*)(${mark(dialect)}\d+)?([eE][+-]?\d{1,2})?`;
  return [
    {
      type: 'BOOLEAN',
      fits: (text) => matches(text, '(?i:true|false)'),
      value: cast('BOOLEAN'),
    },
    {
      type: 'BIGINT',
      fits: (text) => `coalesce(CAST(TRY_CAST(${text} AS BIGINT) AS VARCHAR) = ${text}, false)`,
      value: cast('BIGINT'),
    },
    {
      type: 'DOUBLE',
      fits: (text) => `(${matches(text, number)} AND ${digitsOf(text)} <= ${DOUBLE_DIGITS})`,
      value: (text) => cast('DOUBLE')(pointed(text, dialect)),
    },
    dateReading(dialect),
    {
      type: 'TIME',
      fits: (text) => `(${matches(text, CLOCK)} AND ${isCast(text, 'TIME')})`,
      value: cast('TIME'),
    },
    {
      type: 'TIMESTAMP',
      fits: (text) => `(${matches(text, `${ISO_DATE}[ T]${CLOCK}`)} AND ${isCast(text, 'TIMESTAMP')})`,
      value: cast('TIMESTAMP'),
    },
    {
      type: 'TIMESTAMP WITH TIME ZONE',
      fits: (text) => `(${matches(text, `${ISO_DATE}[ T]${CLOCK}${ZONE}`)} AND ${isCast(text, 'TIMESTAMPTZ')})`,
      value: cast('TIMESTAMPTZ'),
    },
  ];
}

function dateReading({ dateFormat }: Dialect): Reading {
  if (dateFormat === '') {
    return {
      type: 'DATE',
      fits: (text) => `(${matches(text, ISO_DATE)} AND ${isCast(text, 'DATE')})`,
      value: cast('DATE'),
    };
  }
  const format = `'${dateFormat.replaceAll("'", "''")}'`;
  return {
    type: 'DATE',
    fits: (text) => `try_strptime(${text}, ${format}) IS NOT NULL`,
    value: (text) => `CAST(strptime(${text}, ${format}) AS DATE)`,
  };
}

export const TEXT: Reading = { type: 'VARCHAR', fits: () => 'true', value: (text) => text };

const WHOLE = /^U?(TINY|SMALL|HUGE|BIG)?INT(EGER)?$/;
const DECIMAL = /^DECIMAL\(\d{1,2},(\d{1,2})\)$/;

/** A type that the provider stated: a value that would be rounded does not fit it. */
export function statedReading(type: string, dialect: Dialect): Reading {
  if (type === 'VARCHAR') return TEXT;
  const found = readingsOf(dialect).find((reading) => reading.type === type);
  const scale = DECIMAL.exec(type)?.[1];
  const isNumber = WHOLE.test(type) || scale !== undefined || type === 'FLOAT' || type === 'DOUBLE';
  if (!isNumber) {
    return found ?? { type, fits: (text) => isCast(text, type), value: cast(type) };
  }
  const value = (text: string): string => cast(type)(pointed(text, dialect));
  const fraction = WHOLE.test(type)
    ? ''
    : `(${mark(dialect)}${scale === undefined ? String.raw`\d*` : `\\d{0,${scale}}`})?`;
  const exponent = type === 'FLOAT' || type === 'DOUBLE' ? String.raw`([eE][+-]?\d{1,3})?` : '';
  const pattern = String.raw`[+-]?\d+${fraction}${exponent}`;
  return { type, fits: (text) => `(${matches(text, pattern)} AND ${isCast(pointed(text, dialect), type)})`, value };
}
