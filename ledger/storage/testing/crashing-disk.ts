import { basename, dirname } from 'node:path';
import type { Disk, DiskFile } from '#ledger/storage/disk.ts';
import { StorageHalt } from '#ledger/storage/halt.ts';

/*
 * A disk in memory for tests, which behaves as badly as the crash rules of disk.ts allow: at a crash, each 512-byte sector of an
 * unsynced write is kept, dropped or torn, and each unsynced change of a folder happened or not, in order up to some point.
 */
const SECTOR_BYTES = 512;

/** Thrown by the operation at which the power fails; the process is gone. */
export class PowerCut extends Error {
  override readonly name = 'PowerCut';
}

interface Inode {
  durable: Uint8Array;
  current: Uint8Array;
}

export interface CrashingDisk extends Disk {
  /** Operations that change the disk so far. */
  operations(): number;
  /** The n-th changing operation from now on fails with PowerCut, and all later ones. */
  cutPowerAfter(operations: number): void;
  /** Called before each changing operation; what it throws is the operation's failure. */
  beforeEach(action: () => void): void;
  /** From now on a sync of a file answers and does nothing, as that of a disk that lies. */
  skipSyncs(): void;
  /** Whether these bytes stand in a file that no crash can take away any more. */
  holds(bytes: Uint8Array): boolean;
  /** The n-th write or sync from now on fails as a full or broken disk does. */
  failAfter(operations: number, code: 'ENOSPC' | 'EIO'): void;
  /** What stands on the disk after a crash now. `random` gives integers in [0, below). */
  afterCrash(random: (below: number) => number): CrashingDisk;
  /** Changes bytes behind everybody's back. */
  damage(path: string, change: (bytes: Uint8Array) => Uint8Array): void;
}

type Names = Map<string, Inode>;

function crashBytes(inode: Inode, random: (below: number) => number): Uint8Array {
  const length = random(2) === 0 ? inode.durable.length : inode.current.length;
  const bytes = new Uint8Array(length);
  bytes.set(inode.durable.subarray(0, length));
  for (let at = 0; at < length; at += SECTOR_BYTES) {
    const sector = inode.current.subarray(at, Math.min(at + SECTOR_BYTES, length));
    const old = bytes.subarray(at, at + sector.length);
    if (Buffer.compare(sector, old) === 0) continue;
    const fate = random(3);
    if (fate === 0) bytes.set(sector, at);
    if (fate === 1) bytes.set(sector.subarray(0, random(sector.length)), at);
  }
  return bytes;
}

function resized(bytes: Uint8Array, size: number): Uint8Array {
  const next = new Uint8Array(size);
  next.set(bytes.subarray(0, size));
  return next;
}

/** `names` are the durable ones; give none to begin with an empty disk. */
export function createCrashingDisk(names: Names = new Map()): CrashingDisk {
  const durableNames: Names = new Map(names);
  const currentNames: Names = new Map(names);
  /** Unsynced changes of folders, in order. */
  let folderChanges: { folder: string; apply: (on: Names) => void }[] = [];
  let operations = 0;
  let cutAt = Infinity;
  let before = (): void => undefined;
  let isLying = false;
  let failure: { at: number; code: 'ENOSPC' | 'EIO' } | undefined;

  const count = (path: string): void => {
    operations += 1;
    before();
    if (operations >= cutAt) throw new PowerCut('the power is out');
    if (failure !== undefined && operations >= failure.at)
      throw new StorageHalt(`Writing ${path} failed (${failure.code}).`);
  };
  const change = (path: string, apply: (on: Names) => void): void => {
    count(path);
    apply(currentNames);
    folderChanges.push({ folder: dirname(path), apply });
  };
  const inodeOf = (path: string): Inode => {
    const inode = currentNames.get(path);
    if (inode === undefined) throw new StorageHalt(`Opening ${path} failed (ENOENT): it is missing.`);
    return inode;
  };
  const fileOf = (path: string, inode: Inode): DiskFile => ({
    path,
    size: () => inode.current.length,
    read: (position, length) => inode.current.slice(position, position + length),
    write: (position, bytes) => {
      count(path);
      const end = position + bytes.length;
      if (end > inode.current.length) inode.current = resized(inode.current, end);
      inode.current.set(bytes, position);
    },
    truncate: (size) => {
      count(path);
      inode.current = resized(inode.current, size);
    },
    sync: () => {
      count(path);
      if (!isLying) inode.durable = inode.current.slice();
    },
    close: () => undefined,
  });

  return {
    list: (folder) =>
      [...currentNames.keys()]
        .filter((path) => dirname(path) === folder)
        .map((path) => basename(path))
        .sort(),
    makeFolder: () => undefined,
    exists: (path) => currentNames.has(path),
    open: (path, mode) => {
      if (mode === 'create') {
        const inode: Inode = { durable: new Uint8Array(0), current: new Uint8Array(0) };
        change(path, (on) => void on.set(path, inode));
      }
      return fileOf(path, inodeOf(path));
    },
    rename: (from, to) => {
      const inode = inodeOf(from);
      change(to, (on) => {
        on.delete(from);
        on.set(to, inode);
      });
    },
    remove: (path) => change(path, (on) => void on.delete(path)),
    syncFolder: (folder) => {
      count(folder);
      for (const each of folderChanges) if (each.folder === folder) each.apply(durableNames);
      folderChanges = folderChanges.filter((each) => each.folder !== folder);
    },
    operations: () => operations,
    beforeEach: (action) => {
      before = action;
    },
    skipSyncs: () => {
      isLying = true;
    },
    holds: (bytes) => {
      const sought = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      for (const { durable } of durableNames.values())
        if (Buffer.from(durable.buffer, durable.byteOffset, durable.length).includes(sought)) return true;
      return false;
    },
    cutPowerAfter: (more) => {
      cutAt = operations + more;
    },
    failAfter: (more, code) => {
      failure = { at: operations + more, code };
    },
    afterCrash: (random) => {
      const survived: Names = new Map(durableNames);
      const happened = random(folderChanges.length + 1);
      for (const each of folderChanges.slice(0, happened)) each.apply(survived);
      const inodes: Names = new Map();
      for (const [path, inode] of survived) {
        const bytes = crashBytes(inode, random);
        inodes.set(path, { durable: bytes, current: bytes.slice() });
      }
      return createCrashingDisk(inodes);
    },
    damage: (path, damageBytes) => {
      const inode = inodeOf(path);
      inode.current = damageBytes(inode.current.slice());
      inode.durable = inode.current.slice();
    },
  };
}
