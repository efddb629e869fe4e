import { describe, expect, test } from 'vitest';
import { encode } from '#ledger/core/codec.ts';
import type { Disk } from './disk.ts';
import { encodeFrame } from './frame.ts';
import {
  listSnapshots,
  loadSnapshot,
  loadSnapshotPart,
  removeUnfinishedSnapshots,
  saveInSteps,
  saveSnapshot,
  type StoredSnapshot,
} from './snapshot-store.ts';
import { createCrashingDisk, PowerCut, type CrashingDisk } from './testing/crashing-disk.ts';

const NETWORK = new Uint8Array(32).fill(7);
const FOLDER = '/validator';
/** Two of these reach over the four mebibytes that a step syncs or cuts off. */
const CHUNK_BYTES = 2_200 << 10;
const SEEDS = 8;

function randomFrom(seed: number): (below: number) => number {
  let state = (seed * 2_654_435_761 + 12_345) >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Two large chunks (or as many as are asked for) and a small one. */
function snapshotOf(height: bigint, { large = 2, bytes = CHUNK_BYTES } = {}): StoredSnapshot {
  const sizes = [...Array.from({ length: large }, () => bytes), 600];
  const chunks = sizes.map((size, chunk) => new Uint8Array(size).fill(Number(height) * 10 + chunk));
  return { height, manifest: encode(height), chunks };
}

/** As an application makes it: not every step gives a chunk. */
function* slicesOf({ chunks, manifest }: StoredSnapshot): Generator<Uint8Array | undefined, Uint8Array, void> {
  for (const chunk of chunks) {
    yield undefined;
    yield chunk;
  }
  return manifest;
}

function stepsOf(disk: Disk, snapshot: StoredSnapshot): Generator<undefined, void> {
  const slices = slicesOf(snapshot);
  return saveInSteps(disk, FOLDER, { network: NETWORK, height: snapshot.height, slices });
}

function isEqual(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}

function isStored(disk: Disk, snapshot: StoredSnapshot): boolean {
  const ref = listSnapshots(disk, FOLDER).find(({ height }) => height === snapshot.height);
  const loaded = ref && loadSnapshot(disk, NETWORK, ref);
  return (
    loaded?.ok === true &&
    isEqual(loaded.snapshot.manifest, snapshot.manifest) &&
    loaded.snapshot.chunks.length === snapshot.chunks.length &&
    snapshot.chunks.every((chunk, index) => isEqual(chunk, loaded.snapshot.chunks[index]!))
  );
}

/** Every file with a snapshot's name is whole; the heights of them, newest first. */
function wholeHeights(disk: Disk): bigint[] {
  return listSnapshots(disk, FOLDER).map(({ height }) => {
    expect(isStored(disk, snapshotOf(height)), `snapshot ${height}`).toBe(true);
    return height;
  });
}

const twoSnapshots = createCrashingDisk();
for (const height of [1n, 2n]) saveSnapshot(twoSnapshots, FOLDER, NETWORK, snapshotOf(height));

/** All of it is durable, so that nothing is left to chance. */
function diskWithTwo(): CrashingDisk {
  return twoSnapshots.afterCrash(() => 0);
}

describe('a snapshot on the disk', () => {
  test(
    'is after a power cut at any operation whole or not there, and the older ones are whole or gone: never fewer than two [8.2.1-a]',
    { timeout: 120_000 },
    () => {
      const found = new Set<string>();
      const whole = diskWithTwo();
      const before = whole.operations();
      saveSnapshot(whole, FOLDER, NETWORK, snapshotOf(3n));
      const operations = whole.operations() - before;
      for (let cut = 1; cut <= operations; cut += 1) {
        const disk = diskWithTwo();
        disk.cutPowerAfter(cut);
        expect(() => saveSnapshot(disk, FOLDER, NETWORK, snapshotOf(3n)), `cut at ${cut}`).toThrow(PowerCut);
        for (let seed = 0; seed < SEEDS; seed += 1) {
          const restarted = disk.afterCrash(randomFrom(cut * 100 + seed));
          removeUnfinishedSnapshots(restarted, FOLDER);
          const heights = String(wholeHeights(restarted));
          expect(['2,1', '3,2,1', '3,2']).toContain(heights);
          expect(restarted.list(FOLDER).length, 'nothing unfinished is left').toBe(heights.split(',').length);
          found.add(heights);
        }
        const restarted = disk.afterCrash(randomFrom(cut));
        saveSnapshot(restarted, FOLDER, NETWORK, snapshotOf(4n));
        expect(isStored(restarted, snapshotOf(4n)), `after the cut at ${cut}`).toBe(true);
      }
      expect(found.size).toBe(3);
    },
  );

  test('given up after any step is not there, and the next start or snapshot throws away what was written of it [8.2.1-a]', () => {
    const all = [...stepsOf(diskWithTwo(), snapshotOf(3n))].length;
    for (let taken = 1; taken <= all; taken += 1) {
      const disk = diskWithTwo();
      const steps = stepsOf(disk, snapshotOf(3n));
      for (let step = 0; step < taken; step += 1) steps.next();
      steps.return();
      expect(['2,1', '3,2']).toContain(String(wholeHeights(disk)));
      expect(disk.list(FOLDER).length).toBe(3);
      saveSnapshot(disk, FOLDER, NETWORK, snapshotOf(4n));
      expect(wholeHeights(disk)[0]).toBe(4n);
      expect(disk.list(FOLDER).length).toBe(2);
    }
  });

  test('is synced as it grows and cut off piece by piece: no step leaves the disk with more than a few mebibytes at once [8.3.1-a]', () => {
    const disk = createCrashingDisk();
    for (const height of [1n, 2n]) saveSnapshot(disk, FOLDER, NETWORK, snapshotOf(height, { large: 6 }));
    const pieces: number[] = [];
    let unsynced = 0;
    const measured: Disk = {
      ...disk,
      open: (path, mode) => {
        const file = disk.open(path, mode);
        return {
          ...file,
          write: (position, bytes) => {
            unsynced += bytes.length;
            file.write(position, bytes);
          },
          sync: () => {
            pieces.push(unsynced);
            unsynced = 0;
            file.sync();
          },
          truncate: (size) => {
            pieces.push(file.size() - size);
            file.truncate(size);
          },
        };
      },
      remove: (path) => {
        if (disk.exists(path)) pieces.push(disk.open(path, 'read').size());
        disk.remove(path);
      },
    };
    saveSnapshot(measured, FOLDER, NETWORK, snapshotOf(3n, { large: 6 }));
    expect(listSnapshots(disk, FOLDER).map(({ height }) => height)).toEqual([3n, 2n]);
    expect(unsynced).toBe(0);
    const size = disk.open(listSnapshots(disk, FOLDER)[0]!.path, 'read').size();
    expect(pieces.reduce((sum, piece) => sum + piece, 0)).toBe(2 * size);
    expect(size).toBeGreaterThan(12 << 20);
    expect(Math.max(...pieces)).toBeLessThan(7 << 20);
  });

  test('is read by its places, and one that ends early, belongs to another network or has its head first is refused by name [8.2.1-a]', () => {
    const disk = createCrashingDisk();
    const snapshot = snapshotOf(9n, { bytes: 1_000 });
    saveSnapshot(disk, FOLDER, NETWORK, snapshot);
    const [ref] = listSnapshots(disk, FOLDER);
    expect(loadSnapshotPart(disk, ref!, -1)).toEqual(snapshot.manifest);
    for (const [index, chunk] of snapshot.chunks.entries()) expect(loadSnapshotPart(disk, ref!, index)).toEqual(chunk);
    expect(loadSnapshotPart(disk, ref!, 3)).toBeUndefined();
    expect(loadSnapshot(disk, new Uint8Array(32), ref!).ok).toBe(false);

    const head = encode([NETWORK, 9n, snapshot.manifest, 3n]);
    const headFirst = [head, ...snapshot.chunks].map((payload, index) =>
      encodeFrame({ sequence: index + 1, synced: 0, payload }),
    );
    const frame = headFirst[1]!.length;
    const spoilt: ((bytes: Uint8Array) => Uint8Array)[] = [
      ...[0, frame, 2 * frame, 2 * frame + 10, 2 * frame + headFirst[3]!.length].map(
        (end) => (bytes: Uint8Array) => bytes.slice(0, end),
      ),
      (bytes) => Buffer.concat([bytes, Uint8Array.of(0)]),
      (bytes) => Buffer.concat([bytes.subarray(0, frame), bytes.subarray(2 * frame)]),
      () => Buffer.concat(headFirst),
    ];
    for (const spoil of spoilt) {
      saveSnapshot(disk, FOLDER, NETWORK, snapshot);
      disk.damage(ref!.path, spoil);
      const loaded = loadSnapshot(disk, NETWORK, ref!);
      expect(loaded.ok ? '' : loaded.sentence).toMatch(/^The snapshot .* is damaged at offset \d+\.$/);
    }
    expect(loadSnapshotPart(disk, ref!, -1), 'where the head stands first').toBeUndefined();
  });
});
