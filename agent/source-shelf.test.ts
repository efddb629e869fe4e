import { done } from '#agent/outcome.ts';
import { noPayloads } from '#agent/payloads.ts';
import { NO_SPENDING } from '#agent/spending.ts';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sourceShape } from '#lib/shared/agent.ts';
import { OrderBook } from './order-book.ts';
import { SourceShelf } from './source-shelf.ts';
import { dataSources } from './testing/data-sources.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ip-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function shelfOf(sources: readonly object[]): SourceShelf {
  const book = OrderBook.open(join(folder, 'orders.journal'));
  if (!book.ok) throw new Error(book.sentence);
  return new SourceShelf({
    kinds: dataSources(folder, [...sources]),
    home: folder,
    book: book.value,
    spending: NO_SPENDING,
    payloads: noPayloads('ab'.repeat(32)),
    measureRoundTrip: () => Promise.resolve(done(1)),
    log: () => undefined,
  });
}

function source(id: string, more: object = {}): object {
  return { id, title: id, format: 'csv', path: `${id}.csv`, ...more };
}

test('rows of a source leave the agent where its provider chose so, once it was read, and of no other', async () => {
  for (const id of ['open', 'closed']) writeFileSync(join(folder, `${id}.csv`), 'name\noak\nelm\n');
  const shelf = shelfOf([source('open', { publishSample: true }), source('closed')]);
  expect(shelf.sources.map(({ sample }) => sample)).toEqual([undefined, undefined]);
  await shelf.readAll();
  expect(shelf.sources.map(({ sample }) => sample)).toEqual([[{ name: 'oak' }, { name: 'elm' }], undefined]);
  for (const offered of shelf.sources) expect(sourceShape.parse(offered)).toEqual(offered);
  shelf.close();
});

test('the rows of all sources together fit into a heartbeat, however wide they are', async () => {
  const names = Array.from({ length: 12 }, (_, index) => `column${index}`);
  const row = names.map((name) => name.padEnd(200, 'x'));
  const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
  for (const id of ids)
    writeFileSync(join(folder, `${id}.csv`), `${[names, row, row, row, row, row].map(String).join('\n')}\n`);
  const shelf = shelfOf(ids.map((id) => source(id, { publishSample: true })));
  await shelf.readAll();
  const told = JSON.stringify(shelf.sources);
  expect(told.length).toBeLessThan(25_000);
  const rows = shelf.sources.map(({ sample }) => sample?.length ?? 0);
  expect([rows[0], Math.min(...rows)]).toEqual([5, 0]);
  shelf.close();
});
