import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Journal } from './journal.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'interpool-journal-'));
  path = join(folder, 'a.journal');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const parse = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

function open(): { journal: Journal<number>; entries: number[] } {
  const opened = Journal.open(path, parse);
  if (!opened.ok) throw new Error(opened.sentence);
  return opened.value;
}

describe('a journal', () => {
  test('gives back what was appended, and only its owner can read it', () => {
    const { journal } = open();
    for (const entry of [1, 2, 3]) journal.append(entry);
    journal.close();
    expect(open().entries).toEqual([1, 2, 3]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('cut anywhere gives back whole records from the start, and goes on from there', () => {
    const { journal } = open();
    for (const entry of [10, 20, 30]) journal.append(entry);
    journal.close();
    const whole = readFileSync(path);
    for (let length = 0; length < whole.length; length += 1) {
      writeFileSync(path, whole);
      truncateSync(path, length);
      const reopened = open();
      expect(reopened.entries).toEqual(
        [10, 20, 30].slice(0, whole.subarray(0, length).toString().split('\n').length - 1),
      );
      reopened.journal.append(99);
      reopened.journal.close();
      expect(open().entries.at(-1)).toBe(99);
    }
  });

  test('damaged before its end refuses to open and names the line', () => {
    const { journal } = open();
    for (const entry of [10, 20, 30]) journal.append(entry);
    journal.close();
    const whole = readFileSync(path, 'utf8');
    writeFileSync(path, whole.replace(' 20', ' 21'));
    expect(Journal.open(path, parse)).toMatchObject({
      ok: false,
      sentence: expect.stringContaining('line 2') as string,
    });
    writeFileSync(path, whole);
    appendFileSync(path, Buffer.concat([Buffer.alloc(20), Buffer.from('\n00000000 5\n')]));
    expect(Journal.open(path, parse).ok).toBe(false);
  });

  test('rewritten holds exactly the new records and takes more', () => {
    const { journal } = open();
    for (const entry of [1, 2, 3]) journal.append(entry);
    journal.rewrite([3]);
    journal.append(4);
    journal.close();
    expect(open().entries).toEqual([3, 4]);
  });
});
