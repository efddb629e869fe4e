import type { ColumnKind } from './definition.ts';
import type { tables } from './tables.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
export type ColumnValue = bigint | Json;

interface ValueOf {
  bigint: bigint;
  'bigint?': bigint | null;
  text: string;
  'text?': string | null;
  integer: number;
  'integer?': number | null;
  boolean: boolean;
  'boolean?': boolean | null;
  json: Json;
  'json?': Json;
}

export type TableName = keyof typeof tables;
type Columns<T extends TableName> = (typeof tables)[T]['columns'];
export type Row<T extends TableName> = {
  -readonly [C in keyof Columns<T>]: Columns<T>[C] extends ColumnKind ? ValueOf[Columns<T>[C]] : never;
};
type KeyColumn<T extends TableName> = (typeof tables)[T]['key'][number] & keyof Row<T>;
export type Key<T extends TableName> = Pick<Row<T>, KeyColumn<T>>;
type BigintColumn<T extends TableName> = {
  [C in keyof Columns<T>]: Columns<T>[C] extends 'bigint' ? C : never;
}[keyof Columns<T>];

/** One row made, changed or added to. The projector applies changes in order; none of them reads the clock or the database. */
export type RowChange =
  | { [T in TableName]: { readonly op: 'insert'; readonly table: T; readonly row: Row<T> } }[TableName]
  | {
      [T in TableName]: {
        readonly op: 'set';
        readonly table: T;
        readonly key: Key<T>;
        readonly values: Partial<Row<T>>;
      };
    }[TableName]
  /** Adds to whole-number columns; a missing row begins as `begin`. */
  | {
      [T in TableName]: {
        readonly op: 'add';
        readonly table: T;
        readonly key: Key<T>;
        readonly values: { readonly [C in BigintColumn<T>]?: bigint };
        readonly begin?: Row<T>;
      };
    }[TableName]
  /** A line of an account's statement: `balanceMicro` is taken from `balances` after the changes before it. */
  | { readonly op: 'entry'; readonly row: Omit<Row<'token_entries'>, 'balanceMicro'> };

export function insert<T extends TableName>(table: T, row: Row<T>): RowChange {
  return { op: 'insert', table, row } as RowChange;
}

export function set<T extends TableName>(table: T, key: Key<T>, values: Partial<Row<T>>): RowChange {
  return { op: 'set', table, key, values } as RowChange;
}

export function add<T extends TableName>(
  table: T,
  key: Key<T>,
  values: { readonly [C in BigintColumn<T>]?: bigint },
  begin?: Row<T>,
): RowChange {
  return { op: 'add', table, key, values, begin } as RowChange;
}
