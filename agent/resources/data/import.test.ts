import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Format } from '#ledger/contracts/kinds/data.ts';
import { reasonOf, type Outcome } from '#agent/outcome.ts';
import type { StatedDialect } from './dialect.ts';
import { testSourceFile } from './metadata.ts';
import { renderRows } from './output.ts';
import { parseRowQuery } from './query.ts';
import { openSource } from './source.ts';
import type { SourceConfig } from './source-config.ts';

const FILES = path.resolve(import.meta.dirname, '../../testing/files');

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'interpool-import-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('a file whose lines do not fit', () => {
  test.each([
    ['widening.csv', 'Line 42 has 3 fields and the first has 2: “S41,123,late”.'],
    ['one-extra.csv', 'Line 22 has 3 fields and the first has 2'],
    ['short-rows.csv', 'Line 3 has 2 fields and the first has 3: “4,5”.'],
    ['malformed-quote.csv', 'Line 3 has a quote that does not end its field: “P8,"Quay, west,5”.'],
    ['latin1.csv', 'Line 2 is not UTF-8'],
    ['utf16.csv', 'say "encoding": "utf-16le" in the config'],
    ['mixed-newlines.csv', 'Line 2 ends in LF and the lines before it in CRLF'],
  ])('%s is refused with its line, the text of the line and the reason [I.2-7]', async (name, words) => {
    const tested = await testSourceFile(csv(name), folder);
    expect(tested.ok ? 'was read' : tested.sentence).toContain(words);
  });

  test.each([
    ['a quote inside a field', 'a,b\n1,5" pipe\n', 'Line 2 has a quote inside a field'],
    ['a quote that is never closed', 'a,b\n1,"x\n2,y\n', 'Line 2 has a quote that is never closed'],
    ['an empty line in the middle', 'a,b\n1,2\n\n3,4\n', 'Line 3 is empty'],
    ['a carriage return alone', 'a,b\n1,2\r3,4\n', 'Line 2 holds a carriage return'],
    ['a name twice', 'a,b,a\n1,2,3\n', 'Columns 1 and 3 are both called “a”'],
    ['names that differ in capitals', 'Level,level\n1,2\n', 'Columns 1 and 2 are both called “level”'],
    ['a name that is empty', 'a,,c\n1,2,3\n', 'The name of column 2 is empty'],
    ['a first line alone', 'a,b\n', 'has no rows'],
  ])('%s is refused', async (_, text, words) => {
    const tested = await testSourceFile(written(text), folder);
    expect(tested.ok ? 'was read' : tested.sentence).toContain(words);
  });

  test('a reason of the engine is kept whole, not cut at its first line', async () => {
    const file = { ...written('PAR1 and nothing else PAR1'), format: 'parquet' as const };
    const tested = await testSourceFile(file, folder);
    expect(tested.ok ? 'was read' : tested.sentence).toContain('Invalid Input Error');
    expect(reasonOf(new Error('first line\n  second line'))).toBe('first line second line');
  });

  test('an encoding that the file is not in is refused', async () => {
    const tested = await testSourceFile({ ...written('a\n1'), dialect: { encoding: 'utf-16be' } }, folder);
    expect(tested.ok ? 'was read' : tested.sentence).toContain('is not in the encoding utf-16be that the config says');
  });
});

describe('what is served', () => {
  test.each<[string, Record<string, string>[]]>([
    ['one-column-semicolon.csv', [{ remark: 'all well' }, { remark: 'pump checked; valve open' }]],
    ['single.csv', [{ word: 'alpha' }, { word: '' }, { word: 'beta' }]],
    [
      'iccid.csv',
      [
        { iccid: '8944500102030405069', sim: 'a' },
        { iccid: '89445001020304050692', sim: 'b' },
      ],
    ],
    [
      'long-ids.csv',
      [
        { meter: '30405060708090102035', place: 'north' },
        { meter: '70605040302010908077', place: 'south' },
      ],
    ],
    [
      'site=archive/levels.csv',
      [
        { site: 'lakeside', level: '20' },
        { site: 'hillside', level: '21' },
      ],
    ],
    [
      'dates-dmy.csv',
      [
        { day: '03/04/2025', litres: '10' },
        { day: '05/06/2025', litres: '11' },
        { day: '07/08/2025', litres: '12' },
      ],
    ],
  ])('%s is the file, as Python’s csv module reads the answer [I.2-7]', async (name, rows) => {
    expect(pythonRows(await served(csv(name), 'csv'))).toEqual(rows);
  });

  test('lines with a comma stay whole where the first line has none, and so do lines that begin with a hash', async () => {
    expect(must(await testSourceFile(csv('text-with-comma.csv'), folder)).dataSet.rows).toBe(21);
    expect(must(await testSourceFile(csv('hash-rows.csv'), folder)).dataSet.rows).toBe(5);
    const skipped = await testSourceFile(csv('hash-rows.csv', { skip: 1 }), folder);
    expect(skipped.ok ? 'was read' : skipped.sentence).toContain('Line 5 has 1 field');
  });

  test('a last line of absent values that has no end of its own is a row, with either end of the others', async () => {
    for (const lineEnd of ['\n', '\r\n']) {
      const answer = await served({ ...written(['a,b', '1,2', ','].join(lineEnd)) }, 'json');
      expect(JSON.parse(answer)).toHaveLength(2);
    }
  });

  test('an empty text in quotes is not an absent value', async () => {
    expect(JSON.parse(await served(csv('quoted-empty.csv'), 'json'))).toEqual([
      { a: '', b: 1 },
      { a: null, b: 2 },
      { a: 'x', b: 3 },
    ]);
    expect(await served(csv('quoted-empty.csv'), 'csv')).toBe('a,b\r\n"",1\r\n,2\r\nx,3\r\n');
  });

  test.each(['csv', 'json', 'parquet'] as const)(
    'digits that no number holds are served as %s as they stand',
    async (format) => {
      const config = { ...csv('long-ids.csv'), types: { meter: 'HUGEINT' } };
      const answer = await served(config, format);
      const text = format === 'parquet' ? await parquetText(answer, 'meter') : answer;
      expect(text).toContain('30405060708090102035');
      expect(text).toContain('70605040302010908077');
    },
  );

  test('decimals in a list are JSON values, digit by digit', async () => {
    const file = path.join(folder, 'decimals.parquet');
    const connection = await (await DuckDBInstance.create()).connect();
    await connection.run(`COPY (SELECT [1.50::DECIMAL(5,2), NULL] AS d) TO '${file}'`);
    const config = { ...written('unused'), format: 'parquet' as const, path: file };
    expect(await served(config, 'json')).toBe('[\n{"d":["1.50",null]}\n]\n');
  });

  test('the folder of a Parquet file is no column of it', async () => {
    const file = { ...csv('site=archive/levels.parquet'), format: 'parquet' as const };
    expect(JSON.parse(await served(file, 'json'))).toEqual([
      { site: 'lakeside', level: 20 },
      { site: 'hillside', level: 21 },
    ]);
  });

  test('a number of single precision is one number in CSV and JSON, and nested values are JSON', async () => {
    const types = { ...csv('types.parquet'), format: 'parquet' as const };
    expect(await served(types, 'json', 'select=f,u,d')).toContain(
      '"f":0.1,"u":"18446744073709551615","d":"12345678901234567890.1234567890"',
    );
    expect(await served(types, 'csv', 'select=f,tz')).toBe('f,tz\r\n0.1,2024-12-31T22:00:00Z\r\n');
    const nested = { ...csv('nested.parquet'), format: 'parquet' as const };
    const value = {
      id: 1,
      s: { a: 1, b: 'x, y "z"' },
      l: [1, 2, null],
      m: { k: 'v' },
      ls: [{ t: 'a' }, { t: "it's" }],
    };
    expect(JSON.parse(await served(nested, 'json'))).toEqual([value]);
    expect(pythonRows(await served(nested, 'csv')).map(({ s }) => JSON.parse(s ?? ''))).toEqual([value.s]);
  });

  test.each([
    ['{"column":"s","path":["a"],"op":"eq","value":1}', 1],
    ['{"column":"s","path":["b"],"op":"contains","value":"z"}', 1],
    ['{"column":"s","path":["a"],"op":"gt","value":1}', 0],
    ['{"column":"l","op":"contains","value":2}', 1],
    ['{"column":"l","op":"contains","value":9}', 0],
  ])('values inside nested ones are filtered by %s', async (filter, count) => {
    const nested = { ...csv('nested.parquet'), format: 'parquet' as const };
    const answer = await served(nested, 'json', `select=id&filter=${encodeURIComponent(filter)}`);
    expect(JSON.parse(answer)).toHaveLength(count);
  });

  test.each([
    '{"column":"s","path":["c"],"op":"eq","value":1}',
    '{"column":"s","path":["a\\"); DROP TABLE source; --"],"op":"eq","value":1}',
    '{"column":"s","path":[],"op":"eq","value":1}',
    '{"column":"id","path":["a"],"op":"eq","value":1}',
    '{"column":"s","path":["__proto__"],"op":"is-null"}',
    '{"column":"s","op":"eq","value":1}',
    '{"column":"l","op":"eq","value":1}',
  ])('what is not inside is refused: %s [7.2.5-a]', async (filter) => {
    const nested = { ...csv('nested.parquet'), format: 'parquet' as const };
    await expect(served(nested, 'json', `filter=${encodeURIComponent(filter)}`)).rejects.toThrow(
      /has nothing inside|needs a list|cannot be compared|holds lists/,
    );
  });

  test('times with a zone are filtered by instant, and read in no zone of the host', async () => {
    const filter = encodeURIComponent('{"column":"at","op":"ge","value":"2025-06-01"}');
    expect(await served(csv('tz-z.csv'), 'csv', `filter=${filter}`)).toBe('id,at\r\n2,2025-10-26T01:30:00Z\r\n');
    const exact = encodeURIComponent('{"column":"at","op":"eq","value":"2025-03-30T03:30:00+02:00"}');
    expect(await served(csv('tz-z.csv'), 'csv', `select=id&filter=${exact}`)).toBe('id\r\n1\r\n');
    const mixed = must(await testSourceFile(csv('tz-mix.csv'), folder)).dataSet.columns;
    expect(mixed[1]).toMatchObject({ name: 'at', type: 'VARCHAR' });
  });

  test.each(['tz-z.csv', 'tz-mix.csv', 'types.parquet'])(
    '%s is the same answer whatever zone the host is in',
    (name) => {
      const answers = ['UTC', 'Europe/Berlin', 'America/St_Johns'].map((zone) => answerOfProcess(name, zone));
      expect(new Set(answers).size).toBe(1);
      expect(answers[0]).toContain('20');
    },
  );
});

describe('a dialect', () => {
  test('is found, stated in the description, and changed by what the config says', async () => {
    const text = 'tag;am;wert\r\n03.04.2025;NA;1,5\r\n05.06.2025;"NA";1,25\r\n';
    const found = must(await testSourceFile(written(text), folder)).dataSet;
    expect(found.dialect).toEqual({
      delimiter: ';',
      quote: '"',
      escape: '"',
      header: true,
      encoding: 'utf-8',
      skip: 0,
      decimal: '.',
      dateFormat: '',
      nulls: [],
    });
    expect(found.columns.map(({ type }) => type)).toEqual(['VARCHAR', 'VARCHAR', 'VARCHAR']);
    const dialect: StatedDialect = { decimal: ',', dateFormat: '%d.%m.%Y', nulls: ['NA'] };
    const config = { ...written(text), dialect };
    const stated = must(await testSourceFile(config, folder)).dataSet;
    expect(stated.dialect).toMatchObject(dialect);
    expect(stated.columns.map(({ type, nulls }) => [type, nulls])).toEqual([
      ['DATE', 0],
      ['VARCHAR', 1],
      ['DOUBLE', 0],
    ]);
    expect(JSON.parse(await served(config, 'json'))).toEqual([
      { tag: '2025-04-03', am: null, wert: 1.5 },
      { tag: '2025-06-05', am: 'NA', wert: 1.25 },
    ]);
    expect(await served(config, 'csv')).toBe('tag,am,wert\r\n03.04.2025,,"1,5"\r\n05.06.2025,NA,"1,25"\r\n');
  });

  test('of another encoding is read when it is stated', async () => {
    const latin = pythonRows(await served(csv('latin1.csv', { encoding: 'windows-1252' }), 'csv'));
    expect(latin).toEqual([
      { id: '1', town: 'Zürich' },
      { id: '2', town: 'Genève' },
    ]);
    const wide = pythonRows(await served(csv('utf16.csv', { encoding: 'utf-16le' }), 'csv'));
    expect(wide.map(({ town }) => town)).toEqual(['Aarau', 'Bern']);
  });

  test('without a first line of names gives them numbers', async () => {
    expect(await served({ ...written('1,x\n2,y\n'), dialect: { header: false } }, 'csv')).toBe(
      'column_1,column_2\r\n1,x\r\n2,y\r\n',
    );
  });

  test.each([
    ['INTEGER', '1.5'],
    ['DECIMAL(5,2)', '1.234'],
    ['DATE', '03/04/2025'],
    ['TINYINT', '300'],
  ])('a type %s that a value does not hold is refused with its row and the value %s', async (type, value) => {
    const tested = await testSourceFile({ ...written(`n\n1\n${value}\n`), types: { n: type } }, folder);
    expect(tested.ok ? 'was read' : tested.sentence).toMatch(/Row [12] has “.*” in the column “n”, which is no /);
  });

  test('a type for a column that is not there is refused', async () => {
    const tested = await testSourceFile({ ...written('n\n1\n'), types: { level: 'INTEGER' } }, folder);
    expect(tested.ok ? 'was read' : tested.sentence).toContain(
      'the column “level”, and the file has none of that name',
    );
  });
});

describe('round trip', () => {
  const cell = fc.oneof(
    fc.constantFrom('', '0', '007', '-0', '1.50', '1e5', '9007199254740993', '89445001020304050692', 'true', 'TRUE'),
    fc.constantFrom('2026-01-31', '2026-02-30', '2026-01-31T10:00:00Z', '2026-01-31 10:00', '10:11', '03/04/2025'),
    fc.constantFrom(
      'NULL',
      'nan',
      '\\N',
      ' x ',
      "it's",
      'a"b',
      'a,b',
      'a;b',
      'line\nline',
      'line\r\nline',
      '#',
      '€ ü 漢 🙂',
    ),
    fc.integer().map(String),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.string({ unit: 'grapheme' }).filter((text) => !/[\0\ufeff]|\r(?!\n)/.test(text)),
  );
  const table = fc
    .record({ width: fc.integer({ min: 1, max: 4 }), height: fc.integer({ min: 1, max: 6 }) })
    .chain(({ width, height }) =>
      fc.array(fc.array(fc.option(cell), { minLength: width, maxLength: width }), {
        minLength: height,
        maxLength: height,
      }),
    );
  const form = fc.record({
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    quote: fc.constantFrom('"', "'"),
    lineEnd: fc.constantFrom('\n', '\r\n'),
    isEnded: fc.boolean(),
  });

  test('what is served as CSV and JSON is the file, cell by cell, whatever it holds and however it is written [I.2-7]', async () => {
    await fc.assert(
      fc.asyncProperty(table, form, async (rows, { delimiter, quote, lineEnd, isEnded }) => {
        const width = rows[0]?.length ?? 0;
        const names = Array.from({ length: width }, (_, at) => `n${at}`);
        const quoted = (text: string): string => `${quote}${text.replaceAll(quote, quote + quote)}${quote}`;
        const needsQuote = (text: string): boolean =>
          text === '' || [delimiter, quote, '\n', '\r'].some((sign) => text.includes(sign));
        const lines = [names, ...rows].map((row) =>
          row.map((value) => (value === null ? '' : needsQuote(value) ? quoted(value) : value)).join(delimiter),
        );
        // The end of a line that is empty tells an absent value in a file of one column alone.
        const last = isEnded || lines.at(-1) === '' ? lineEnd : '';
        const config = {
          ...written(lines.join(lineEnd) + last),
          dialect: width === 1 ? { quote, delimiter: '' } : { quote },
        };
        const answer = readCsv(await served(config, 'csv'));
        const absent = width === 1 ? '' : null;
        expect(answer).toEqual([names, ...rows.map((row) => row.map((value) => value ?? absent))]);
        const objects = JSON.parse(await served(config, 'json')) as Record<string, unknown>[];
        for (const [at, row] of rows.entries()) {
          for (const [column, value] of row.entries()) expectSame(objects[at]?.[`n${column}`], value);
        }
      }),
      { numRuns: 60 },
    );
  }, 120_000);
});

/** A JSON value that means the cell's text: the text itself, or the number, the time or the truth that it is. */
function expectSame(value: unknown, text: string | null): void {
  if (text === null || value === null) expect(value).toBe(text);
  else if (typeof value === 'number') expect(value).toBe(Number(text));
  else if (typeof value === 'boolean') expect(String(value)).toBe(text.toLowerCase());
  else if (String(value) !== text) {
    const given = /^\d\d:\d\d/.test(text) ? `${text}:00`.slice(0, 8) : new Date(`${text.replace(' ', 'T')}`).toJSON();
    const found = /^\d\d:\d\d/.test(text) ? String(value) : new Date(String(value).replace(' ', 'T')).toJSON();
    expect(found).toBe(given);
  }
}

/** A reader of RFC 4180 that shares nothing with what it reads: null for an empty field without quotes. */
function readCsv(text: string): (string | null)[][] {
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  const rows: (string | null)[][] = [[]];
  for (let match = field.exec(text); match !== null; match = field.exec(text)) {
    const [, quoted, plain, end] = match;
    rows.at(-1)?.push(quoted === undefined ? plain || null : quoted.replaceAll('""', '"'));
    if (end === '\r\n') rows.push([]);
    if (field.lastIndex === text.length) break;
  }
  return rows.slice(0, -1);
}

function csv(name: string, dialect: StatedDialect = {}): SourceConfig {
  const id = name.replaceAll(/\W/g, '-');
  return { id, title: name, format: 'csv', path: path.join(FILES, name), types: {}, dialect, publishRanges: false };
}

let count = 0;

function written(text: string): SourceConfig {
  count += 1;
  const file = path.join(folder, `written-${count}.csv`);
  writeFileSync(file, text);
  return { id: `w${count}`, title: 'written', format: 'csv', path: file, types: {}, dialect: {}, publishRanges: false };
}

async function answerOf(config: SourceConfig, format: Format, queryString: string): Promise<Buffer> {
  const opened = must(await openSource(config, folder));
  const connection = await opened.connect();
  try {
    const columns = opened.columns.map(({ name }) => name);
    const query = must(parseRowQuery(queryString, { columns, rowFilter: '', format }, opened));
    const pieces: Uint8Array[] = [];
    for await (const piece of renderRows(opened, connection, query)) pieces.push(piece.bytes);
    return Buffer.concat(pieces);
  } finally {
    connection.closeSync();
    opened.close();
  }
}

/** Text, or the bytes of a Parquet file one by one. */
async function served(config: SourceConfig, format: Format, queryString = ''): Promise<string> {
  return (await answerOf(config, format, queryString)).toString(format === 'parquet' ? 'latin1' : 'utf8');
}

async function parquetText(bytes: string, column: string): Promise<string> {
  const file = path.join(folder, 'answer.parquet');
  writeFileSync(file, Buffer.from(bytes, 'latin1'));
  const connection = await (await DuckDBInstance.create()).connect();
  const read = await connection.runAndReadAll(`SELECT ${column} FROM '${file}'`);
  return JSON.stringify(read.getRowsJson());
}

/** Rows of an answer as Python's csv.DictReader reads them. */
function pythonRows(text: string): Record<string, string>[] {
  const program = 'import csv, json, sys; print(json.dumps(list(csv.DictReader(sys.stdin))))';
  return JSON.parse(execFileSync('python3', ['-c', program], { input: text, encoding: 'utf8' })) as Record<
    string,
    string
  >[];
}

/** The description and the answer of a file, by a process of its own that is in a time zone. */
function answerOfProcess(name: string, zone: string): string {
  const format = name.endsWith('.csv') ? 'csv' : 'parquet';
  const config = { ...csv(name), format, id: `${csv(name).id}-${zone.replaceAll(/\W/g, '-').toLowerCase()}` };
  const program = `
    import { renderRows } from '#agent/resources/data/output.ts';
    import { parseRowQuery } from '#agent/resources/data/query.ts';
    import { openSource } from '#agent/resources/data/source.ts';
    const { value } = await openSource(${JSON.stringify(config)}, ${JSON.stringify(folder)});
    const columns = value.columns.map(({ name }) => name);
    console.log(JSON.stringify(value.columns));
    for (const format of ['csv', 'json']) {
      const query = parseRowQuery('', { columns, rowFilter: '', format }, value).value;
      for await (const { bytes } of renderRows(value, await value.connect(), query)) process.stdout.write(bytes);
    }`;
  const options = {
    env: { ...process.env, TZ: zone },
    encoding: 'utf8',
    cwd: path.resolve(FILES, '../../..'),
  } as const;
  return execFileSync(process.execPath, ['--input-type=module', '-e', program], options);
}

function must<Value>(outcome: Outcome<Value>): Value {
  if (!outcome.ok) throw new Error(outcome.sentence);
  return outcome.value;
}
