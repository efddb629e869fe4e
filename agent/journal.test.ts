import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Journal } from './journal.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'interpool-journal-'));
  path = join(folder, 'a.journal');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const shape = {
  name: 'numbers/1',
  parse: (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined),
};

function open(): { journal: Journal<number>; entries: number[] } {
  const opened = Journal.open(path, shape);
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
        [10, 20, 30].slice(0, Math.max(0, whole.subarray(0, length).toString().split('\n').length - 2)),
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
    expect(Journal.open(path, shape)).toMatchObject({
      ok: false,
      sentence: expect.stringContaining('line 3') as string,
    });
    writeFileSync(path, whole);
    appendFileSync(path, Buffer.concat([Buffer.alloc(20), Buffer.from('\n00000000 5\n')]));
    expect(Journal.open(path, shape).ok).toBe(false);
  });

  test('rewritten holds exactly the new records and takes more', () => {
    const { journal } = open();
    for (const entry of [1, 2, 3]) journal.append(entry);
    journal.rewrite([3]);
    journal.append(4);
    journal.close();
    expect(open().entries).toEqual([3, 4]);
  });

  test('of another shape, or from before journals had one, is refused with a sentence and left as it is', () => {
    for (const written of ['aaaaaaaa 5', lineWith('5'), lineWith('{"journal":"numbers/2"}')]) {
      writeFileSync(path, `${written}\n${lineWith('7')}\n`);
      const before = readFileSync(path);
      const opened = Journal.open(path, shape);
      expect(opened.ok).toBe(false);
      expect(readFileSync(path)).toEqual(before);
    }
    expect(Journal.open(path, shape)).toMatchObject({
      sentence: expect.stringContaining('another version of the agent') as string,
    });
  });

  test('takes no record that it could not read again, and can still be opened', () => {
    const { journal } = open();
    expect(() => journal.append('text' as unknown as number)).toThrow('could not be read again');
    journal.append(4);
    journal.close();
    expect(open().entries).toEqual([4]);
  });
});

function lineWith(json: string): string {
  return `${crc32(json).toString(16).padStart(8, '0')} ${json}`;
}
