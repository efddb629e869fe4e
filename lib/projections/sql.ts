import { assert } from '#ledger/core/assert.ts';
import { readKind, type ColumnKind, type Definition, type Index, type IndexPart, type Table } from './definition.ts';

/** PostgreSQL cuts longer names off, and two that begin alike would then be one. */
const NAME_LENGTH_MAX = 63;

const TYPES = { bigint: 'bigint', text: 'text', integer: 'integer', boolean: 'boolean', json: 'jsonb' } as const;

/** The SQL type of a column, as PostgreSQL itself writes it. */
export function sqlType(kind: ColumnKind): string {
  return TYPES[readKind(kind).type];
}

function quote(name: string): string {
  assert(/^[A-Za-z][A-Za-z0-9_]*$/.test(name) && name.length <= NAME_LENGTH_MAX, `${name} can be a name in PostgreSQL`);
  return `"${name}"`;
}

function list(names: readonly string[]): string {
  return names.map(quote).join(', ');
}

/** Words as they stand, so that half a word finds the whole, and as stems, so that one form of a word finds the others. */
const WORD_FORMS = ['simple', 'english'];

function searchColumn(search: NonNullable<Table['search']>): string {
  const parts = Object.entries(search).flatMap(([weight, text]) =>
    WORD_FORMS.map((form) => `setweight(to_tsvector('${form}', ${text}), '${weight}')`),
  );
  return `"search" tsvector GENERATED ALWAYS AS (${parts.join(' || ')}) STORED`;
}

function createTable(place: string, name: string, table: Table): string {
  const lines = Object.entries(table.columns).map(
    ([column, kind]) => `${quote(column)} ${sqlType(kind)}${readKind(kind).isNullable ? '' : ' NOT NULL'}`,
  );
  if (table.search !== undefined) lines.push(searchColumn(table.search));
  lines.push(`CONSTRAINT ${quote(`${name}_key`)} PRIMARY KEY (${list(table.key)})`);
  for (const [check, condition] of Object.entries(table.checks ?? {}))
    lines.push(`CONSTRAINT ${quote(`${name}_${check}`)} CHECK (${condition})`);
  return `CREATE TABLE ${place} (\n  ${lines.join(',\n  ')}\n);`;
}

function indexPart(part: IndexPart): string {
  if (typeof part === 'string') return quote(part);
  const what = 'column' in part ? quote(part.column) : `(${part.expression})`;
  return `${what}${part.operators === undefined ? '' : ` ${part.operators}`}${part.order === 'desc' ? ' DESC' : ''}`;
}

function createIndex(place: string, name: string, index: Index): string {
  const { on, using = 'btree', isUnique, where } = index;
  const kind = isUnique === true ? 'UNIQUE INDEX' : 'INDEX';
  const condition = where === undefined ? '' : ` WHERE ${where}`;
  return `CREATE ${kind} ${quote(name)} ON ${place} USING ${using} (${on.map(indexPart).join(', ')})${condition};`;
}

/** The indexes of a table by their names in the database, that of the search column among them; that of the key is not. */
export function indexesOf(name: string, table: Table): Record<string, Index> {
  const own = Object.entries(table.indexes ?? {}).map(([index, definition]) => [`${name}_${index}`, definition]);
  const search: Index = { on: ['search'], using: 'gin' };
  return Object.fromEntries(table.search === undefined ? own : [...own, [`${name}_search`, search]]);
}

/** Roles that may select from a table. */
export function readersOf({ readBy = ['interpool_web'] }: Table): readonly string[] {
  return readBy;
}

/** Statements that make the tables in the schema, which is there and empty; whoever runs them owns the tables and alone writes them. */
export function createTables({ tables }: Definition, schema: string): string {
  const statements = Object.entries(tables).flatMap(([name, table]) => {
    const place = `${quote(schema)}.${quote(name)}`;
    const readers = readersOf(table);
    return [
      createTable(place, name, table),
      ...Object.entries(indexesOf(name, table)).map(([index, definition]) => createIndex(place, index, definition)),
      ...(readers.length === 0 ? [] : [`GRANT SELECT ON ${place} TO ${readers.join(', ')};`]),
    ];
  });
  return `${statements.join('\n')}\n`;
}
