import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readKind, table, type Definition, type IndexPart, type Table } from '#lib/projections/definition.ts';
import { createTables, indexesOf, readersOf, sqlType } from '#lib/projections/sql.ts';
import { definition, tables } from '#lib/projections/tables.ts';
import { ensureReadModel } from '#lib/projector/creation.ts';
import { startPostgres, type TestPostgres } from '#lib/testing/postgres.ts';
import { readModelSchemaText } from '#prisma/read-model-schema.ts';
import { readModelSchema, schemaNameOf } from './read-model.ts';

let postgres: TestPostgres;
let owner: pg.Client;
let projector: pg.Client;

beforeAll(async () => {
  postgres = await startPostgres();
  owner = new pg.Client(postgres.url);
  projector = new pg.Client(postgres.projectorUrl);
  for (const client of [owner, projector]) await client.connect();
  await ensureReadModel(projector);
});
afterAll(async () => {
  for (const client of [owner, projector]) await client.end();
  await postgres.stop();
});

interface Shape {
  columns: string[];
  indexes: string[];
  checks: string[];
  rights: string[];
}

/** What the catalogue of the database says of one table. */
async function shapeInDatabase(schema: string, name: string): Promise<Shape> {
  const place = `"${schema}"."${name}"`;
  const lines = async (sql: string): Promise<string[]> =>
    (await owner.query<{ line: string }>(sql, [place])).rows.map(({ line }) => line);
  return {
    columns: await lines(
      `SELECT attname || ' ' || format_type(atttypid, atttypmod) || CASE WHEN attnotnull THEN ' not null' ELSE '' END
         || CASE attgenerated WHEN 's' THEN ' generated' ELSE '' END AS line
       FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
    ),
    indexes: await lines(
      `SELECT c.relname || ' ' || m.amname || CASE WHEN i.indisprimary THEN ' primary' WHEN i.indisunique THEN ' unique' ELSE '' END
         || ' (' || (SELECT string_agg(replace(pg_get_indexdef(i.indexrelid, n, true), '"', '')
              || CASE WHEN o.opcdefault THEN '' ELSE ' ' || o.opcname END
              || CASE WHEN i.indoption[n - 1] & 1 = 1 THEN ' desc' ELSE '' END, ', ' ORDER BY n)
              FROM generate_series(1, i.indnkeyatts) n JOIN pg_opclass o ON o.oid = i.indclass[n - 1]) || ')'
         || coalesce(' where ' || translate(pg_get_expr(i.indpred, i.indrelid), '()"', ''), '') AS line
       FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam
       WHERE i.indrelid = $1::regclass ORDER BY c.relname COLLATE "C"`,
    ),
    checks: await lines(
      `SELECT conname || ' ' || pg_get_constraintdef(oid) AS line
       FROM pg_constraint WHERE conrelid = $1::regclass AND contype = 'c' ORDER BY conname COLLATE "C"`,
    ),
    rights: await lines(
      `SELECT pg_get_userbyid(a.grantee) || ' ' || string_agg(lower(a.privilege_type), ' ' ORDER BY a.privilege_type) AS line
       FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = $1::regclass AND a.grantee <> c.relowner GROUP BY a.grantee ORDER BY 1`,
    ),
  };
}

function printedPart(part: IndexPart): string {
  if (typeof part === 'string') return part;
  const what = 'column' in part ? part.column : part.expression;
  return `${what}${part.operators === undefined ? '' : ` ${part.operators}`}${part.order === undefined ? '' : ' desc'}`;
}

/** What the definition says of one table, in the words of the catalogue. Expressions have a test of their own: PostgreSQL writes them in its own way. */
function shapeInDefinition(name: string, of: Table): Shape {
  const columns = Object.entries(of.columns).map(
    ([column, kind]) => `${column} ${sqlType(kind)}${readKind(kind).isNullable ? '' : ' not null'}`,
  );
  const indexes = Object.entries(indexesOf(name, of)).map(
    ([index, { on, using = 'btree', isUnique, where }]) =>
      `${index} ${using}${isUnique === true ? ' unique' : ''} (${on.map(printedPart).join(', ')})${where === undefined ? '' : ` where ${where.replaceAll('"', '')}`}`,
  );
  return {
    columns: of.search === undefined ? columns : [...columns, 'search tsvector generated'],
    indexes: [...indexes, `${name}_key btree primary (${of.key.join(', ')})`].toSorted(),
    checks: Object.entries(of.checks ?? {}).map(
      ([check, condition]) => `${name}_${check} CHECK ((${condition.replaceAll('"', '')}))`,
    ),
    rights: readersOf(of).map((reader) => `${reader} select`),
  };
}

describe('the read model in the database', () => {
  test('has the tables of the definition and no others, each the same column by column and index by index', async () => {
    const { rows } = await owner.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind NOT IN ('i', 't') ORDER BY relname COLLATE "C"`,
      [readModelSchema],
    );
    expect(rows.map(({ name }) => name)).toEqual(Object.keys(definition.tables).toSorted());
    for (const [name, of] of Object.entries<Table>(definition.tables)) {
      expect([name, await shapeInDatabase(readModelSchema, name)]).toEqual([name, shapeInDefinition(name, of)]);
    }
    expect(Object.keys(tables).length).toBeGreaterThan(10);
  });

  test('has every form that a definition can say: expressions, conditions, checks, search and readers', async () => {
    const offers = table({
      model: 'Offer',
      key: ['id', 'part'],
      columns: { id: 'bigint', part: 'integer', facts: 'json', note: 'text?', isOpen: 'boolean?', title: 'text' },
      checks: { part: '"part" >= 1' },
      indexes: {
        disk: { on: [{ expression: `("facts" ->> 'disk')`, order: 'desc' }, 'id'], where: '"isOpen"' },
        facts: { on: [{ column: 'facts', operators: 'jsonb_path_ops' }], using: 'gin' },
        note: { on: [{ column: 'note', operators: 'text_pattern_ops' }], isUnique: true },
      },
      search: { A: '"title"', C: `coalesce("note", '')` },
      readBy: [],
    });
    const other: Definition = { revision: 1, tables: { offers } };
    const schema = schemaNameOf(other);
    await projector.query('SELECT public.create_read_model($1)', [schema]);
    await projector.query(createTables(other, schema));
    expect(await shapeInDatabase(schema, 'offers')).toEqual({
      columns: [
        'id bigint not null',
        'part integer not null',
        'facts jsonb not null',
        'note text',
        'isOpen boolean',
        'title text not null',
        'search tsvector generated',
      ],
      indexes: [
        `offers_disk btree ((facts ->> 'disk'::text) desc, id) where isOpen`,
        'offers_facts gin (facts jsonb_path_ops)',
        'offers_key btree primary (id, part)',
        'offers_note btree unique (note text_pattern_ops)',
        'offers_search gin (search)',
      ],
      checks: ['offers_part CHECK ((part >= 1))'],
      rights: [],
    });
    const { rows } = await projector.query<{ found: boolean }>(
      `INSERT INTO ${schema}.offers VALUES (1, 1, '{}', 'deep water', true, 'Disk') RETURNING search @@ to_tsquery('english', 'waters & disks') AS found`,
    );
    expect(rows).toEqual([{ found: true }]);
    await expect(
      projector.query(`INSERT INTO ${schema}.offers VALUES (2, 0, '{}', 'x', true, 'Disk')`),
    ).rejects.toThrow(/offers_part/);
  });
});

test('a database that nobody has prepared is told from one that fails', async () => {
  const name = `bare_${process.pid}`;
  await owner.query(`CREATE DATABASE ${name}`);
  const bare = new pg.Client(postgres.projectorUrl.replace(/[^/]+$/, name));
  await bare.connect();
  await expect(ensureReadModel(bare)).rejects.toThrow('the migrations have to run first');
  await bare.end();
  await owner.query(`DROP DATABASE ${name}`);
});

describe('the name of the read model', () => {
  const small = (columns: Table['columns'], more: Partial<Table> = {}, revision = 1): Definition => ({
    revision,
    tables: { things: { model: 'Thing', key: ['id'], columns, ...more } },
  });

  test('is another for another column, kind, index, reader or revision, and the same for the same', () => {
    const names = [
      small({ id: 'bigint' }),
      small({ id: 'text' }),
      small({ id: 'bigint', more: 'text' }),
      small({ id: 'bigint', more: 'text?' }),
      small({ id: 'bigint' }, { indexes: { id: { on: [{ column: 'id', order: 'desc' }] } } }),
      small({ id: 'bigint' }, { readBy: [] }),
      small({ id: 'bigint' }, {}, 2),
    ].map(schemaNameOf);
    expect(new Set(names).size).toBe(names.length);
    expect(schemaNameOf(small({ id: 'bigint' }))).toBe(names[0]);
    for (const name of names) expect(name).toMatch(/^readmodel_[0-9a-f]{8}$/);
  });

  test('stands in Prisma’s models and in the generated client, which are those of the definition', async () => {
    const text = readModelSchemaText(definition, readModelSchema);
    expect(await readFile('prisma/read-model.prisma', 'utf8')).toBe(text);
    const client = await readFile('prisma/generated/internal/class.ts', 'utf8');
    const inlined = /"inlineSchema": (".*"),/.exec(client)?.[1] ?? '""';
    // Prisma aligns what it keeps.
    const plain = (schema: string): string => schema.replace(/\s+/g, ' ');
    expect(plain(JSON.parse(inlined) as string)).toContain(plain(text));
  });
});
