import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { fromHex, toHex } from '#ledger/core/bytes.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { merkleRoot } from '#ledger/core/merkle.ts';
import { resultLeaf } from '#ledger/core/payload.ts';
import { mergedCounts } from './merge.ts';
import { isAsSigned, openResults, readSubtasks, type EndedSubtask } from './results.ts';

const LINK = { url: 'https://edge.example/v1/agreements/7', token: 'ab'.repeat(32) };
const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const ended = (subtask: number, text: string): EndedSubtask => ({
  subtask,
  state: 'done',
  outcome: 'done',
  exitCode: 0,
  cpuMs: 1,
  outputBytes: text.length,
  digest: digestOf(text),
  sentence: '',
  errorLine: '',
});

afterEach(() => {
  vi.unstubAllGlobals();
});

test('an output is taken only when its SHA-256 is the one that was told of it [8.4.3-a]', async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('tile')));
  const results = openResults(LINK);
  expect(await results.output(ended(3, 'tile'))).toMatchObject({ ok: true });
  expect(await results.output(ended(3, 'another'))).toMatchObject({
    ok: false,
    sentence: expect.stringContaining('sub-task 4'),
  });
});

test('what is told of a range is held against the root that its provider signed, and says nothing before it is whole [8.4.2-d]', () => {
  const all = ['a', 'b', 'c'].map((text, index) => ended(index + 5, text));
  const leaves = all.map(({ digest, ...end }) => resultLeaf({ ...end, output: fromHex(digest) ?? new Uint8Array() }));
  const range = { first: 5, count: 3, resultRoot: toHex(merkleRoot(leaves, nobleCrypto)) };
  expect(isAsSigned([...all, ended(4, 'x')].toReversed(), range)).toBe(true);
  expect(isAsSigned(all.slice(1), range)).toBeUndefined();
  expect(isAsSigned([...all.slice(1), ended(5, 'forged')], range)).toBe(false);
});

test('nothing that a gateway answers breaks the page: what is no list is none, and what has not ended is left out', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const page = readSubtasks(value);
      expect(page === undefined || page.ended.every(({ digest }) => digest.length === 64)).toBe(true);
    }),
  );
  const waiting = { subtask: 1, range: 0, state: 'waiting' };
  const done = { subtask: 0, range: 0, state: 'done', outcome: 'done', exitCode: 0, cpuMs: 4, output: digestOf('x') };
  expect(readSubtasks({ subtasks: [done, waiting], next: 2 })).toMatchObject({
    ended: [{ subtask: 0, cpuMs: 4 }],
    next: 2,
  });
});

test('counts of portions add up to those of the whole, and what is no table of counts is not merged', () => {
  const merged = mergedCounts(['weather,rows\nsun,2\nfog,1\n', 'weather,rows\n"fog",3\n']);
  expect(merged).toEqual({
    header: ['weather', 'rows'],
    rows: [
      ['fog', '4'],
      ['sun', '2'],
    ],
  });
  expect(mergedCounts(['weather,rows\nsun,2\n', 'station,rows\nhill,2\n'])).toBeUndefined();
  expect(mergedCounts(['weather,rows\nsun,many\n'])).toBeUndefined();
});
