import { join } from 'node:path';
import { equal } from '#ledger/core/bytes.ts';
import { decode, encode } from '#ledger/core/codec.ts';
import type { Disk, DiskFile } from './disk.ts';
import { decodeFrame, encodeFrameHeader, FRAME_HEADER_BYTES, readPayloadLength } from './frame.ts';

/*
 * Snapshots of the application's state, one file each: a frame for each chunk, and last the head, which names network and height and
 * carries the manifest. (A file with its head first, as they once were, has none at its end and is passed over as damaged.)
 * Crash rules: a snapshot is written under an unfinished name, synced as it grows and at its end, then renamed, then its folder synced;
 * a file with a snapshot's name is whole unless the disk damaged it, which the frames' checksums tell. The two newest are kept: an older
 * one loses its name durably before anything is cut off it. Whatever has an unfinished name is thrown away. Losing all snapshots loses
 * nothing: the journal holds every block.
 */
export const SNAPSHOTS_KEPT = 2;
const NAME = /^snapshot-(\d{16})\.bin$/;
const UNFINISHED_NAME = /^snapshot-\d{16}\.bin\.(new|old)$/;
/** Bytes that one step syncs, or gives back to the file system: a gibibyte at once would stop a validator for a second or more. */
const STEP_BYTES = 4 << 20;

export interface StoredSnapshot {
  readonly height: bigint;
  readonly manifest: Uint8Array;
  readonly chunks: readonly Uint8Array[];
}

/** A snapshot while it is made: each step yields the next chunk, good until the next step, or undefined; the last one returns the manifest. */
export interface StoredSlices {
  readonly height: bigint;
  readonly slices: Generator<Uint8Array | undefined, Uint8Array, void>;
}

export interface SnapshotRef {
  readonly height: bigint;
  readonly path: string;
}

/** Newest first. */
export function listSnapshots(disk: Disk, folder: string): SnapshotRef[] {
  const found: SnapshotRef[] = [];
  for (const name of disk.list(folder)) {
    const match = NAME.exec(name);
    if (match) found.push({ height: BigInt(match[1] ?? '0'), path: join(folder, name) });
  }
  return found.reverse();
}

/** Throws away what a crash or a stop left unfinished. */
export function removeUnfinishedSnapshots(disk: Disk, folder: string): void {
  for (const name of disk.list(folder)) if (UNFINISHED_NAME.test(name)) disk.remove(join(folder, name));
}

/** Gives an older snapshot's room back, step by step. */
function* removeInSteps(disk: Disk, { folder, path }: { folder: string; path: string }): Generator<undefined, void> {
  const retired = `${path}.old`;
  disk.rename(path, retired);
  disk.syncFolder(folder);
  const file = disk.open(retired, 'write');
  try {
    for (let size = file.size() - STEP_BYTES; size > 0; size -= STEP_BYTES) {
      yield;
      file.truncate(size);
    }
  } finally {
    file.close();
  }
  disk.remove(retired);
}

/** Writes frames one after the other, and syncs what has gathered. */
function* writeFrames(
  file: DiskFile,
  { network, height, slices }: StoredSlices & { network: Uint8Array },
): Generator<undefined, void> {
  let [offset, synced, chunks] = [0, 0, 0];
  const append = (payload: Uint8Array, sequence: number): void => {
    const header = encodeFrameHeader({ sequence, synced: 0, payload });
    file.write(offset, header);
    file.write(offset + header.length, payload);
    offset += header.length + payload.length;
  };
  for (;;) {
    const step = slices.next();
    yield;
    if (step.done === true) {
      append(encode([network, height, step.value]), chunks + 1);
      return file.sync();
    }
    if (step.value === undefined) continue;
    append(step.value, ++chunks);
    yield;
    if (offset - synced < STEP_BYTES) continue;
    file.sync();
    synced = offset;
    yield;
  }
}

/**
 * Writes a snapshot in steps of a few milliseconds each, between which the caller may do other things or give it up (`return`); durable
 * when it has ended. `network` is the genesis hash. One at a time in a folder.
 */
export function* saveInSteps(
  disk: Disk,
  folder: string,
  snapshot: StoredSlices & { network: Uint8Array },
): Generator<undefined, void> {
  const path = join(folder, `snapshot-${String(snapshot.height).padStart(16, '0')}.bin`);
  const unfinished = `${path}.new`;
  removeUnfinishedSnapshots(disk, folder);
  const file = disk.open(unfinished, 'create');
  try {
    yield* writeFrames(file, snapshot);
  } finally {
    file.close();
  }
  disk.rename(unfinished, path);
  disk.syncFolder(folder);
  for (const old of listSnapshots(disk, folder).slice(SNAPSHOTS_KEPT)) {
    yield* removeInSteps(disk, { folder, path: old.path });
  }
}

function* slicesOf({ chunks, manifest }: StoredSnapshot): StoredSlices['slices'] {
  yield* chunks;
  return manifest;
}

/** A whole snapshot at once; durable when it returns. `network` is the genesis hash. */
export function saveSnapshot(disk: Disk, folder: string, network: Uint8Array, snapshot: StoredSnapshot): void {
  const steps = saveInSteps(disk, folder, { network, height: snapshot.height, slices: slicesOf(snapshot) });
  while (steps.next().done !== true);
}

interface Head {
  readonly network: Uint8Array;
  readonly height: bigint;
  readonly manifest: Uint8Array;
}

function readHead(bytes: Uint8Array): Head | undefined {
  const decoded = decode(bytes);
  if (!decoded.ok || !Array.isArray(decoded.value)) return undefined;
  const [network, height, manifest] = decoded.value as readonly unknown[];
  const isHead = network instanceof Uint8Array && typeof height === 'bigint' && manifest instanceof Uint8Array;
  return isHead ? { network, height, manifest } : undefined;
}

/** Place of the manifest beside those of a snapshot's chunks. */
export const MANIFEST_PART = -1;

/** One part of the snapshot of a height, by its place; undefined when there is no such snapshot or part, or it is damaged. */
export function readSnapshotPart(
  disk: Disk,
  folder: string,
  { height, index }: { readonly height: bigint; readonly index: number },
): Uint8Array | undefined {
  const ref = listSnapshots(disk, folder).find((each) => each.height === height);
  return ref && loadSnapshotPart(disk, ref, index);
}

/**
 * One chunk of the snapshot in a file, by its place, or its manifest by MANIFEST_PART, without reading the others; undefined when there
 * is none or it is damaged.
 */
export function loadSnapshotPart(disk: Disk, ref: SnapshotRef, index: number): Uint8Array | undefined {
  const file = disk.open(ref.path, 'read');
  try {
    const size = file.size();
    let offset = 0;
    for (let sequence = 1; offset < size; sequence += 1) {
      const length = readPayloadLength(file.read(offset, FRAME_HEADER_BYTES));
      if (length === undefined) return undefined;
      const next = offset + FRAME_HEADER_BYTES + length;
      const isLast = next >= size;
      if (isLast ? index < 0 : sequence - 1 === index) {
        const frame = decodeFrame(file.read(offset, next - offset), 0);
        if (frame?.sequence !== sequence) return undefined;
        return isLast ? readHead(frame.payload)?.manifest : frame.payload;
      }
      offset = next;
    }
    return undefined;
  } finally {
    file.close();
  }
}

/** The snapshot in a file, or where (byte offset) it is damaged or foreign. */
export function loadSnapshot(
  disk: Disk,
  network: Uint8Array,
  ref: SnapshotRef,
): { ok: true; snapshot: StoredSnapshot } | { ok: false; offset: number; sentence: string } {
  const file = disk.open(ref.path, 'read');
  try {
    const frames: Uint8Array[] = [];
    let [offset, lastOffset] = [0, 0];
    const size = file.size();
    const damaged = (at: number) => ({
      ok: false as const,
      offset: at,
      sentence: `The snapshot ${ref.path} is damaged at offset ${at}.`,
    });
    while (offset < size) {
      const length = readPayloadLength(file.read(offset, FRAME_HEADER_BYTES));
      const frame = length === undefined ? undefined : decodeFrame(file.read(offset, FRAME_HEADER_BYTES + length), 0);
      if (frame === undefined || frame.sequence !== frames.length + 1) return damaged(offset);
      frames.push(frame.payload);
      lastOffset = offset;
      offset += frame.length;
    }
    const last = frames.pop();
    const head = last && readHead(last);
    if (head === undefined || !equal(head.network, network) || head.height !== ref.height) return damaged(lastOffset);
    return { ok: true, snapshot: { height: ref.height, manifest: head.manifest, chunks: frames } };
  } finally {
    file.close();
  }
}
