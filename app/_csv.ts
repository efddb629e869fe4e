import 'server-only';
import { csvLines, type Cell } from '#components/ui/csv.ts';

/** A column of a table: its head, and what stands in it. */
export type CsvColumn<Row> = readonly [head: string, cell: (row: Row) => Cell];

/** A table as a file for spreadsheets, sent while it is read: however long it is, one batch is in memory at a time. */
export function csvFile<Row>(
  fileName: string,
  columns: readonly CsvColumn<Row>[],
  batches: AsyncGenerator<readonly Row[]>,
): Response {
  const encoder = new TextEncoder();
  const lines = (rows: readonly (readonly Cell[])[]): Uint8Array => encoder.encode(csvLines(rows));
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(lines([columns.map(([head]) => head)]));
    },
    async pull(controller) {
      const next = await batches.next();
      if (next.done === true) controller.close();
      else controller.enqueue(lines(next.value.map((row) => columns.map(([, cell]) => cell(row)))));
    },
    async cancel() {
      await batches.return(undefined);
    },
  });
  return new Response(stream, {
    headers: {
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': `attachment; filename="${fileName}"`,
      'cache-control': 'no-store',
    },
  });
}

/** A time in the notation of ISO 8601, in UTC; nothing where there is none. */
export function cellTime(time: Date | null): Cell {
  return time === null ? null : time.toISOString();
}
