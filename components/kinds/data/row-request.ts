import { readCsv, type CsvTable } from '#components/ui/csv.ts';

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

function cellText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function readObjects(text: string): CsvTable {
  const rows = JSON.parse(text) as readonly Readonly<Record<string, unknown>>[];
  const header = Object.keys(rows[0] ?? {});
  return { header, rows: rows.map((row) => header.map((name) => cellText(row[name]))) };
}

/** An answer of the gateway as a table; undefined for a format that a browser cannot read, and for text that is not of its format. */
export function readPreview(format: string, text: string): CsvTable | undefined {
  if (format === 'csv') return readCsv(text);
  try {
    return format === 'json' ? readObjects(text) : undefined;
  } catch {
    return undefined;
  }
}
