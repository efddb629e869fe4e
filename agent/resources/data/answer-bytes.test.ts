import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { estimatedBytes, FORMATS, type DataSet, type Format } from '#ledger/contracts/kinds/data.ts';
import { MEASURED_ROWS_MAX } from './answer-bytes.ts';
import { testSource } from './metadata.ts';
import { renderRows } from './output.ts';
import { openSource, type DataSource } from './source.ts';
import type { SourceFormat } from './source-config.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'interpool-answer-bytes-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const STATIONS = [
  'id,"name, ""local""",rain,day,note',
  ...Array.from({ length: 400 }, (_, row) => `${row},"Ørsted, ${row}",${row % 7 === 0 ? '' : row / 8},2026-01-01,""`),
].join('\r\n');

test('an estimate of every row is what the answer weighs, for all columns and for some', async () => {
  await withSource({ name: 'stations.csv', text: STATIONS }, async (source, dataSet) => {
    expect(dataSet.answerBytes?.rows).toBe(400);
    for (const format of FORMATS) {
      const all = await bytesOf(source, format, [0, 1, 2, 3, 4]);
      const some = await bytesOf(source, format, [1, 2]);
      const estimates = [estimateOf(dataSet, format, [0, 1, 2, 3, 4]), estimateOf(dataSet, format, [1, 2])];
      if (format === 'parquet') {
        expect(estimates[0]).toBe(all);
        expect(Math.abs((estimates[1] ?? 0) - some) / some).toBeLessThan(0.1);
      } else expect([format, ...estimates]).toEqual([format, all, some]);
    }
  });
});

test('of a large source the first rows are measured, and the estimate is within a twentieth of an even source', async () => {
  const rows = MEASURED_ROWS_MAX * 2;
  const text = ['id,name', ...Array.from({ length: rows }, (_, row) => `${100_000 + row},station ${row % 10}`)].join(
    '\n',
  );
  await withSource({ name: 'large.csv', text }, async (source, dataSet) => {
    expect(dataSet.answerBytes?.rows).toBe(MEASURED_ROWS_MAX);
    for (const format of FORMATS) {
      const all = await bytesOf(source, format, [0, 1]);
      expect(Math.abs((estimateOf(dataSet, format, [0, 1]) ?? 0) - all) / all).toBeLessThan(0.05);
    }
  });
});

test('a Parquet source with nested values is measured and shown by its first rows, as a CSV source is', async () => {
  const path = join(folder, 'nested.parquet');
  const connection = await (await DuckDBInstance.create()).connect();
  await connection.run(
    `COPY (SELECT i AS id, {'city': 'Ørsted', 'zip': [i, 2]} AS place FROM range(50) t(i)) TO '${path}' (FORMAT parquet)`,
  );
  connection.closeSync();
  await withSource({ name: 'nested.parquet', format: 'parquet' }, async (source, dataSet, preview) => {
    expect(preview).toHaveLength(5);
    expect(preview[1]).toEqual({ id: '1', place: "{'city': Ørsted, 'zip': [1, 2]}" });
    for (const format of FORMATS)
      expect(estimateOf(dataSet, format, [0, 1])).toBe(await bytesOf(source, format, [0, 1]));
  });
});

type Preview = readonly Readonly<Record<string, string | null>>[];

async function withSource(
  file: { name: string; text?: string; format?: SourceFormat },
  check: (source: DataSource, dataSet: DataSet, preview: Preview) => Promise<void>,
): Promise<void> {
  const path = join(folder, file.name);
  if (file.text !== undefined) writeFileSync(path, file.text);
  const config = {
    id: file.name,
    title: file.name,
    format: file.format ?? 'csv',
    path,
    types: {},
    dialect: {},
    publishRanges: true,
  };
  const opened = await openSource(config, folder);
  if (!opened.ok) throw new Error(opened.sentence);
  const tested = await testSource(opened.value);
  if (!tested.ok) throw new Error(tested.sentence);
  await check(opened.value, tested.value.dataSet, tested.value.preview);
  opened.value.close();
}

function estimateOf(dataSet: DataSet, format: Format, positions: readonly number[]): number | undefined {
  const columns = positions.map((position) => dataSet.columns[position]?.name ?? '');
  const bytes = estimatedBytes(dataSet, { columns, format });
  return bytes === undefined ? undefined : Number(bytes);
}

async function bytesOf(source: DataSource, format: Format, selected: readonly number[]): Promise<number> {
  const connection = await source.connect();
  const query = { selected, where: null, order: [], limit: 1_000_000, offset: 0, format };
  let bytes = 0;
  for await (const piece of renderRows(source, connection, query)) bytes += piece.bytes.length;
  connection.closeSync();
  return bytes;
}
