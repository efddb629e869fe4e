import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { countOf } from './count.ts';

test('one is one thing, every other count many', () => {
  expect([0, 1, 2, 1_461].map((count) => countOf(count, 'row'))).toEqual(['0 rows', '1 row', '2 rows', '1,461 rows']);
  expect([1n, 3n].map((count) => countOf(count, 'query', 'queries'))).toEqual(['1 query', '3 queries']);
});

test('no screen writes a plural after a count by hand, where a count of one would read wrong', () => {
  const root = path.resolve(import.meta.dirname, '../..');
  const files = ['app', 'components'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => path.join(folder, name)),
  );
  // Bounds are constants above one, written in capitals.
  const byHand = /(?:formatCount\((?![A-Z_]+\))[^{}]*?\)|\.length)\}\s+(?!ms\b)[a-z]+s\b/g;
  const found = files
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.test.ts'))
    .flatMap((file) =>
      [...readFileSync(path.join(root, file), 'utf8').matchAll(byHand)].map(([text]) => `${file}: ${text}`),
    );
  expect(found).toEqual([]);
});
