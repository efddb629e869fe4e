import type { Format } from '#ledger/contracts/kinds/data.ts';
import { done, failed, type Outcome } from '#agent/outcome.ts';
import { bothOf, parseFilter, type Predicate } from './filter.ts';
import type { DataSource } from './source.ts';
import type { QueryColumn } from './source-config.ts';

/** Rows one answer may hold. */
export const ROWS_MAX = 10_000_000;
const OFFSET_MAX = 1_000_000_000;
const ORDER_TERMS_MAX = 8;
const PARAMETERS = ['select', 'filter', 'order', 'limit', 'offset', 'format'] as const;

/** What the agreement allows, as the ledger recorded it when it was granted. */
export interface RowScope {
  readonly columns: readonly string[];
  /** The filter language's JSON, or ''. Always holds, whatever the customer asks. */
  readonly rowFilter: string;
  readonly format: Format;
}

export interface RowQuery {
  /** Positions in the source, in the order asked for. */
  readonly selected: readonly number[];
  readonly where: Predicate | null;
  readonly order: readonly { readonly position: number; readonly direction: 'ASC' | 'DESC' }[];
  readonly limit: number;
  readonly offset: number;
  readonly format: Format;
}

/** Reads a request's query string (without '?') within an agreement's scope; what it does not know it refuses. */
export function parseRowQuery(queryString: string, scope: RowScope, source: DataSource): Outcome<RowQuery> {
  const parameters = splitParameters(queryString);
  if (!parameters.ok) return parameters;
  const given = parameters.value;
  const allowed = new Set(scope.columns);
  const selected = parseSelect(given.get('select'), scope.columns, source.columns);
  if (!selected.ok) return selected;
  const where = parseWhere(given.get('filter'), scope, source.columns);
  if (!where.ok) return where;
  const order = parseOrder(given.get('order'), allowed, source.columns);
  if (!order.ok) return order;
  const limit = parseCount(given.get('limit'), { name: 'limit', min: 1, max: ROWS_MAX, fallback: ROWS_MAX });
  if (!limit.ok) return limit;
  const offset = parseCount(given.get('offset'), { name: 'offset', min: 0, max: OFFSET_MAX, fallback: 0 });
  if (!offset.ok) return offset;
  const format = decodeText(given.get('format') ?? scope.format);
  if (format !== scope.format) {
    return failed(`This order is for ${scope.format}; ask for that format or leave format out.`);
  }
  return done({
    selected: selected.value,
    where: where.value,
    order: order.value,
    limit: limit.value,
    offset: offset.value,
    format: scope.format,
  });
}

/** Statement of constants, column positions, two checked integers and numbered parameters. */
export function rowStatement(query: RowQuery, columnSql: (position: number) => string): string {
  const columns = query.selected.map(columnSql).join(', ');
  const where = query.where === null ? '' : ` WHERE ${query.where.sql}`;
  // The row's own number breaks ties, so that pages neither overlap nor leave rows out.
  const terms = query.order.map(({ position, direction }) => `c${position} ${direction} NULLS LAST`);
  const order = terms.length === 0 ? '' : ` ORDER BY ${[...terms, 'rowid'].join(', ')}`;
  return `SELECT ${columns} FROM source${where}${order} LIMIT ${query.limit} OFFSET ${query.offset}`;
}

/** Raw values by name, each parameter at most once; commas and dots inside encoded names survive because parts are decoded last. */
function splitParameters(queryString: string): Outcome<ReadonlyMap<string, string>> {
  const given = new Map<string, string>();
  if (queryString === '') return done(given);
  for (const pair of queryString.split('&')) {
    const at = pair.indexOf('=');
    const name = at < 0 ? pair : pair.slice(0, at);
    if (!(PARAMETERS as readonly string[]).includes(name)) {
      return failed(`A query parameter is not known; use ${PARAMETERS.join(', ')}.`);
    }
    if (given.has(name)) return failed(`The query parameter ${name} is given twice.`);
    given.set(name, at < 0 ? '' : pair.slice(at + 1));
  }
  return done(given);
}

function decodeText(raw: string): string | null {
  try {
    return decodeURIComponent(raw.replaceAll('+', ' '));
  } catch {
    return null;
  }
}

function parseSelect(
  raw: string | undefined,
  allowed: readonly string[],
  columns: readonly QueryColumn[],
): Outcome<readonly number[]> {
  const names = raw === undefined ? allowed : raw.split(',').map(decodeText);
  const positions: number[] = [];
  for (const name of names) {
    if (name === null) return failed('The select parameter is not valid percent-encoded text.');
    const position = columns.findIndex((column) => column.name === name);
    if (position < 0 || !allowed.includes(name)) {
      return failed(`This order does not include the column ${JSON.stringify(name.slice(0, 64))}.`);
    }
    if (positions.includes(position)) return failed(`The column ${JSON.stringify(name)} is selected twice.`);
    positions.push(position);
  }
  return positions.length === 0 ? failed('This order includes no columns.') : done(positions);
}

function parseWhere(
  raw: string | undefined,
  scope: RowScope,
  columns: readonly QueryColumn[],
): Outcome<Predicate | null> {
  // The strategy's filter may use any column of the source; the customer's only what the order includes.
  const everything = new Set(columns.map((column) => column.name));
  const always = scope.rowFilter === '' ? done(null) : parseFilter(scope.rowFilter, { columns, allowed: everything });
  if (!always.ok) return failed('The provider’s row filter does not fit the data; the provider has to correct it.');
  if (raw === undefined) return done(always.value);
  const text = decodeText(raw);
  if (text === null) return failed('The filter parameter is not valid percent-encoded text.');
  const asked = parseFilter(text, { columns, allowed: new Set(scope.columns) });
  return asked.ok ? done(bothOf(always.value, asked.value)) : asked;
}

function parseOrder(
  raw: string | undefined,
  allowed: ReadonlySet<string>,
  columns: readonly QueryColumn[],
): Outcome<RowQuery['order']> {
  if (raw === undefined) return done([]);
  const terms = raw.split(',');
  if (terms.length > ORDER_TERMS_MAX) return failed(`The order parameter has more than ${ORDER_TERMS_MAX} columns.`);
  const order: { position: number; direction: 'ASC' | 'DESC' }[] = [];
  for (const term of terms) {
    const match = /^(.*)\.(asc|desc)$/s.exec(decodeText(term) ?? '');
    const name = match?.[1];
    const position = columns.findIndex((column) => column.name === name);
    if (match === null || name === undefined || position < 0 || !allowed.has(name)) {
      return failed('Every part of the order parameter must be a column of this order followed by .asc or .desc.');
    }
    order.push({ position, direction: match[2] === 'asc' ? 'ASC' : 'DESC' });
  }
  return done(order);
}

function parseCount(
  raw: string | undefined,
  bounds: { name: string; min: number; max: number; fallback: number },
): Outcome<number> {
  if (raw === undefined) return done(bounds.fallback);
  const value = /^(0|[1-9]\d{0,9})$/.test(raw) ? Number(raw) : Number.NaN;
  if (Number.isNaN(value) || value < bounds.min || value > bounds.max) {
    return failed(`${bounds.name} must be a whole number from ${bounds.min} to ${bounds.max}.`);
  }
  return done(value);
}
