import { expect, test } from 'vitest';
import { cellTime, csvFile, type CsvColumn } from './_csv.ts';

interface Row {
  id: number;
  note: string | null;
  at: Date | null;
}

const COLUMNS: readonly CsvColumn<Row>[] = [
  ['Id', ({ id }) => id],
  ['Note', ({ note }) => note],
  ['At', ({ at }) => cellTime(at)],
];

test('a table is sent batch by batch, quoted, with its formulas as text, empty where nothing is known', async () => {
  async function* batches(): AsyncGenerator<Row[]> {
    yield [{ id: 1, note: '=HYPERLINK("http://x")', at: new Date(0) }];
    yield [
      { id: 2, note: 'one, two\r\nthree', at: null },
      { id: 3, note: null, at: null },
    ];
  }
  const response = csvFile('nodes.csv', COLUMNS, batches());
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="nodes.csv"');
  expect(response.headers.get('content-type')).toMatch(/^text\/csv; charset=utf-8/);
  expect(await response.text()).toBe(
    'Id,Note,At\r\n1,"\'=HYPERLINK(""http://x"")",1970-01-01T00:00:00.000Z\r\n2,"one, two\r\nthree",\r\n3,,\r\n',
  );
});

test('whoever stops reading stops the batches: nothing more is asked of the database', async () => {
  let asked = 0;
  let isEnded = false;
  async function* batches(): AsyncGenerator<Row[]> {
    try {
      for (;;) {
        asked += 1;
        yield [{ id: asked, note: null, at: null }];
      }
    } finally {
      isEnded = true;
    }
  }
  const reader = csvFile('nodes.csv', COLUMNS, batches()).body?.getReader();
  await reader?.read();
  await reader?.read();
  await reader?.cancel();
  expect(isEnded).toBe(true);
  expect(asked).toBeLessThan(5);
});
