import { utf8 } from '#ledger/core/bytes.ts';
import { quotient } from '#ledger/core/integer.ts';
import { hasExactly, termOf, amountOf, type Term } from '#ledger/contracts/shared/terms.ts';
import type { Kind } from './kind.ts';

export const FORMATS = ['csv', 'json', 'parquet'] as const;
export type Format = (typeof FORMATS)[number];
export const COLUMNS_MAX = 512;
export const ROW_FILTER_BYTES_MAX = 2_048;
const NAME_MAX = 128;
const RANGE_MAX = 256;
const DIALECT_MAX = 1_024;
const ANSWER_BYTES_TEXT_MAX = 6_144;
/** Of one column in the rows that were measured. */
const COLUMN_BYTES_MAX = 2 ** 44;
export const SKIP_MAX = 1_000;
export const NULLS_MAX = 8;
export const NULL_MAX = 32;
export const DATE_FORMAT_MAX = 32;
/** Changes of a data set that are told one by one. */
const CHANGES_MAX = 6;

/** A column as the agent computed it. Value ranges are opt-in: absent or null when the provider keeps them back. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly nulls: number;
  readonly min?: string | number | null;
  readonly max?: string | number | null;
}

export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'iso-8859-15'] as const;

/** How the text of a CSV file became rows and values: whoever has the file and this reads the same. */
export interface Dialect {
  /** One ASCII character between fields; '' where a line is one field. */
  readonly delimiter: string;
  /** One ASCII character around a field; '' where there is none. */
  readonly quote: string;
  /** What stands before a quote inside a quoted field: the quote itself (RFC 4180), or another ASCII character. */
  readonly escape: string;
  /** Whether the first line names the columns. */
  readonly header: boolean;
  readonly encoding: (typeof ENCODINGS)[number];
  /** Lines before the first that counts. */
  readonly skip: number;
  readonly decimal: '.' | ',';
  /** `strptime` form of dates; '' for ISO 8601 alone. */
  readonly dateFormat: string;
  /** Texts without quotes that stand for an absent value, beside the empty field. */
  readonly nulls: readonly string[];
}

/**
 * What the first rows weigh in an answer, in bytes, by format: one figure for each column, in the order of the source. Estimates are made
 * of it (`estimatedBytes`); no bill is. In CSV a column's figure holds its name, its values and the character after each; in JSON its name
 * and its value in every row, and the character after each; in Parquet its part of the file.
 */
export interface AnswerBytes extends Readonly<Record<Format, readonly number[]>> {
  /** Rows that were measured: all of them, or the first so many. */
  readonly rows: number;
}

/** The attributes of a data set, read from its terms in this one place. */
export interface DataSet {
  readonly format: string;
  readonly rows: number;
  readonly bytes: number;
  readonly checksum: string;
  readonly columns: readonly Column[];
  /** Of a CSV file; absent for others. */
  readonly dialect?: Dialect;
  /** Absent where the description would be too long with it, and where an agent does not measure. */
  readonly answerBytes?: AnswerBytes;
}

/** What a strategy shares of a data set, read from its terms. `rowFilter` is the agent's filter language as JSON, '' for all rows. */
export interface DataWays {
  readonly columns: readonly string[];
  readonly formats: readonly Format[];
  readonly rowFilter: string;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isShort(value: unknown, lengthMax: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= lengthMax && !/\p{Cc}/u.test(value);
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isRangeEnd(value: unknown): boolean {
  if (value === undefined || value === null || typeof value === 'number') return true;
  return typeof value === 'string' && value.length <= RANGE_MAX;
}

const COLUMN_FIELDS = ['name', 'type', 'nulls', 'min', 'max'];

function isColumn(value: unknown): value is Column {
  if (!isObject(value) || !Object.keys(value).every((name) => COLUMN_FIELDS.includes(name))) return false;
  const { name, type, nulls, min, max } = value;
  return isShort(name, NAME_MAX) && isShort(type, NAME_MAX) && isCount(nulls) && isRangeEnd(min) && isRangeEnd(max);
}

function parseCount(text: string | undefined): number | undefined {
  const count = Number(text);
  return text !== undefined && /^(0|[1-9]\d{0,15})$/.test(text) && Number.isSafeInteger(count) ? count : undefined;
}

/** Columns with names that differ; undefined for anything else. */
function parseColumns(text: string | undefined): readonly Column[] | undefined {
  const value = text === undefined ? undefined : parseJson(text);
  if (!Array.isArray(value) || value.length === 0 || value.length > COLUMNS_MAX || !value.every(isColumn))
    return undefined;
  return new Set(value.map(({ name }) => name)).size === value.length ? value : undefined;
}

function isAscii(text: unknown): boolean {
  return typeof text === 'string' && /^[\t\x20-\x7e]?$/.test(text);
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.length <= NULLS_MAX && value.every((item) => isShort(item, NULL_MAX));
}

const DIALECT_CHECKS: Readonly<Record<keyof Dialect, (value: unknown) => boolean>> = {
  delimiter: isAscii,
  quote: isAscii,
  escape: isAscii,
  header: (value) => typeof value === 'boolean',
  encoding: (value) => (ENCODINGS as readonly unknown[]).includes(value),
  skip: (value) => isCount(value) && Number(value) <= SKIP_MAX,
  decimal: (value) => value === '.' || value === ',',
  dateFormat: (value) => value === '' || isShort(value, DATE_FORMAT_MAX),
  nulls: isTextList,
};

function isDialect(value: unknown): value is Dialect {
  const names = Object.keys(DIALECT_CHECKS);
  if (!isObject(value) || Object.keys(value).length !== names.length) return false;
  return Object.entries(DIALECT_CHECKS).every(([name, isSound]) => Object.hasOwn(value, name) && isSound(value[name]));
}

/** Undefined for what is no dialect; null where a file needs none. */
function parseDialect(text: string | undefined): Dialect | null | undefined {
  if (text === undefined) return null;
  const value = text.length <= DIALECT_MAX ? parseJson(text) : undefined;
  return isDialect(value) ? value : undefined;
}

const ANSWER_BYTES_FIELDS = ['rows', ...FORMATS];

function isAnswerBytes(value: unknown, of: { readonly rows: number; readonly columns: number }): value is AnswerBytes {
  if (!isObject(value) || Object.keys(value).toSorted().join() !== ANSWER_BYTES_FIELDS.toSorted().join()) return false;
  const { rows } = value;
  if (!isCount(rows) || Number(rows) < 1 || Number(rows) > of.rows) return false;
  return FORMATS.every((format) => {
    const sizes = value[format];
    return (
      Array.isArray(sizes) &&
      sizes.length === of.columns &&
      sizes.every((size) => isCount(size) && Number(size) <= COLUMN_BYTES_MAX)
    );
  });
}

/** Undefined for what is no measure of a data set of so many rows and columns; null where none was published. */
function parseAnswerBytes(
  text: string | undefined,
  of: { readonly rows: number; readonly columns: number },
): AnswerBytes | null | undefined {
  if (text === undefined) return null;
  const value = text.length <= ANSWER_BYTES_TEXT_MAX ? parseJson(text) : undefined;
  return isAnswerBytes(value, of) ? value : undefined;
}

const ATTRIBUTES = ['bytes', 'checksum', 'columns', 'format', 'rows'];

/** The attributes of a data set; undefined when they are not whole and sound. */
export function readDataSet(attributes: readonly Term[]): DataSet | undefined {
  const names = attributes.map(({ name }) => name);
  const rows = parseCount(termOf(attributes, 'rows'));
  const bytes = parseCount(termOf(attributes, 'bytes'));
  const columns = parseColumns(termOf(attributes, 'columns'));
  const format = termOf(attributes, 'format');
  const checksum = termOf(attributes, 'checksum');
  const dialect = parseDialect(termOf(attributes, 'dialect'));
  if (dialect === undefined || rows === undefined || bytes === undefined || columns === undefined) return undefined;
  const answerBytes = parseAnswerBytes(termOf(attributes, 'answerBytes'), { rows, columns: columns.length });
  if (answerBytes === undefined) return undefined;
  const optional = { ...(dialect === null ? {} : { dialect }), ...(answerBytes === null ? {} : { answerBytes }) };
  if (!hasExactly(names, [...Object.keys(optional), ...ATTRIBUTES].toSorted())) return undefined;
  return isShort(format, NAME_MAX) && isShort(checksum, NAME_MAX)
    ? { format, rows, bytes, checksum, columns, ...optional }
    : undefined;
}

/** Bytes of an answer that belong to no column: those of each row (CSV ends a line; JSON writes `{` and `,\n`), and those of the whole. */
const FRAMES: Readonly<Record<Format, { readonly row: bigint; readonly once: bigint }>> = {
  csv: { row: 1n, once: 1n },
  json: { row: 3n, once: 3n },
  parquet: { row: 0n, once: 0n },
};

/**
 * About how many bytes an answer with all rows has, of these columns in this format, rounded up: what was measured, in proportion to the
 * rows. Exact for CSV and JSON where every row was measured, but for the quotes that CSV writes for absent values of a single column.
 * Undefined where the description tells nothing of it.
 */
export function estimatedBytes(
  { rows, columns, answerBytes }: Pick<DataSet, 'rows' | 'columns' | 'answerBytes'>,
  of: { readonly columns: readonly string[]; readonly format: Format },
): bigint | undefined {
  if (answerBytes === undefined) return undefined;
  const sizes = answerBytes[of.format];
  const measured = columns.reduce(
    (sum, { name }, position) => (of.columns.includes(name) ? sum + BigInt(sizes[position] ?? 0) : sum),
    0n,
  );
  const { row, once } = FRAMES[of.format];
  const measuredRows = BigInt(answerBytes.rows);
  return quotient(measured * BigInt(rows) + measuredRows - 1n, measuredRows) + row * BigInt(rows) + once;
}

/** Columns that came, went or are different now, by their names. Whether ranges are published is the provider's choice, not the data's. */
function columnChanges(found: readonly Column[], published: readonly Column[]): string[] {
  const before = new Map(published.map((column) => [column.name, column]));
  const now = new Set(found.map(({ name }) => name));
  const gone = published.filter(({ name }) => !now.has(name)).map(({ name }) => `column ${name} is gone`);
  const others = found.flatMap(({ name, type, nulls }) => {
    const old = before.get(name);
    if (old === undefined) return [`column ${name} is new`];
    if (old.type !== type) return [`column ${name} is ${type}, published as ${old.type}`];
    return old.nulls === nulls ? [] : [`column ${name} lacks ${nulls} values, published as ${old.nulls}`];
  });
  const isMoved = found.some(({ name }, index) => published[index]?.name !== name);
  const all = [...gone, ...others];
  return all.length === 0 && isMoved ? ['its columns stand in another order'] : all;
}

/** Everything has to be equal but ranges and what answers weigh, which follows from the contents and from the agent's version. */
function dataSetChanges(found: readonly Term[], published: readonly Term[]): readonly string[] {
  const now = readDataSet(found);
  const before = readDataSet(published);
  if (now === undefined || before === undefined) return ['it is no longer described as a data set'];
  const counted = (['rows', 'bytes'] as const)
    .filter((name) => now[name] !== before[name])
    .map((name) => `${now[name]} ${name}, published were ${before[name]}`);
  const changes = [
    ...counted,
    ...(now.format === before.format ? [] : [`stored as ${now.format}, published as ${before.format}`]),
    ...(JSON.stringify(now.dialect) === JSON.stringify(before.dialect) ? [] : ['its text is read in another way']),
    ...columnChanges(now.columns, before.columns),
  ];
  if (changes.length === 0 && now.checksum !== before.checksum) return ['its contents are others'];
  return changes.length <= CHANGES_MAX
    ? changes
    : [...changes.slice(0, CHANGES_MAX), `and ${changes.length - CHANGES_MAX} more`];
}

function parseNames(text: string | undefined): readonly string[] | undefined {
  const value = text === undefined ? undefined : parseJson(text);
  const isList = Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string');
  return isList && new Set(value).size === value.length ? (value as string[]) : undefined;
}

/** An object or a list as JSON, in at most ROW_FILTER_BYTES_MAX. */
export function isRowFilter(text: string): boolean {
  const value = utf8(text).length <= ROW_FILTER_BYTES_MAX ? parseJson(text) : undefined;
  return typeof value === 'object' && value !== null;
}

function isFormat(text: string): text is Format {
  return (FORMATS as readonly string[]).includes(text);
}

/** What a strategy shares; undefined when its ways are not those of a data set. The agent checks what a filter means. */
export function readDataWays(ways: readonly Term[]): DataWays | undefined {
  const columns = parseNames(termOf(ways, 'columns'));
  const formats = parseNames(termOf(ways, 'formats'));
  const rowFilter = termOf(ways, 'rowFilter');
  const names = ways.map(({ name }) => name);
  if (!hasExactly(names, ['columns', 'formats', ...(rowFilter === undefined ? [] : ['rowFilter'])])) return undefined;
  if (columns === undefined || formats === undefined || !formats.every(isFormat)) return undefined;
  if (rowFilter !== undefined && !isRowFilter(rowFilter)) return undefined;
  return { columns, formats, rowFilter: rowFilter ?? '' };
}

/** The terms of a data set's attributes. */
export function dataSetTerms({ format, rows, bytes, checksum, columns, dialect, answerBytes }: DataSet): Term[] {
  return [
    ...(answerBytes === undefined ? [] : [{ name: 'answerBytes', value: JSON.stringify(answerBytes) }]),
    { name: 'bytes', value: String(bytes) },
    { name: 'checksum', value: checksum },
    { name: 'columns', value: JSON.stringify(columns) },
    ...(dialect === undefined ? [] : [{ name: 'dialect', value: JSON.stringify(dialect) }]),
    { name: 'format', value: format },
    { name: 'rows', value: String(rows) },
  ];
}

/** The terms of what a strategy shares. */
export function dataWaysTerms({ columns, formats, rowFilter }: DataWays): Term[] {
  return [
    { name: 'columns', value: JSON.stringify(columns) },
    { name: 'formats', value: JSON.stringify(formats) },
    ...(rowFilter === '' ? [] : [{ name: 'rowFilter', value: rowFilter }]),
  ];
}

/** A choice of columns in the order of the source. */
function isOrderedChoice(chosen: readonly string[], offered: readonly string[]): boolean {
  let from = 0;
  for (const item of chosen) {
    const at = offered.indexOf(item, from);
    if (at < 0) return false;
    from = at + 1;
  }
  return true;
}

function listInWords(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} or ${items.at(-1)}`;
}

/** Files and tables, read by calls. A place is one customer who may call. */
export const data = {
  title: 'data set',
  meters: {
    bytes: { unit: 'byte', title: 'Bytes', counting: 'counted', max: 1n << 44n },
    calls: { unit: 'call', title: 'Calls', counting: 'counted', max: 1_000_000_000n },
    places: { unit: 'place', title: 'Customers at the same time', counting: 'held', max: 100_000n },
    rows: { unit: 'row', title: 'Rows', counting: 'counted', max: 1n << 44n },
  },
  capacity: ['places'],
  limits: ['bytes', 'calls'],
  used: ['bytes', 'calls', 'rows'],
  promises: {
    firstByteMs: { unit: 'ms', title: 'First byte of 95 of 100 calls', kept: 'atMost', max: 600_000n },
  },
  choices: { format: 'Format' },
  graceMs: undefined,
  areAttributesSound: (attributes) => readDataSet(attributes) !== undefined,
  changes: dataSetChanges,
  areWaysSound: (ways, attributes) => {
    const shared = readDataWays(ways);
    const names = (readDataSet(attributes)?.columns ?? []).map(({ name }) => name);
    return shared !== undefined && isOrderedChoice(shared.columns, names);
  },
  areChoicesSound: (choices) => choices.length === 1 && isFormat(termOf(choices, 'format') ?? ''),
  areAmountsSound: (amounts) => amountOf(amounts, 'places') === 1n,
  failedChoices: ({ ways }, choices) => {
    const formats = readDataWays(ways)?.formats ?? [];
    const format = termOf(choices, 'format') ?? '';
    if ((formats as readonly string[]).includes(format)) return [];
    const sentence = `format must be ${listInWords(formats)}`;
    return [{ index: -1n, sentence, values: [{ name: 'use.choice.format', value: format }], error: '' }];
  },
} as const satisfies Kind;
