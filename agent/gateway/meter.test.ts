import { copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Meter } from './meter.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'interpool-meter-'));
  path = join(folder, 'meter.journal');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(measurementsMax = 1_000): Meter {
  const opened = Meter.open(path, { measurementsMax });
  if (!opened.ok) throw new Error(opened.sentence);
  return opened.value;
}

describe('the meter', () => {
  test('counts on any meter, and keeps every count over a restart', () => {
    const meter = open();
    meter.add(1, { calls: 1 }, 10);
    meter.add(1, { calls: 1, rows: 5, bytes: 50 }, 20);
    meter.add(2, { storedBytes: 7 }, 30);
    meter.close();
    const again = open();
    expect([again.usage(1), again.usage(2), again.usage(3)]).toEqual([
      { calls: 2, rows: 5, bytes: 50 },
      { storedBytes: 7 },
      {},
    ]);
    expect(again.highestMs).toBe(30);
    again.close();
  });

  test('counted ahead: the disk is written once for many counts, a crash counts what was ahead, and nothing else does [6.2.4-b]', () => {
    const meter = open();
    const sizes = (): number => statSync(path).size;
    meter.add(1, { calls: 1 }, 10);
    meter.add(1, { bytes: 100 }, 20, { bytes: 1_000 });
    const written = sizes();
    for (let piece = 0; piece < 10; piece += 1) meter.add(1, { bytes: 100 }, 30, { bytes: 1_000 });
    expect([sizes(), meter.usage(1)]).toEqual([written, { calls: 1, bytes: 1_100 }]);
    // As a crash leaves it: the file as it is now.
    copyFileSync(path, `${path}.crashed`);
    meter.add(1, { bytes: 1 }, 40, { bytes: 1_000 });
    expect(sizes()).toBeGreaterThan(written);
    meter.settle(1, 50);
    copyFileSync(path, `${path}.settled`);
    meter.add(1, { bytes: 1 }, 60, { bytes: 1_000 });
    meter.close();
    const usages = ['.crashed', '.settled', ''].map((suffix) => {
      const opened = Meter.open(`${path}${suffix}`);
      if (!opened.ok) throw new Error(opened.sentence);
      const usage = opened.value.usage(1);
      opened.value.close();
      return usage;
    });
    expect(usages.map((usage) => usage['bytes'])).toEqual([1_100, 1_101, 1_102]);
  });

  test('stops at the highest number that it can hold, and can still be opened', () => {
    const meter = open();
    meter.add(1, { bytes: Number.MAX_SAFE_INTEGER - 1 }, 10);
    meter.add(1, { bytes: 50 }, 20);
    meter.close();
    expect(open().usage(1)).toEqual({ bytes: Number.MAX_SAFE_INTEGER });
  });

  test('keeps the quality of each interval until a claim has covered it, over restarts [8.1.2-b]', () => {
    const meter = open();
    for (const fromMs of [0, 10, 20]) meter.measure(1, fromMs, { firstByteMs: fromMs + 1 });
    meter.measure(2, 0, { firstByteMs: 9 });
    meter.markClaimed(1, 20);
    meter.close();
    for (let restart = 0; restart < 2; restart += 1) {
      const again = open();
      expect([...again.measurements(1)]).toEqual([[20, { firstByteMs: 21 }]]);
      expect([...again.measurements(2)]).toEqual([[0, { firstByteMs: 9 }]]);
      expect([again.claimedUntilMs(1), again.claimedUntilMs(2)]).toEqual([20, 0]);
      again.close();
    }
  });

  test('keeps no more measurements than it has room for, and says from where on it has none', () => {
    const meter = open(3);
    for (const fromMs of [0, 10, 20, 30, 40]) meter.measure(1, fromMs, { firstByteMs: 1 });
    expect([...meter.measurements(1).keys()]).toEqual([0, 10, 20]);
    expect(meter.measuredUntilMs(1)).toBe(20);
    expect(meter.measuredUntilMs(2)).toBe(Number.MAX_SAFE_INTEGER);
    meter.markClaimed(1, 50);
    expect(meter.measuredUntilMs(1)).toBe(Number.MAX_SAFE_INTEGER);
    meter.close();
  });

  test('a claim never goes back', () => {
    const meter = open();
    meter.markClaimed(1, 20);
    meter.markClaimed(1, 10);
    expect(meter.claimedUntilMs(1)).toBe(20);
    meter.close();
  });

  test('does not read the journal of an agent that counted in another way', () => {
    const json = '{"kind":"use","atMs":1,"agreement":1,"calls":1,"rows":0,"bytes":0}';
    writeFileSync(path, `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`);
    expect(Meter.open(path)).toMatchObject({
      ok: false,
      sentence: expect.stringContaining('another version of the agent') as string,
    });
  });
});
