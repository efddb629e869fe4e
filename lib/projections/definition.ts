import { assert } from '#ledger/core/assert.ts';

/** `?` allows null. Hashes, keys and addresses are lower-case hex text without 0x; unsigned 64-bit figures nothing sorts by are decimal text. */
export type ColumnKind =
  'bigint' | 'bigint?' | 'text' | 'text?' | 'integer' | 'integer?' | 'boolean' | 'boolean?' | 'json' | 'json?';

/** Who may read a table besides the projector, which owns it. */
export type Reader = 'interpool_web';

/** What an index is built on: a column, or an SQL expression over columns in double quotes. Operators are those of `jsonb` or text under GIN. */
export type IndexPart<Column extends string = string> =
  | Column
  | { readonly column: Column; readonly order?: 'desc'; readonly operators?: IndexOperators }
  | { readonly expression: string; readonly order?: 'desc'; readonly operators?: IndexOperators };

type IndexOperators = 'jsonb_ops' | 'jsonb_path_ops' | 'text_pattern_ops';

export interface Index<Column extends string = string> {
  readonly on: readonly IndexPart<Column>[];
  /** `btree` where nothing is said. */
  readonly using?: 'btree' | 'gin';
  readonly isUnique?: true;
  /** SQL condition: the index holds only rows that meet it. */
  readonly where?: string;
}

/** One table of the read model. Expressions are SQL with column names in double quotes, because names keep their capitals. */
export interface Table<Column extends string = string> {
  /** Its rows as Prisma's client calls them. */
  readonly model: string;
  /** The primary key. */
  readonly key: readonly Column[];
  readonly columns: Readonly<Record<Column, ColumnKind>>;
  /** What a row must meet, by name: SQL conditions. */
  readonly checks?: Readonly<Record<string, string>>;
  /** By name; in the database the table's name stands before it. */
  readonly indexes?: Readonly<Record<string, Index<Column>>>;
  /** Texts that words are looked for in, as SQL expressions by weight. Makes a column `search` (tsvector) that PostgreSQL keeps up, with its index. */
  readonly search?: Readonly<Partial<Record<'A' | 'B' | 'C' | 'D', string>>>;
  /** Roles that may select; the portal's where nothing is said. */
  readonly readBy?: readonly Reader[];
}

export type Tables = Readonly<Record<string, Table>>;

/** What a read model is made of. */
export interface Definition {
  /** Raised when the same blocks give other rows in the same columns. */
  readonly revision: number;
  readonly tables: Tables;
}

/** A table as it is written, its kinds kept as types; indexes and key may name its own columns only. */
export function table<
  const Columns extends Readonly<Record<string, ColumnKind>>,
  const Key extends readonly (keyof Columns & string)[],
>(
  definition: Omit<Table<keyof Columns & string>, 'columns' | 'key'> & {
    readonly columns: Columns;
    readonly key: Key;
  },
): Omit<Table<keyof Columns & string>, 'columns' | 'key'> & { readonly columns: Columns; readonly key: Key } {
  return definition;
}

/** The kind without its question mark, and whether null is allowed. */
export function readKind(kind: ColumnKind): {
  type: 'bigint' | 'text' | 'integer' | 'boolean' | 'json';
  isNullable: boolean;
} {
  const isNullable = kind.endsWith('?');
  const type = isNullable ? kind.slice(0, -1) : kind;
  assert(
    type === 'bigint' || type === 'text' || type === 'integer' || type === 'boolean' || type === 'json',
    'a kind is one of the five, with or without a question mark',
  );
  return { type, isNullable };
}
