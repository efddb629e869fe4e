import { ROW_FILTER_BYTES_MAX } from '#ledger/contracts/kinds/data.ts';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import { utf8 } from '#ledger/core/bytes.ts';
import type { Option } from '#components/ui/choice.tsx';
import { countOf } from '#components/ui/count.ts';
import { formatCount, sentenceCase } from '#components/ui/format.ts';
import { numberProblem, readNumber, writeNumber } from '#components/ui/number.ts';
import { hasValue, ROW_TESTS } from './row-request.ts';
import { familyOf, typedValueProblem, type Family } from './typed-value.ts';

/** The row filter of a strategy: the agent's filter language as JSON (agent/README.md), and the form that says most of it. */

/** A column as the agent described it. */
export interface FilterColumn {
  readonly name: string;
  readonly type: string;
}

/** One comparison as it is typed. */
export interface RowTest {
  /** A column. */
  readonly what: string;
  readonly comparison: string;
  readonly values: readonly string[];
}

/** Rows that pass all or any of the comparisons; every row where there is none. */
export interface RowForm {
  readonly join: 'all' | 'any';
  readonly tests: readonly RowTest[];
}
export type RowReading = { readonly ok: true; readonly form: RowForm } | { readonly ok: false; readonly why: string };

/** Comparisons that the form has at most; the agent takes more. */
export const ROW_TESTS_MAX = 16;
/** The agent's own bounds (agent/resources/data/filter.ts). */
const DEPTH_MAX = 8;
const PARTS_MAX = 64;
const VALUE_LENGTH_MAX = 1_024;
/** Fewer than the agent reads; more than any value has. */
const DECIMALS = 12;

const ALWAYS = ['is-null', 'is-not-null'];
const FITTING: Readonly<Record<Family, readonly string[]>> = {
  text: [...ROW_TESTS.map(({ value }) => value)],
  integer: ['eq', 'ne', 'lt', 'le', 'ge', 'gt', ...ALWAYS],
  number: ['lt', 'le', 'ge', 'gt', 'eq', 'ne', ...ALWAYS],
  boolean: ['eq', 'ne', ...ALWAYS],
  time: ['ge', 'le', 'gt', 'lt', 'eq', 'ne', ...ALWAYS],
  other: ALWAYS,
};

/** Comparisons that fit a column's type. */
export function rowTestsOf(type: string): Option[] {
  return FITTING[familyOf(type)].flatMap((test) => ROW_TESTS.filter(({ value }) => value === test));
}

/** A number as the agent reads it: digits and a point, perhaps a minus sign; undefined for what is none, and the sentence why. */
function readValue(typed: string, family: 'integer' | 'number'): { text: string } | { why: string } {
  const text = typed.trim();
  const [, sign = '', digits = ''] = /^([-−]?)(.*)$/s.exec(text) ?? [];
  const decimals = family === 'integer' ? 0 : DECIMALS;
  const reading = readNumber(digits, { decimals });
  if (!reading.ok) return { why: numberProblem(digits, { decimals }) ?? reading.why };
  return { text: `${sign === '' ? '' : '-'}${writeNumber(reading.value, { decimals })}` };
}

/** The value as the filter holds it. What is no value of the column's type stands as it was typed, and is refused. */
function valueOf(typed: string, family: Family): string | boolean {
  if (family === 'boolean' && (typed === 'true' || typed === 'false')) return typed === 'true';
  if (family !== 'integer' && family !== 'number') return typed;
  const read = readValue(typed, family);
  return 'text' in read ? read.text : typed;
}

/** The form as the text that is signed; empty for every row. */
export function writeFilter(columns: readonly FilterColumn[], { join, tests }: RowForm): string {
  const parts = tests.map(({ what, comparison, values: [typed = ''] }) => {
    const family = familyOf(columns.find(({ name }) => name === what)?.type ?? '');
    const value = hasValue(comparison) ? { value: valueOf(typed, family) } : {};
    return { column: what, op: comparison, ...value };
  });
  if (parts.length === 0) return '';
  return JSON.stringify(parts.length === 1 ? parts[0] : { [join === 'all' ? 'and' : 'or']: parts });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readTest(part: unknown): RowTest | undefined {
  if (!isRecord(part)) return undefined;
  const { column, op, value } = part;
  const keys = Object.keys(part).toSorted().join(' ');
  if (typeof column !== 'string' || !ROW_TESTS.some((test) => test.value === op)) return undefined;
  const comparison = op as string;
  if (keys !== (hasValue(comparison) ? 'column op value' : 'column op')) return undefined;
  if (!hasValue(comparison)) return { what: column, comparison, values: [''] };
  // Three decimals could be thousands: a field shows them as four.
  if (typeof value === 'number')
    return { what: column, comparison, values: [String(value).replace(/(\.\d{3})$/, '$10')] };
  return typeof value === 'string' || typeof value === 'boolean'
    ? { what: column, comparison, values: [String(value)] }
    : undefined;
}

/** A filter as the form, where the form can say it: comparisons of columns, of which all or any must hold. */
export function readFilter(text: string): RowReading {
  if (text.trim() === '') return { ok: true, form: { join: 'all', tests: [] } };
  const value = parseJson(text);
  if (value === undefined) return { ok: false, why: 'It is no JSON; it stays as text.' };
  const single = readTest(value);
  if (single) return { ok: true, form: { join: 'all', tests: [single] } };
  const [key = '', ...others] = isRecord(value) ? Object.keys(value) : [];
  const parts = isRecord(value) && others.length === 0 && (key === 'and' || key === 'or') ? value[key] : undefined;
  const tests = Array.isArray(parts) ? parts.map(readTest).filter((test) => test !== undefined) : [];
  if (!Array.isArray(parts) || tests.length !== parts.length || tests.length < 2 || tests.length > ROW_TESTS_MAX)
    return {
      ok: false,
      why: 'The form says comparisons of columns that are joined by one “and” or “or”; this filter says more, and stays as text.',
    };
  return { ok: true, form: { join: key === 'and' ? 'all' : 'any', tests } };
}

/** What is wrong with one value for a column of this type, in words. */
function valueProblem(value: unknown, type: string, op: string): string | undefined {
  const family = familyOf(type);
  const typed = typeof value === 'string' ? value : '';
  if (typed.length > VALUE_LENGTH_MAX) return `A value has at most ${formatCount(VALUE_LENGTH_MAX)} characters.`;
  switch (family) {
    case 'integer':
    case 'number': {
      if (typeof value === 'number') {
        const isRead = family === 'number' || Number.isSafeInteger(value);
        return isRead ? typedValueProblem(String(value), type) : 'Write a whole number.';
      }
      const read = readValue(typed, family);
      return 'why' in read ? read.why : typedValueProblem(read.text, type);
    }
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'Choose true or false.';
    case 'time':
      return typedValueProblem(typed, type);
    case 'text':
      if (typeof value !== 'string' || value.includes('\0')) return 'Write a text.';
      // A part of an identifier is a text like any other.
      return op === 'contains' || op === 'starts-with' ? undefined : typedValueProblem(value, type);
    case 'other':
      return 'Its values cannot be compared: only whether they are there.';
  }
}

function testProblem(part: Readonly<Record<string, unknown>>, columns: readonly FilterColumn[]): string | undefined {
  const { column: name, op, value, path } = part;
  const column = columns.find((known) => known.name === name);
  if (typeof name !== 'string' || !column)
    return `the column ${typeof name === 'string' ? isolatedText(name) : '(none)'} is none of the source; it has ${columns.map((known) => isolatedText(known.name)).join(', ')}.`;
  if (typeof op !== 'string' || ALWAYS.includes(op)) return undefined;
  // What lies inside of a structure or a list has a type that the description does not tell: the agent checks it.
  const family = familyOf(column.type);
  if (path !== undefined || (family === 'other' && op === 'contains')) return undefined;
  const fits = FITTING[family].includes(op) || (op === 'in' && family !== 'other');
  if (!fits) return `“${op}” does not fit the column ${isolatedText(name)}, which is ${column.type}.`;
  const values: readonly unknown[] = op === 'in' && Array.isArray(value) ? value : [value];
  return values.map((one) => valueProblem(one, column.type, op)).find((problem) => problem !== undefined);
}

interface Walk {
  readonly columns: readonly FilterColumn[];
  parts: number;
}

const SHAPE =
  'each part needs "column", "op" and "value", or one of "and", "or" with a list and "not" with a part; nothing else.';

/** The first fault of a filter and of what is inside of it, with the number of its part. */
function partFault(node: unknown, walk: Walk, depth: number): string | undefined {
  walk.parts += 1;
  const place = `Part ${walk.parts}: `;
  if (depth > DEPTH_MAX) return `${place}parts are nested more than ${DEPTH_MAX} deep.`;
  if (walk.parts > PARTS_MAX) return `The row filter has more than ${PARTS_MAX} parts.`;
  if (!isRecord(node)) return `${place}${SHAPE}`;
  const keys = Object.keys(node).toSorted().join(' ');
  if (keys === 'not') return partFault(node['not'], walk, depth + 1);
  if (keys === 'and' || keys === 'or') {
    const inner: unknown = node[keys];
    if (!Array.isArray(inner) || inner.length === 0) return `${place}“${keys}” needs a list with at least one part.`;
    for (const part of inner) {
      const fault = partFault(part, walk, depth + 1);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
  if (!/^column op( path)?( value)?$/.test(keys)) return `${place}${SHAPE}`;
  // None are known before a test.
  const problem = walk.columns.length === 0 ? undefined : testProblem(node, walk.columns);
  return problem === undefined ? undefined : `${place}${problem}`;
}

/** Why a row filter cannot be signed, by the columns that the source has; undefined when it can. */
export function filterFault(text: string, columns: readonly FilterColumn[]): string | undefined {
  if (text === '') return undefined;
  if (utf8(text).length > ROW_FILTER_BYTES_MAX)
    return `The row filter has ${countOf(utf8(text).length, 'byte')}; at most ${formatCount(ROW_FILTER_BYTES_MAX)} are allowed.`;
  const value = parseJson(text);
  if (/\p{Cc}/u.test(text) || typeof value !== 'object' || value === null)
    return 'The row filter must be a JSON object, such as {"column": "state", "op": "eq", "value": "WA"}, or empty for all rows.';
  return partFault(value, { columns, parts: 0 }, 1);
}

/** What is wrong with each comparison of the form, by its place. */
export function rowProblems(columns: readonly FilterColumn[], form: RowForm): (string | undefined)[] {
  return form.tests.map((test) => {
    const part: unknown = parseJson(writeFilter(columns, { join: 'all', tests: [test] }));
    const problem = isRecord(part) ? testProblem(part, columns) : undefined;
    return problem === undefined ? undefined : sentenceCase(problem);
  });
}

/** The shared rows in words: `where wind is above 1 and state is WA`. What the form cannot say stands as it is. */
export function filterInWords(text: string): string {
  const reading = readFilter(text);
  if (!reading.ok) return isolatedText(text);
  const { join, tests } = reading.form;
  if (tests.length === 0) return 'all of them';
  const said = tests.map(({ what, comparison, values: [value = ''] }) => {
    const label = ROW_TESTS.find((test) => test.value === comparison)?.label ?? comparison;
    return `${isolatedText(what)} ${label}${hasValue(comparison) ? ` ${isolatedText(value)}` : ''}`;
  });
  return `where ${said.join(join === 'all' ? ' and ' : ' or ')}`;
}

/** A comparison to begin with. */
export function firstRowTest(columns: readonly FilterColumn[], what?: string): RowTest {
  const column = columns.find(({ name }) => name === what) ?? columns[0];
  return { what: column?.name ?? '', comparison: rowTestsOf(column?.type ?? '')[0]?.value ?? 'eq', values: [''] };
}
