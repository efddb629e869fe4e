import 'server-only';
import { createHash } from 'node:crypto';
import type { Definition } from './projections/definition.ts';
import { createTables } from './projections/sql.ts';
import { definition } from './projections/tables.ts';

/** Hexadecimal digits of the hash in the name: 32 bits, which are also the key of the projector's lock. */
const HASH_DIGITS = 8;

/** Name of the PostgreSQL schema that holds a read model of this definition: another column, index or revision gives another name. */
export function schemaNameOf(of: Definition): string {
  const sql = createTables(of, 'readmodel');
  const hash = createHash('sha256').update(`interpool-read-model/1\n${of.revision}\n${sql}`).digest('hex');
  return `readmodel_${hash.slice(0, HASH_DIGITS)}`;
}

/** The schema that this program's projector writes and its portal reads. */
export const readModelSchema = schemaNameOf(definition);

/** What the name of every read model looks like, as a regular expression of JavaScript and of PostgreSQL. */
export const SCHEMA_PATTERN = `^readmodel_[0-9a-f]{${HASH_DIGITS}}$`;

type TableName = keyof typeof definition.tables;

/** A table's full name, quoted for SQL. */
export function placeOf(table: TableName): string {
  return `"${readModelSchema}"."${table}"`;
}

/** Any number will do that nothing else in the database locks. */
const READ_MODEL_LOCK = 7_234_502;

/**
 * What the projectors of one read model lock: one of them writes, and those of another read model are not kept waiting. Two numbers of
 * 32 bits, the second being the schema's hash.
 */
export function lockOf(schema: string): readonly [kind: number, hash: number] {
  return [READ_MODEL_LOCK, Number.parseInt(schema.slice(-HASH_DIGITS), 16) | 0];
}

/** Channel on which a moved checkpoint of this read model is told: {height, timeMs} as JSON. */
export const HEIGHT_CHANNEL = `${readModelSchema}_height`;
