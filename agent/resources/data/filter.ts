import { DuckDBListType, DuckDBStructType, type DuckDBType } from '@duckdb/node-api';
import { done, failed, type Outcome } from '#agent/outcome.ts';
import type { QueryColumn } from './source-config.ts';

/**
 * The filter language, for customers' requests and for the row filter of a strategy:
 *   {"column": "state", "op": "eq", "value": "WA"} · {"and": [filter, …]} · {"or": [filter, …]} · {"not": filter}
 *   "path": ["city", "name"] after "column" names a value inside a structure.
 * ops: eq ne lt le gt ge · in (value: list) · contains starts-with (text columns; contains also for lists: one of their values) · is-null is-not-null (no value).
 */
export const FILTER_TEXT_LENGTH_MAX = 4096;
const DEPTH_MAX = 8;
const NODES_MAX = 64;
const LIST_LENGTH_MAX = 256;
const VALUE_LENGTH_MAX = 1024;

const COMPARISONS = { eq: '=', ne: '<>', lt: '<', le: '<=', gt: '>', ge: '>=' } as const;

type Family = 'text' | 'integer' | 'number' | 'boolean' | 'time';

/** What compares a value with a column of each type: the only type names that can stand in a query. */
const COMPARABLE_TYPES = new Map<string, Family>([
  ['VARCHAR', 'text'],
  ['UUID', 'text'],
  ['TINYINT', 'integer'],
  ['SMALLINT', 'integer'],
  ['INTEGER', 'integer'],
  ['BIGINT', 'integer'],
  ['HUGEINT', 'integer'],
  ['UTINYINT', 'integer'],
  ['USMALLINT', 'integer'],
  ['UINTEGER', 'integer'],
  ['UBIGINT', 'integer'],
  ['FLOAT', 'number'],
  ['DOUBLE', 'number'],
  ['BOOLEAN', 'boolean'],
  ['DATE', 'time'],
  ['TIME', 'time'],
  ['TIMESTAMP', 'time'],
  ['TIMESTAMP_S', 'time'],
  ['TIMESTAMP_MS', 'time'],
  ['TIMESTAMP_NS', 'time'],
  ['TIMESTAMP WITH TIME ZONE', 'time'],
]);
/** What names a zone at the end of a time. */
const ZONE = /(Z|[+-]\d\d(:?\d\d)?)$/;

/** SQL of constants, column positions and numbered parameters, with the values that are bound to them in order. */
export interface Predicate {
  readonly sql: string;
  readonly values: readonly string[];
}

/** Parses JSON text of the filter language against the columns that may be named. The SQL holds nothing that came from the text. */
export function parseFilter(
  text: string,
  scope: { columns: readonly QueryColumn[]; allowed: ReadonlySet<string> },
): Outcome<Predicate> {
  if (text.length > FILTER_TEXT_LENGTH_MAX) {
    return failed(`The filter is longer than ${FILTER_TEXT_LENGTH_MAX} characters.`);
  }
  let tree: unknown;
  try {
    tree = JSON.parse(text);
  } catch {
    return failed('The filter is not valid JSON.');
  }
  const compiler: Compiler = { ...scope, values: [], nodes: 0 };
  const sql = compile(tree, compiler, 1);
  return sql.ok ? done({ sql: sql.value, values: compiler.values }) : sql;
}

/** Both filters must hold; parameters of the second are numbered after those of the first. */
export function bothOf(first: Predicate | null, second: Predicate | null): Predicate | null {
  if (first === null) return second;
  if (second === null) return first;
  const shift = first.values.length;
  const shifted = second.sql.replaceAll(/\$(\d+)/g, (_, number: string) => `$${Number(number) + shift}`);
  return { sql: `(${first.sql}) AND (${shifted})`, values: [...first.values, ...second.values] };
}

interface Compiler {
  readonly columns: readonly QueryColumn[];
  readonly allowed: ReadonlySet<string>;
  readonly values: string[];
  nodes: number;
}

function compile(node: unknown, compiler: Compiler, depth: number): Outcome<string> {
  if (depth > DEPTH_MAX) return failed(`The filter is nested more than ${DEPTH_MAX} deep.`);
  compiler.nodes += 1;
  if (compiler.nodes > NODES_MAX) return failed(`The filter has more than ${NODES_MAX} parts.`);
  if (!isRecord(node)) return failed('Every part of the filter must be an object.');
  const keys = Object.keys(node).sort().join(' ');
  if (keys === 'and' || keys === 'or') return compileGroup(keys, node[keys], compiler, depth);
  if (keys === 'not') {
    const inner = compile(node['not'], compiler, depth + 1);
    return inner.ok ? done(`NOT coalesce(${inner.value}, false)`) : inner;
  }
  if (/^column op( path)?( value)?$/.test(keys)) return compileComparison(node, compiler);
  return failed('A part of the filter needs column, op and value, or one of and, or, not; nothing else.');
}

function compileGroup(word: 'and' | 'or', parts: unknown, compiler: Compiler, depth: number): Outcome<string> {
  if (!Array.isArray(parts) || parts.length === 0) return failed(`"${word}" needs a list with at least one filter.`);
  const compiled: string[] = [];
  for (const part of parts as unknown[]) {
    const result = compile(part, compiler, depth + 1);
    if (!result.ok) return result;
    compiled.push(`(${result.value})`);
  }
  return done(compiled.join(word === 'and' ? ' AND ' : ' OR '));
}

function compileComparison(node: Readonly<Record<string, unknown>>, compiler: Compiler): Outcome<string> {
  const { column: name } = node;
  if (typeof name !== 'string' || !compiler.allowed.has(name)) {
    return failed(`The filter names a column that this order does not include${shown(name)}.`);
  }
  const position = compiler.columns.findIndex((column) => column.name === name);
  const column = compiler.columns[position];
  if (column === undefined) return failed(`The filter names a column that the data does not have${shown(name)}.`);
  const operand = inside({ sql: `c${position}`, tree: column.tree, name }, node['path']);
  return operand.ok ? compileTest(operand.value, node, compiler) : operand;
}

/** What is compared: SQL of positions alone, its type, and the name of its column for sentences. */
interface Operand {
  readonly sql: string;
  readonly tree: DuckDBType;
  readonly name: string;
}

/** The value that a path of names leads to; structures are entered by position, so that no name stands in SQL. */
function inside(operand: Operand, path: unknown): Outcome<Operand> {
  if (path === undefined) return done(operand);
  if (!Array.isArray(path) || path.length === 0 || path.length > DEPTH_MAX) {
    return failed(`"path" needs a list of 1 to ${DEPTH_MAX} names.`);
  }
  let found = operand;
  for (const step of path as unknown[]) {
    const structure = found.tree instanceof DuckDBStructType ? found.tree : undefined;
    const at = structure?.entryNames.findIndex((entry) => entry === step) ?? -1;
    const tree = structure?.entryTypes[at];
    if (tree === undefined) {
      return failed(`The column ${operand.name} has nothing inside that is called so${shown(step)}.`);
    }
    found = { ...operand, sql: `struct_extract_at(${found.sql}, ${at + 1})`, tree };
  }
  return done(found);
}

function compileTest(operand: Operand, node: Readonly<Record<string, unknown>>, compiler: Compiler): Outcome<string> {
  const { op, value } = node;
  const { sql, tree, name } = operand;
  if (op === 'is-null' || op === 'is-not-null') {
    if ('value' in node) return failed(`"${op}" takes no value.`);
    return done(`${sql} IS ${op === 'is-null' ? 'NULL' : 'NOT NULL'}`);
  }
  if (tree instanceof DuckDBListType) return compileListTest({ ...operand, tree }, node, compiler);
  const type = comparableType(String(tree));
  if (type === null) {
    return failed(
      `The column ${name} has a type that cannot be compared; only is-null and is-not-null work, and "path" leads into a structure.`,
    );
  }
  if (op === 'contains' || op === 'starts-with') {
    if (type.family !== 'text' || typeof value !== 'string') return failed(`"${op}" needs a text column and a text.`);
    // A part of a value is a text, whatever the column's own type.
    const bound = bind(value, { sql: 'VARCHAR', family: 'text' }, name, compiler);
    const test = op === 'contains' ? 'contains' : 'starts_with';
    return bound.ok ? done(`${test}(CAST(${sql} AS VARCHAR), ${bound.value})`) : bound;
  }
  if (op === 'in') return compileIn(value, { ...operand, type }, compiler);
  if (typeof op !== 'string' || !Object.hasOwn(COMPARISONS, op)) {
    return failed('The filter names an unknown op; use eq ne lt le gt ge in contains starts-with is-null is-not-null.');
  }
  const bound = bind(value, type, name, compiler);
  return bound.ok ? done(`${sql} ${COMPARISONS[op as keyof typeof COMPARISONS]} ${bound.value}`) : bound;
}

function compileListTest(
  { sql, tree, name }: Operand & { tree: DuckDBListType },
  { op, value }: Readonly<Record<string, unknown>>,
  compiler: Compiler,
): Outcome<string> {
  const type = comparableType(String(tree.valueType));
  if (op !== 'contains' || type === null) {
    return failed(
      `The column ${name} holds lists; only is-null and is-not-null work, and contains where they hold plain values.`,
    );
  }
  const bound = bind(value, type, name, compiler);
  return bound.ok ? done(`list_contains(${sql}, ${bound.value})`) : bound;
}

function compileIn(value: unknown, operand: Operand & { type: ComparableType }, compiler: Compiler): Outcome<string> {
  if (!Array.isArray(value) || value.length === 0 || value.length > LIST_LENGTH_MAX) {
    return failed(`"in" needs a list of 1 to ${LIST_LENGTH_MAX} values.`);
  }
  const bound: string[] = [];
  for (const item of value as unknown[]) {
    const one = bind(item, operand.type, operand.name, compiler);
    if (!one.ok) return one;
    bound.push(one.value);
  }
  return done(`${operand.sql} IN (${bound.join(', ')})`);
}

interface ComparableType {
  readonly sql: string;
  readonly family: Family;
}

function comparableType(type: string): ComparableType | null {
  const family = COMPARABLE_TYPES.get(type);
  if (family !== undefined) return { sql: type, family };
  return /^DECIMAL\(\d{1,2},\d{1,2}\)$/.test(type) ? { sql: type, family: 'number' } : null;
}

/** Appends the value as text and answers the parameter, cast to the column's type by the engine. */
function bind(value: unknown, type: ComparableType, name: string, compiler: Compiler): Outcome<string> {
  const text = valueText(value, type.family);
  if (text === null) return failed(`The value for ${name} must be ${expectedValue(type.family)}.`);
  if (text.length > VALUE_LENGTH_MAX)
    return failed(`The value for ${name} is longer than ${VALUE_LENGTH_MAX} characters.`);
  const isZoneless = type.sql.startsWith('TIMESTAMP') && !type.sql.endsWith('ZONE');
  if (isZoneless && text.includes(':') && ZONE.test(text)) {
    return failed(`The column ${name} has times without a zone; leave the zone out of the value.`);
  }
  compiler.values.push(text);
  const parameter = `$${compiler.values.length}`;
  return done(
    type.sql === 'VARCHAR' ? `CAST(${parameter} AS VARCHAR)` : `CAST(CAST(${parameter} AS VARCHAR) AS ${type.sql})`,
  );
}

function valueText(value: unknown, family: Family): string | null {
  switch (family) {
    case 'text':
      return typeof value === 'string' && !value.includes('\0') ? value : null;
    case 'integer':
      if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : null;
      return typeof value === 'string' && /^-?\d{1,39}$/.test(value) ? value : null;
    case 'number':
      if (typeof value === 'number' && Number.isFinite(value)) return String(value);
      return typeof value === 'string' && /^-?\d{1,39}(\.\d{1,39})?$/.test(value) ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? String(value) : null;
    case 'time':
      return typeof value === 'string' && /^[0-9T:. +-]{1,40}Z?$/.test(value) ? value : null;
  }
}

function expectedValue(family: Family): string {
  switch (family) {
    case 'text':
      return 'a text';
    case 'integer':
      return 'a whole number (as text beyond 2^53)';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'true or false';
    case 'time':
      return 'a date or time such as 2026-01-31 or 2026-01-31 12:00:00';
  }
}

function shown(name: unknown): string {
  return typeof name === 'string' ? `: ${JSON.stringify(name.slice(0, 64))}` : '';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
