import { describe, expect, test } from 'vitest';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { utf8 } from '#ledger/core/bytes.ts';
import { openBlockLog, scanBlockLog, type BlockLog, type BlockLogScan } from './block-log.ts';
import { loadIndex } from './index-file.ts';
import type { JournalOptions } from './journal.ts';
import { createCrashingDisk, type CrashingDisk } from './testing/crashing-disk.ts';

const FOLDER = '/validator';
const NETWORK = new Uint8Array(32).fill(7);
const optionsFor = (disk: CrashingDisk): JournalOptions => ({
  disk,
  folder: FOLDER,
  network: NETWORK,
  segmentBytes: 2_048,
});

const idOf = (height: bigint, of = 'tx'): Uint8Array => nativeCrypto.sha256(utf8(`${of} ${height}`));

/** Decides a height: its inputs and content first, as a validator does. */
function decide(log: BlockLog, height: bigint): void {
  log.recordContent(`value ${height}`, utf8(`content ${height}`.padEnd(200, '.')));
  log.recordInput(height, `input ${height}`);
  log.persist();
  log.decide({
    height,
    valueId: `value ${height}`,
    round: 0,
    commit: new Uint8Array(8),
    content: utf8(`content ${height}`.padEnd(200, '.')),
    txIds: idOf(height),
    logSize: height * 2n,
    result: utf8('result'),
  });
}

/** A journal of so many blocks whose index was written at one of them, and the inputs of a height in progress at its end. */
function grown({ blocks, savedAt }: { blocks: bigint; savedAt: bigint }): CrashingDisk {
  const disk = createCrashingDisk();
  const log = openBlockLog(optionsFor(disk), scanBlockLog(optionsFor(disk)));
  for (let height = 1n; height <= blocks; height += 1n) {
    decide(log, height);
    if (height !== savedAt) continue;
    log.sync();
    log.saveIndex([3n]);
  }
  log.recordContent('open', utf8('proposed'));
  log.recordInput(blocks + 1n, 'open');
  log.close();
  return disk;
}

/** Everything that a start takes from a scan. */
function taken(scan: BlockLogScan): unknown {
  const { journal, finding, inputs, contents, index, decidedSequence } = scan;
  const heights = Array.from({ length: Number(index.height()) }, (_, at) => BigInt(at + 1));
  const found = heights.map((height) => [
    index.find(height),
    index.candidates(idOf(height)),
    index.heightOfLogIndex(height),
  ]);
  return { journal, finding, inputs, contents: [...contents], decidedSequence, found };
}

describe('the index beside a journal', () => {
  test.each([1n, 5n, 39n, 40n])(
    'written at block %s of 40, a scan that resumes there is one that read everything',
    (savedAt) => {
      const disk = grown({ blocks: 40n, savedAt });
      const resume = loadIndex(optionsFor(disk))!;
      expect([resume.height, resume.changes]).toEqual([savedAt, [3n]]);
      const visited: bigint[] = [];
      const resumed = scanBlockLog(optionsFor(disk), ({ height }) => visited.push(height), resume);
      expect(resumed.isResumed).toBe(true);
      expect(taken(resumed)).toEqual(taken(scanBlockLog(optionsFor(disk))));
      expect(visited).toEqual(Array.from({ length: 40 - Number(savedAt) }, (_, at) => savedAt + BigInt(at) + 1n));
      // And what is decided after such a start stands where it should.
      const log = openBlockLog(optionsFor(disk), resumed);
      decide(log, 41n);
      expect([log.block(41n)?.valueId, log.block(2n)?.valueId, log.candidates(idOf(7n))]).toEqual([
        'value 41',
        'value 2',
        [7n],
      ]);
    },
  );

  test('torn, of another network or another beginning is none; of another journal is found out', () => {
    const disk = grown({ blocks: 12n, savedAt: 10n });
    const options = optionsFor(disk);
    expect(loadIndex({ ...options, network: new Uint8Array(32) })).toBeUndefined();
    expect(loadIndex({ ...options, baseHeight: 4n })).toBeUndefined();
    const resume = loadIndex(options)!;
    const shorter = grown({ blocks: 6n, savedAt: 0n });
    expect(scanBlockLog(optionsFor(shorter), undefined, resume).isResumed).toBe(false);
    const other = { ...loadIndex(options)!, sequence: resume.sequence - 1 };
    expect(scanBlockLog(options, undefined, other).isResumed).toBe(false);
    const file = disk.open(`${FOLDER}/journal.index`, 'write');
    file.truncate(file.size() - 1);
    file.close();
    expect(loadIndex(options)).toBeUndefined();
  });

  test('is written again only when the journal has grown by a fiftieth, after a start too', () => {
    const disk = grown({ blocks: 150n, savedAt: 100n });
    const savedHeight = () => loadIndex(optionsFor(disk))?.height;
    const resumed = () =>
      openBlockLog(optionsFor(disk), scanBlockLog(optionsFor(disk), undefined, loadIndex(optionsFor(disk))));
    const log = resumed();
    log.saveIndex([]);
    expect(savedHeight()).toBe(150n);
    decide(log, 151n);
    decide(log, 152n);
    log.saveIndex([]);
    expect(savedHeight()).toBe(150n);
    decide(log, 153n);
    log.close();
    const again = resumed();
    again.saveIndex([]);
    expect(savedHeight()).toBe(150n);
    decide(again, 154n);
    again.saveIndex([]);
    expect(savedHeight()).toBe(154n);
  });

  test('says nothing of records that are not whole: damage before it is found as ever', () => {
    const disk = grown({ blocks: 40n, savedAt: 39n });
    const [first] = disk.list(FOLDER).filter((name) => name.endsWith('.seg'));
    const file = disk.open(`${FOLDER}/${first}`, 'write');
    file.write(300, Uint8Array.of(0xff, 0xfe, 0xfd));
    file.close();
    expect(scanBlockLog(optionsFor(disk), undefined, loadIndex(optionsFor(disk))).finding?.kind).toBe('damaged');
  });
});
