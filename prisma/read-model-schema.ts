import { readKind, type ColumnKind, type Definition, type Table } from '#lib/projections/definition.ts';
import { indexesOf } from '#lib/projections/sql.ts';

const TYPES = { bigint: 'BigInt', text: 'String', integer: 'Int', boolean: 'Boolean', json: 'Json' } as const;

function field(column: string, kind: ColumnKind, attributes: readonly string[]): string {
  const { type, isNullable } = readKind(kind);
  return ['  ' + column, `${TYPES[type]}${isNullable ? '?' : ''}`, ...attributes].join(' ');
}

/** Columns of the unique indexes over plain columns: Prisma finds one row by them. */
function uniqueColumns(name: string, table: Table): string[][] {
  const unique = Object.values(indexesOf(name, table)).filter(({ isUnique, where }) => isUnique && where === undefined);
  return unique
    .map(({ on }) => on.flatMap((part) => (typeof part === 'string' ? [part] : 'column' in part ? [part.column] : [])))
    .filter((columns, index) => columns.length === unique[index]?.on.length);
}

function model(name: string, table: Table, schema: string): string {
  const unique = uniqueColumns(name, table);
  const attributesOf = (column: string): string[] => [
    ...(table.key.length === 1 && table.key[0] === column ? ['@id'] : []),
    ...(unique.some((columns) => columns.length === 1 && columns[0] === column) ? ['@unique'] : []),
  ];
  const lines = Object.entries(table.columns).map(([column, kind]) => field(column, kind, attributesOf(column)));
  if (table.search !== undefined) lines.push('  search Unsupported("tsvector")?');
  if (table.key.length > 1) lines.push(`  @@id([${table.key.join(', ')}])`);
  for (const columns of unique) if (columns.length > 1) lines.push(`  @@unique([${columns.join(', ')}])`);
  lines.push(`  @@map("${name}")`, `  @@schema("${schema}")`);
  return `model ${table.model} {\n${lines.join('\n')}\n}`;
}

/** The read model for Prisma: its part of the schema, and the data source, which has to name every PostgreSQL schema. */
export function readModelSchemaText({ tables }: Definition, schema: string): string {
  const parts = [
    '// Written by prisma/write-schema.ts from lib/projections/tables.ts, and written anew each time.',
    `datasource db {\n  provider = "postgresql"\n  schemas  = ["identity", "operations", "${schema}"]\n}`,
    ...Object.entries(tables).map(([name, table]) => model(name, table, schema)),
  ];
  return `${parts.join('\n\n')}\n`;
}
