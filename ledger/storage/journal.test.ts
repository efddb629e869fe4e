import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { utf8 } from '#ledger/core/bytes.ts';
import { createCrashingDisk, PowerCut, type CrashingDisk } from './testing/crashing-disk.ts';
import { StorageHalt } from './halt.ts';
import { cutBack, openJournal, type JournalOptions } from './journal.ts';
import { scanJournal, type JournalScan, type Position } from './journal-scan.ts';
import { listSegments } from './segment.ts';

const NETWORK = new Uint8Array(32).fill(7);
const FOLDER = '/validator';

function optionsFor(disk: CrashingDisk): JournalOptions {
  return { disk, folder: FOLDER, network: NETWORK, segmentBytes: 2048 };
}

/** Deterministic: a linear congruential generator is chance enough to pick sectors. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface Read {
  readonly scan: JournalScan;
  readonly texts: string[];
  readonly positions: Position[];
  readonly survivors: string[];
}

function readAll(disk: CrashingDisk): Read {
  const texts: string[] = [];
  const survivors: string[] = [];
  const positions: Position[] = [];
  const scan = scanJournal(FOLDER, {
    disk,
    network: NETWORK,
    visit: (frame, position) => {
      texts.push(Buffer.from(frame.payload).toString());
      positions.push(position);
    },
    visitSurvivor: (frame) => survivors.push(Buffer.from(frame.payload).toString()),
  });
  return { scan, texts, positions, survivors };
}

const recordText = (index: number): string => `record ${index} `.padEnd(40 + ((index * 97) % 700), '.');

/** Appends records, syncing after every second one; says which ones were promised to be durable when the power went. */
function writeUntilCut(disk: CrashingDisk, records: number): { written: number; promised: number } {
  let written = 0;
  let promised = 0;
  try {
    const journal = openJournal(optionsFor(disk), readAll(disk).scan);
    for (let index = 0; index < records; index += 1) {
      written = index + 1;
      journal.append(utf8(recordText(index)));
      if (index % 2 === 1) {
        journal.sync();
        promised = index + 1;
      }
    }
    journal.close();
    promised = records;
  } catch (error) {
    if (!(error instanceof PowerCut)) throw error;
  }
  return { written, promised };
}

describe('journal', () => {
  test('after a power cut at every operation, what was synced is there, in order, and nothing is called damaged [8.2.1-a]', () => {
    const whole = createCrashingDisk();
    writeUntilCut(whole, 16);
    const operations = whole.operations();
    expect(operations).toBeGreaterThan(30);
    for (let cut = 1; cut <= operations; cut += 1) {
      for (let seed = 0; seed < 12; seed += 1) {
        const disk = createCrashingDisk();
        disk.cutPowerAfter(cut);
        const { written, promised } = writeUntilCut(disk, 16);
        const after = disk.afterCrash(randomFrom(cut * 1000 + seed));
        const { scan, texts } = readAll(after);
        const where = `cut at ${cut}, seed ${seed}: ${scan.finding?.sentence ?? ''}`;
        expect(scan.finding?.kind ?? 'torn', where).toBe('torn');
        expect(texts.length, where).toBeGreaterThanOrEqual(promised);
        expect(texts.length, where).toBeLessThanOrEqual(written);
        expect(texts, where).toEqual(Array.from({ length: texts.length }, (_, index) => recordText(index)));
        const journal = openJournal(optionsFor(after), scan);
        journal.append(utf8('after the crash'));
        journal.close();
        const again = readAll(after);
        expect(again.scan.finding, where).toBeUndefined();
        expect(again.texts, where).toEqual([...texts, 'after the crash']);
      }
    }
  });

  test('a changed byte in any record that a later one calls durable is named with file and offset, and the records before it stay readable [8.3.1-a]', () => {
    const disk = createCrashingDisk();
    writeUntilCut(disk, 16);
    const { positions } = readAll(disk);
    const paths = new Map(listSegments(disk, FOLDER).map((segment) => [segment.firstSequence, segment.path]));
    for (const [index, position] of positions.slice(0, -2).entries()) {
      const path = paths.get(position.segment) ?? '';
      for (const byte of [0, 5, 9, 20, 28, 40]) {
        const flip = (bytes: Uint8Array): Uint8Array => {
          bytes[position.offset + byte] = (bytes[position.offset + byte] ?? 0) ^ 0x10;
          return bytes;
        };
        disk.damage(path, flip);
        const { scan, texts } = readAll(disk);
        expect(scan.finding, `record ${index}, byte ${byte}`).toMatchObject({
          kind: 'damaged',
          path,
          offset: position.offset,
        });
        expect(scan.finding?.sentence).toContain(path);
        expect(texts).toHaveLength(index);
        disk.damage(path, flip);
      }
    }
  });

  test('a shortened, missing or foreign segment is named', () => {
    const disk = createCrashingDisk();
    writeUntilCut(disk, 16);
    const [first, second] = listSegments(disk, FOLDER);
    disk.damage(second?.path ?? '', (bytes) => bytes.slice(0, bytes.length - 1));
    expect(readAll(disk).scan.finding).toMatchObject({ kind: 'damaged', path: second?.path });
    const other = { disk, network: new Uint8Array(32), visit: () => undefined, visitSurvivor: () => undefined };
    expect(scanJournal(FOLDER, other).finding).toMatchObject({ kind: 'foreign', path: first?.path });
    disk.remove(first?.path ?? '');
    expect(readAll(disk).scan.finding).toMatchObject({ kind: 'damaged', path: second?.path });
  });

  test('cutting back a damaged journal keeps the good prefix, keeps the damaged files beside it, and it can be written again', () => {
    const disk = createCrashingDisk();
    writeUntilCut(disk, 16);
    const { positions } = readAll(disk);
    const at = positions[4]!;
    const path = listSegments(disk, FOLDER).find((segment) => segment.firstSequence === at.segment)?.path ?? '';
    disk.damage(path, (bytes) => bytes.fill(0xff, at.offset, at.offset + 64));
    const damaged = readAll(disk);
    expect(damaged.survivors).toEqual(Array.from({ length: 11 }, (_, index) => recordText(index + 5)));
    cutBack(optionsFor(disk), damaged.scan);
    const journal = openJournal(optionsFor(disk), readAll(disk).scan);
    journal.append(utf8('again'));
    journal.close();
    const { scan, texts } = readAll(disk);
    expect(scan.finding).toBeUndefined();
    expect(texts).toEqual([...[0, 1, 2, 3].map(recordText), 'again']);
    expect(disk.list(FOLDER).filter((name) => name.endsWith('.damaged')).length).toBeGreaterThan(0);
  });

  test('after a failed write or sync the journal refuses every further use with a sentence', () => {
    for (const code of ['ENOSPC', 'EIO'] as const) {
      const disk = createCrashingDisk();
      const journal = openJournal(optionsFor(disk), readAll(disk).scan);
      journal.append(utf8('one'));
      disk.failAfter(1, code);
      expect(() => journal.sync()).toThrow(StorageHalt);
      disk.failAfter(1_000_000, code);
      expect(() => journal.sync()).toThrow(/until a restart/);
      expect(() => journal.append(utf8('two'))).toThrow(/until a restart/);
    }
  });

  test('a position reads back its record, in old segments too', () => {
    const disk = createCrashingDisk();
    const journal = openJournal(optionsFor(disk), readAll(disk).scan);
    const positions = Array.from({ length: 16 }, (_, index) => journal.append(utf8(recordText(index))));
    const texts = positions.map((position) => Buffer.from(journal.read(position)).toString());
    expect(texts).toEqual(positions.map((_, index) => recordText(index)));
    expect(disk.exists(join(FOLDER, 'journal-0000000000000001.seg'))).toBe(true);
  });
});
