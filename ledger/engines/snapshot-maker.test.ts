import { describe, expect, test } from 'vitest';
import type { Application } from '#ledger/abci/application.ts';
import { wholeSnapshot } from '#ledger/abci/snapshot.ts';
import { utf8 } from '#ledger/core/bytes.ts';
import type { Disk } from '#ledger/storage/disk.ts';
import { StorageHalt } from '#ledger/storage/halt.ts';
import { listSnapshots, loadSnapshot, saveSnapshot } from '#ledger/storage/snapshot-store.ts';
import { createCrashingDisk, type CrashingDisk } from '#ledger/storage/testing/crashing-disk.ts';
import { nativeCrypto } from './native-crypto.ts';
import { openSnapshotMaker, type SnapshotMaker } from './snapshot-maker.ts';
import { createApplication } from './testing/counter-application.ts';

const FOLDER = '/validator';
const NETWORK = new Uint8Array(32).fill(7);
const STEPS_MAX = 100;

interface Bed {
  readonly disk: CrashingDisk;
  readonly application: Application;
  readonly maker: SnapshotMaker;
  readonly notices: string[];
  /** What waits for the next turns of the event loop. */
  readonly waiting: (() => void)[];
  /** Syncs of the journal, each with what the folder held. */
  readonly syncs: string[][];
  /** Paths of the files that are open. */
  readonly open: ReadonlySet<string>;
}

/** A file is not to be used once it is closed; `paths` are those of the open ones. */
function strict(disk: Disk, paths: Set<string>): Disk {
  return {
    ...disk,
    open: (path, mode) => {
      const file = disk.open(path, mode);
      let isClosed = false;
      paths.add(path);
      const open = <Input extends unknown[], Output>(use: (...input: Input) => Output) => {
        return (...input: Input): Output => {
          expect(isClosed, `${path} is open`).toBe(false);
          return use(...input);
        };
      };
      const close = (): void => {
        file.close();
        isClosed = true;
        paths.delete(path);
      };
      const { size, read, write, truncate, sync } = file;
      return {
        path,
        size: open(size),
        read: open(read),
        write: open(write),
        truncate: open(truncate),
        sync: open(sync),
        close: open(close),
      };
    },
  };
}

function openBed(disk = createCrashingDisk()): Bed {
  const application = createApplication(undefined, nativeCrypto);
  const [waiting, notices, syncs]: [(() => void)[], string[], string[][]] = [[], [], []];
  const open = new Set<string>();
  const maker = openSnapshotMaker({
    disk: strict(disk, open),
    folder: FOLDER,
    network: NETWORK,
    snapshot: () => application.snapshot(),
    sync: () => void syncs.push(disk.list(FOLDER)),
    later: (action) => void waiting.push(action),
    notice: (sentence) => void notices.push(sentence),
  });
  application.initChain();
  return { disk, application, maker, notices, waiting, syncs, open };
}

function commitBlock({ application }: Bed): void {
  const height = application.info().height + 1n;
  const block = { height, timeMs: height, bytesMax: 1_000, misbehavior: [] };
  application.finalizeBlock([utf8(`transaction ${height}`)], block);
  application.commit();
}

/** Runs what waits, one turn after the other, until nothing waits. */
function finish(bed: Bed, between: () => void = () => undefined): number {
  for (let steps = 0; steps < STEPS_MAX; steps += 1) {
    const action = bed.waiting.shift();
    if (action === undefined) return steps;
    action();
    between();
  }
  throw new Error(`It was not done after ${STEPS_MAX} steps.`);
}

function bytesOf(disk: Disk): Uint8Array | undefined {
  const path = listSnapshots(disk, FOLDER)[0]?.path;
  const file = path === undefined ? undefined : disk.open(path, 'read');
  return file?.read(0, file.size());
}

describe('a snapshot beside other work', () => {
  test('equals, byte for byte, one made at once at its height, though a block is committed after each step [8.2.1-a]', () => {
    const bed = openBed();
    for (let turn = 0; turn < 5; turn += 1) commitBlock(bed);
    const atOnce = createCrashingDisk();
    saveSnapshot(atOnce, FOLDER, NETWORK, wholeSnapshot(bed.application.snapshot()));
    bed.maker.begin();
    expect(listSnapshots(bed.disk, FOLDER)).toEqual([]);
    const steps = finish(bed, () => commitBlock(bed));
    expect(steps).toBeGreaterThan(5);
    expect(bed.application.info().height).toBeGreaterThan(9n);
    expect(listSnapshots(bed.disk, FOLDER).map(({ height }) => height)).toEqual([5n]);
    expect(bytesOf(bed.disk)).toEqual(bytesOf(atOnce));
  });

  test('begins with the journal durable up to its height, and one that is due meanwhile is skipped and told once [8.2.1-a]', () => {
    const bed = openBed();
    commitBlock(bed);
    bed.maker.begin();
    expect(bed.syncs).toEqual([[]]);
    for (let turn = 0; turn < 3; turn += 1) {
      commitBlock(bed);
      bed.waiting.shift()?.();
      bed.maker.begin();
    }
    expect(bed.waiting.length).toBe(1);
    expect(bed.syncs.length).toBe(1);
    expect(bed.notices.length).toBe(1);
    expect(bed.notices[0]).toContain('is skipped');
    finish(bed);
    bed.maker.begin();
    finish(bed);
    expect(listSnapshots(bed.disk, FOLDER).map(({ height }) => height)).toEqual([4n, 1n]);
    expect(bed.notices.length).toBe(1);
  });

  test('is given up by a stop after any step: no half of it is left, no closed file used, and nothing begins any more [8.2.1-a]', () => {
    const steps = (): number => {
      const bed = openBed();
      commitBlock(bed);
      bed.maker.begin();
      return finish(bed);
    };
    const all = steps();
    for (let taken = 0; taken < all; taken += 1) {
      const bed = openBed();
      commitBlock(bed);
      bed.maker.begin();
      for (let step = 0; step < taken; step += 1) bed.waiting.shift()!();
      bed.maker.stop();
      bed.maker.stop();
      expect(bed.disk.list(FOLDER)).toEqual([]);
      const operations = bed.disk.operations();
      bed.maker.begin();
      finish(bed);
      bed.maker.begin();
      expect(finish(bed)).toBe(0);
      expect(bed.disk.operations()).toBe(operations);
      expect([...bed.open]).toEqual([]);
      expect(bed.notices).toEqual([]);
    }
  });

  test('halts on the first write or sync that fails, tries nothing again, and is thrown away at the next start [8.2.1-a]', () => {
    const whole = openBed();
    commitBlock(whole);
    whole.maker.begin();
    finish(whole);
    const all = whole.disk.operations();
    for (let failing = 1; failing <= all; failing += 1) {
      const bed = openBed();
      commitBlock(bed);
      bed.disk.failAfter(failing, 'ENOSPC');
      bed.maker.begin();
      expect(() => finish(bed), `operation ${failing}`).toThrow(StorageHalt);
      const operations = bed.disk.operations();
      bed.maker.begin();
      bed.maker.stop();
      expect(finish(bed)).toBe(0);
      expect(bed.disk.operations(), `operation ${failing}`).toBe(operations);
      const restarted = openBed(bed.disk.afterCrash((below) => below - 1));
      for (const name of restarted.disk.list(FOLDER)) expect(name).toMatch(/\.bin$/);
      for (const ref of listSnapshots(restarted.disk, FOLDER)) {
        expect(loadSnapshot(restarted.disk, NETWORK, ref).ok).toBe(true);
      }
    }
  });
});
