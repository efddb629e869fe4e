import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dataSetTerms, type Format } from '#ledger/contracts/kinds/data.ts';
import type { Outcome } from '#agent/outcome.ts';
import { bothOf, parseFilter } from './filter.ts';
import { ATTRIBUTES_BYTES_MAX, testSourceFile } from './metadata.ts';
import { renderRows } from './output.ts';
import { parseRowQuery } from './query.ts';
import { openSource, type DataSource } from './source.ts';
import type { SourceConfig } from './source-config.ts';

const NAUGHTY = join(process.env['VECTORS_DIR'] ?? '../shared/vectors', 'naughty-strings', 'blns.json');
const naughty = existsSync(NAUGHTY) ? (JSON.parse(readFileSync(NAUGHTY, 'utf8')) as string[]) : [];

let folder: string;
let source: DataSource;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'interpool-source-'));
  source = must(await openSource(config('stock.csv', STOCK), folder));
});
afterAll(() => {
  source.close();
  rmSync(folder, { recursive: true, force: true });
});

const STOCK =
  'id,name,price,day,"odd ""name"", x"\n1,apple,1.5,2026-01-01,a\n2,"pear, red",,2026-01-02,b\n3,fig,3.25,2026-01-03,\n';

describe('a source’s description', () => {
  test('is computed from every row, and the same from the same bytes [I.2-7] [6.2.3-a]', async () => {
    const tested = must(await testSourceFile(config('stock.csv', STOCK), folder));
    expect(tested.dataSet).toMatchObject({ format: 'csv', rows: 3, bytes: STOCK.length });
    expect(tested.dataSet.columns).toEqual([
      { name: 'id', type: 'BIGINT', nulls: 0, min: '1', max: '3' },
      { name: 'name', type: 'VARCHAR', nulls: 0, min: 'apple', max: 'pear, red' },
      { name: 'price', type: 'DOUBLE', nulls: 1, min: '1.5', max: '3.25' },
      { name: 'day', type: 'DATE', nulls: 0, min: '2026-01-01', max: '2026-01-03' },
      { name: 'odd "name", x', type: 'VARCHAR', nulls: 1, min: 'a', max: 'b' },
    ]);
    expect(tested.preview[1]).toEqual({
      id: '2',
      name: 'pear, red',
      price: null,
      day: '2026-01-02',
      'odd "name", x': 'b',
    });
    expect(must(await testSourceFile(config('stock.csv', STOCK), folder))).toEqual(tested);
    const quiet = { ...config('stock.csv', STOCK), publishRanges: false };
    expect(
      must(await testSourceFile(quiet, folder)).dataSet.columns.every(({ min, max }) => min === null && max === null),
    ).toBe(true);
  });

  test('of what cannot be shared is a sentence [6.2.3-a]', async () => {
    const wide = Array.from({ length: 128 }, (_, index) =>
      `column-with-quite-a-long-name-${index}`.padEnd(60, 'x'),
    ).join(',');
    const faults: [string, string][] = [
      ['empty.csv', ''],
      ['no-rows.csv', 'a,b\n'],
      ['wide.csv', `${wide}\n${wide}\n`],
      ['many.csv', `${Array.from({ length: 200 }, (_, index) => `c${index}`).join(',')}\n`],
      ['long-name.csv', `${'n'.repeat(100)},b\n1,2\n`],
    ];
    for (const [name, text] of faults)
      expect([name, (await testSourceFile(config(name, text), folder)).ok]).toEqual([name, false]);
    const parquet = { ...config('not-parquet.parquet', 'PAR1 no'), format: 'parquet' as const };
    expect((await testSourceFile(parquet, folder)).ok).toBe(false);
    expect(
      (await testSourceFile({ ...config('gone.csv', 'a\n1\n'), path: join(folder, 'nothing.csv') }, folder)).ok,
    ).toBe(false);
  });

  test('stays within its bound whatever the columns hold', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `column ${index} é`);
    const value = 'v'.repeat(200);
    const text = `${names.join(',')}\n${names.map(() => value).join(',')}\n`;
    const tested = must(await testSourceFile(config('bounded.csv', text), folder));
    const attributes = dataSetTerms(tested.dataSet).map(({ name, value }) => name + value);
    expect(Buffer.byteLength(attributes.join('')) <= ATTRIBUTES_BYTES_MAX).toBe(true);
    expect(tested.dataSet.columns.length).toBe(50);
  });
});

describe('a query', () => {
  test('gives the same rows as CSV, JSON and Parquet', async () => {
    const query = `filter=${json({
      or: [
        { column: 'price', op: 'is-null' },
        { column: 'name', op: 'contains', value: 'ap' },
      ],
    })}&order=id.desc`;
    expect((await rows(query, 'csv')).toString()).toBe(
      'id,name,price,day,"odd ""name"", x"\r\n2,"pear, red",,2026-01-02,b\r\n1,apple,1.5,2026-01-01,a\r\n',
    );
    expect(JSON.parse((await rows(query, 'json')).toString())).toEqual([
      { id: 2, name: 'pear, red', price: null, day: '2026-01-02', 'odd "name", x': 'b' },
      { id: 1, name: 'apple', price: 1.5, day: '2026-01-01', 'odd "name", x': 'a' },
    ]);
    const file = join(folder, 'out.parquet');
    writeFileSync(file, await rows(query, 'parquet'));
    const connection = await (await DuckDBInstance.create()).connect();
    const read = await connection.runAndReadAll(`SELECT id, "odd ""name"", x" FROM '${file}'`);
    expect(read.getRows()).toEqual([
      [2n, 'b'],
      [1n, 'a'],
    ]);
  });

  test.each([
    ['{"column":"id","op":"in","value":[1,3]}', [1, 3]],
    ['{"column":"id","op":"ne","value":2}', [1, 3]],
    ['{"column":"price","op":"ge","value":3.25}', [3]],
    ['{"column":"day","op":"lt","value":"2026-01-02"}', [1]],
    ['{"not":{"column":"price","op":"gt","value":2}}', [1, 2]],
    ['{"column":"odd \\"name\\", x","op":"is-not-null"}', [1, 2]],
    ['{"and":[{"column":"id","op":"gt","value":"1"},{"column":"name","op":"starts-with","value":"f"}]}', [3]],
  ])('filters by %s', async (filter, ids) => {
    const found = JSON.parse((await rows(`select=id&filter=${encodeURIComponent(filter)}`, 'json')).toString()) as {
      id: number;
    }[];
    expect(found.map(({ id }) => id)).toEqual(ids);
  });

  test('finds an identifier by a part of it', async () => {
    const csv = 'n,u\n1,9e107d9d-372b-4b6f-8f3f-1d2b3c4d5e6f\n2,123e4567-e89b-12d3-a456-426614174000\n';
    const source = must(await openSource({ ...config('ids.csv', csv), types: { u: 'UUID' } }, folder));
    const found = await rows(
      `select=n&filter=${json({ column: 'u', op: 'starts-with', value: '9e10' })}`,
      'json',
      source,
    );
    source.close();
    expect(JSON.parse(found.toString())).toEqual([{ n: 1 }]);
  });

  test.each([
    'null',
    '[]',
    '1',
    '{}',
    '{"and":[]}',
    '{"and":{}}',
    '{"or":[1]}',
    '{"column":"id"}',
    '{"column":"id","op":"eq"}',
    '{"column":"id","op":"eq","value":1,"x":1}',
    '{"column":"id","op":"like","value":"1"}',
    '{"column":"id","op":"eq","value":"1 OR 1=1"}',
    '{"column":"id","op":"eq","value":1.5}',
    '{"column":"id","op":"eq","value":null}',
    '{"column":"id","op":"eq","value":{"a":1}}',
    '{"column":"id","op":"contains","value":"1"}',
    '{"column":"c0","op":"eq","value":1}',
    '{"column":"rowid","op":"eq","value":1}',
    '{"column":"id\\"; DROP TABLE source; --","op":"is-null"}',
    '{"column":"__proto__","op":"is-null"}',
    '{"column":"id","op":"toString","value":1}',
    '{"column":"id","op":"is-null","value":1}',
    '{"column":"id","op":"in","value":[]}',
    '{"column":"day","op":"eq","value":"now()"}',
    `{"column":"name","op":"in","value":[${'"a",'.repeat(300)}"a"]}`,
    `{"column":"name","op":"eq","value":"${'a'.repeat(1_100)}"}`,
    `${'{"not":'.repeat(20)}{"column":"id","op":"is-null"}${'}'.repeat(20)}`,
    `{"and":[${'{"column":"id","op":"is-null"},'.repeat(80)}{"column":"id","op":"is-null"}]}`,
  ])('refuses the filter %s with a sentence [7.2.5-a]', (filter) => {
    const allowed = new Set(source.columns.map(({ name }) => name));
    expect(parseFilter(filter, { columns: source.columns, allowed }).ok).toBe(false);
  });

  test('holds nothing that the customer sent: any filter compiles to constants, positions and numbered parameters [7.2.5-a]', () => {
    const allowed = new Set(source.columns.map(({ name }) => name));
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...naughty, "'; DROP TABLE source; --", '$1', 'c0'),
    );
    const leaf = fc.record({
      column: fc.constantFrom('name', 'odd "name", x'),
      op: fc.constantFrom('eq', 'ne', 'lt', 'contains', 'starts-with'),
      value: texts,
    });
    const tree = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.record({ and: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
        fc.record({ not: tie('node') }),
      ),
    })).node;
    fc.assert(
      fc.property(tree, tree, (first, second) => {
        const [one, two] = [first, second].map((filter) =>
          parseFilter(JSON.stringify(filter), { columns: source.columns, allowed }),
        );
        const both = bothOf(one?.ok ? one.value : null, two?.ok ? two.value : null);
        if (both === null) return;
        expect(both.sql).toMatch(
          /^(c\d+|\$\d+|NOT|AND|CAST|AS VARCHAR|contains|starts_with|coalesce|false|[ (),=<>])*$/,
        );
        const numbers = [...both.sql.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number));
        expect(numbers).toEqual(both.values.map((_, index) => index + 1));
      }),
      { numRuns: 200 },
    );
  });

  test.skipIf(naughty.length === 0)('finds a hostile text as itself and as nothing else [7.2.5-a]', async () => {
    const texts = [...new Set(naughty.map((text) => text.toWellFormed()))].filter(
      (text) => text !== '' && !text.includes('\0'),
    );
    const csv = `n,text\n${texts.map((text, index) => `${index},"${text.replaceAll('"', '""')}"`).join('\n')}\n`;
    const hostile = must(await openSource({ ...config('hostile.csv', csv), types: { text: 'VARCHAR' } }, folder));
    try {
      for (const [index, text] of texts.entries()) {
        if (text.length > 1_024) continue;
        const filter = json({ column: 'text', op: 'eq', value: text });
        const found = JSON.parse((await rows(`select=n&filter=${filter}`, 'json', hostile)).toString()) as {
          n: number;
        }[];
        expect([text, found]).toEqual([text, [{ n: index }]]);
      }
    } finally {
      hostile.close();
    }
  });

  test('cannot leave the snapshot: no file, no extension, no setting, no write [7.2.5-a]', async () => {
    const connection = await source.connect();
    const attempts = [
      "SELECT * FROM read_csv('/etc/passwd')",
      "SELECT * FROM read_text('/etc/passwd')",
      "COPY source TO '/tmp/interpool-stolen.csv'",
      "ATTACH '/tmp/interpool-other.duckdb'",
      'INSTALL httpfs',
      'LOAD httpfs',
      'SET enable_external_access = true',
      "SET allowed_directories = ['/']",
      'DELETE FROM source',
      'CREATE TABLE other (a INTEGER)',
    ];
    for (const sql of attempts) await expect(connection.run(sql), sql).rejects.toThrow();
    connection.closeSync();
  });
});

function config(name: string, text: string): SourceConfig {
  const path = join(folder, name);
  writeFileSync(path, text);
  return {
    id: name.replace(/\W/g, '-'),
    title: name,
    format: 'csv',
    path,
    types: {},
    dialect: {},
    publishRanges: true,
  };
}

function json(value: unknown): string {
  return encodeURIComponent(JSON.stringify(value));
}

async function rows(queryString: string, format: Format, from: DataSource = source): Promise<Buffer> {
  const columns = from.columns.map(({ name }) => name);
  const query = must(parseRowQuery(queryString, { columns, rowFilter: '', format }, from));
  const connection = await from.connect();
  const pieces: Uint8Array[] = [];
  for await (const piece of renderRows(from, connection, query)) pieces.push(piece.bytes);
  connection.closeSync();
  return Buffer.concat(pieces);
}

function must<Value>(outcome: Outcome<Value>): Value {
  if (!outcome.ok) throw new Error(outcome.sentence);
  return outcome.value;
}
