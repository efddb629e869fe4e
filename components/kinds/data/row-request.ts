/** What a customer asks of an order's rows on the page: the gateway's own filter language and parameters (agent/README.md). */

/** Rows that a preview shows. */
export const PREVIEW_ROWS = 20;

/** Tests of one column, by the gateway's names. */
export const ROW_TESTS = [
  { value: 'eq', label: 'is' },
  { value: 'ne', label: 'is not' },
  { value: 'lt', label: 'is below' },
  { value: 'le', label: 'is at most' },
  { value: 'ge', label: 'is at least' },
  { value: 'gt', label: 'is above' },
  { value: 'contains', label: 'contains' },
  { value: 'starts-with', label: 'begins with' },
  { value: 'is-null', label: 'is missing' },
  { value: 'is-not-null', label: 'is there' },
] as const;

export interface RowRequest {
  /** '': every row. */
  readonly column: string;
  readonly test: string;
  readonly value: string;
}

export const EVERY_ROW: RowRequest = { column: '', test: 'eq', value: '' };

export function hasValue(test: string): boolean {
  return test !== 'is-null' && test !== 'is-not-null';
}

/** The filter as the gateway reads it; undefined for every row. A number is sent as its text, which the gateway reads by the column's type. */
export function filterOf({ column, test, value }: RowRequest): object | undefined {
  if (column === '') return undefined;
  return hasValue(test) ? { column, op: test, value } : { column, op: test };
}

/** Quotes are encoded too: the address is pasted into shells and programs between quotes. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll("'", '%27');
}

/** The link's address for this request; `limit` where not all of its rows are wanted. */
export function requestUrl(url: string, request: RowRequest, limit?: number): string {
  const filter = filterOf(request);
  const parameters = [
    ...(filter === undefined ? [] : [`filter=${encoded(JSON.stringify(filter))}`]),
    ...(limit === undefined ? [] : [`limit=${limit}`]),
  ];
  return parameters.length === 0 ? url : `${url}?${parameters.join('&')}`;
}

export interface PreviewTable {
  readonly header: readonly string[];
  /** A cell is null where the value is missing. */
  readonly rows: readonly (readonly (string | null)[])[];
}

/** One field of CSV: a quoted one with its quotes doubled inside, or a plain one; then what ends it. */
const FIELD = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\r|\n|$)/y;

/** CSV as the gateway writes it (RFC 4180): an empty field is a missing value, "" an empty text. */
function readCsv(text: string): PreviewTable {
  const rows: (string | null)[][] = [[]];
  FIELD.lastIndex = 0;
  while (FIELD.lastIndex < text.length) {
    const [, quoted, plain = '', end] = FIELD.exec(text) ?? [];
    if (end === undefined) break;
    rows.at(-1)?.push(quoted === undefined ? plain || null : quoted.replaceAll('""', '"'));
    if (end !== ',') rows.push([]);
  }
  const [header = [], ...body] = rows.filter((row) => row.length > 0);
  return { header: header.map((name) => name ?? ''), rows: body };
}

function cellText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function readObjects(text: string): PreviewTable {
  const rows = JSON.parse(text) as readonly Readonly<Record<string, unknown>>[];
  const header = Object.keys(rows[0] ?? {});
  return { header, rows: rows.map((row) => header.map((name) => cellText(row[name]))) };
}

/** An answer of the gateway as a table; undefined for a format that a browser cannot read, and for text that is not of its format. */
export function readPreview(format: string, text: string): PreviewTable | undefined {
  if (format === 'csv') return readCsv(text);
  try {
    return format === 'json' ? readObjects(text) : undefined;
  } catch {
    return undefined;
  }
}
