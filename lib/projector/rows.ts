import { assert } from '#ledger/core/assert.ts';
import type { ColumnValue, RowChange, TableName } from '#lib/projections/row-change.ts';
import { tables } from '#lib/projections/tables.ts';

/** A row as the fold holds it: column name to value. */
export type AnyRow = Record<string, ColumnValue>;

/** Rows of one batch: what was loaded, and what the changes made of it. Nothing is written before all of them were applied. */
export interface RowSet {
  readonly rows: ReadonlyMap<TableName, Map<string, HeldRow>>;
}

interface HeldRow {
  row: AnyRow;
  state: 'loaded' | 'changed' | 'new';
}

export function emptyRowSet(): RowSet {
  return { rows: new Map(Object.keys(tables).map((table) => [table as TableName, new Map<string, HeldRow>()])) };
}

export function keyOf(table: TableName, values: Readonly<AnyRow>): string {
  return tables[table].key.map((column) => String(values[column])).join('|');
}

function rowsOf(set: RowSet, table: TableName): Map<string, HeldRow> {
  const rows = set.rows.get(table);
  assert(rows !== undefined, 'every table of the read model has its place in a row set');
  return rows;
}

/** Rows that must be read before the changes can be applied, keys only, each once. */
export function missingKeys(changes: readonly RowChange[], set: RowSet): Map<TableName, AnyRow[]> {
  const made = new Set<string>();
  const missing = new Map<TableName, Map<string, AnyRow>>();
  for (const change of changes) {
    const { table, key } = targetOf(change);
    const name = keyOf(table, key);
    if (change.op === 'insert') made.add(`${table} ${name}`);
    if (change.op === 'insert' || made.has(`${table} ${name}`) || rowsOf(set, table).has(name)) continue;
    const keys = missing.get(table) ?? new Map<string, AnyRow>();
    keys.set(name, Object.fromEntries(tables[table].key.map((column) => [column, key[column] as ColumnValue])));
    missing.set(table, keys);
  }
  return new Map([...missing].map(([table, keys]) => [table, [...keys.values()]]));
}

function targetOf(change: RowChange): { table: TableName; key: AnyRow } {
  if (change.op === 'insert') return { table: change.table, key: change.row as AnyRow };
  if (change.op === 'entry') return { table: 'balances', key: { account: change.row.account } };
  return { table: change.table, key: change.key as AnyRow };
}

export function putLoaded(set: RowSet, table: TableName, row: AnyRow): void {
  rowsOf(set, table).set(keyOf(table, row), { row, state: 'loaded' });
}

function insertRow(set: RowSet, table: TableName, row: AnyRow): void {
  const rows = rowsOf(set, table);
  const name = keyOf(table, row);
  assert(!rows.has(name), `a new row of ${table} (${name}) is made once`);
  rows.set(name, { row: { ...row }, state: 'new' });
}

function heldRow(set: RowSet, table: TableName, key: AnyRow): HeldRow {
  const held = rowsOf(set, table).get(keyOf(table, key));
  assert(held !== undefined, `a change of ${table} (${keyOf(table, key)}) finds its row`);
  if (held.state === 'loaded') held.state = 'changed';
  return held;
}

function addTo(row: AnyRow, values: Readonly<Record<string, bigint | undefined>>): void {
  for (const [column, amount] of Object.entries(values)) {
    const now = row[column];
    assert(typeof now === 'bigint' && amount !== undefined, `only whole numbers are added to, not ${column}`);
    row[column] = now + amount;
  }
}

/** Applies one change to the rows in hand. A row that is missing or made twice is a defect of a projection. */
export function applyChange(set: RowSet, change: RowChange): void {
  switch (change.op) {
    case 'insert':
      return insertRow(set, change.table, change.row as AnyRow);
    case 'set':
      Object.assign(heldRow(set, change.table, change.key as AnyRow).row, change.values);
      return;
    case 'add': {
      const key = change.key as AnyRow;
      const isMissing = !rowsOf(set, change.table).has(keyOf(change.table, key));
      if (isMissing && change.begin !== undefined) insertRow(set, change.table, change.begin as AnyRow);
      return addTo(heldRow(set, change.table, key).row, change.values);
    }
    case 'entry': {
      const { balanceMicro } = heldRow(set, 'balances', { account: change.row.account }).row;
      assert(typeof balanceMicro === 'bigint', 'a balance is a whole number');
      return insertRow(set, 'token_entries', { ...change.row, balanceMicro });
    }
  }
}

/** Rows to write, by table: new ones are inserted, changed ones replaced. */
export function pendingWrites(set: RowSet): { table: TableName; inserted: AnyRow[]; changed: AnyRow[] }[] {
  return [...set.rows]
    .map(([table, rows]) => {
      const held = [...rows.values()];
      const pick = (state: HeldRow['state']): AnyRow[] =>
        held.filter((one) => one.state === state).map((one) => one.row);
      return { table, inserted: pick('new'), changed: pick('changed') };
    })
    .filter(({ inserted, changed }) => inserted.length + changed.length > 0);
}
