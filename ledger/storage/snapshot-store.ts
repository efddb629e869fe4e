import { join } from 'node:path';
import { decode, encode } from '#ledger/core/codec.ts';
import type { Disk } from './disk.ts';
import { decodeFrame, encodeFrame, FRAME_HEADER_BYTES, readPayloadLength } from './frame.ts';

/*
 * Snapshots of the application's state, one file each: frame 1 is the manifest, the following ones the chunks.
 * Crash rules: a snapshot is written and synced under a temporary name, then renamed, then its folder synced; a file with a snapshot's
 * name is whole unless the disk damaged it, which the frames' checksums tell. The two newest are kept. Losing all of them loses
 * nothing: the journal holds every block.
 */
export const SNAPSHOTS_KEPT = 2;
const NAME = /^snapshot-(\d{16})\.bin$/;

export interface StoredSnapshot {
  readonly height: bigint;
  readonly manifest: Uint8Array;
  readonly chunks: readonly Uint8Array[];
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

/** Durable when it returns. `network` is the genesis hash. */
export function saveSnapshot(disk: Disk, folder: string, network: Uint8Array, snapshot: StoredSnapshot): void {
  const path = join(folder, `snapshot-${String(snapshot.height).padStart(16, '0')}.bin`);
  const temporary = `${path}.new`;
  disk.remove(temporary);
  const head = encode([network, snapshot.height, snapshot.manifest, BigInt(snapshot.chunks.length)]);
  const file = disk.open(temporary, 'create');
  let offset = 0;
  for (const [index, payload] of [head, ...snapshot.chunks].entries()) {
    const frame = encodeFrame({ sequence: index + 1, synced: 0, payload });
    file.write(offset, frame);
    offset += frame.length;
  }
  file.sync();
  file.close();
  disk.rename(temporary, path);
  disk.syncFolder(folder);
  for (const old of listSnapshots(disk, folder).slice(SNAPSHOTS_KEPT)) disk.remove(old.path);
}

/**
 * One chunk of the snapshot in a file, by its place, without reading the others; undefined when there is none or it is damaged. The
 * manifest is what stands under −1.
 */
export function loadSnapshotPart(disk: Disk, ref: SnapshotRef, index: number): Uint8Array | undefined {
  const file = disk.open(ref.path, 'read');
  try {
    const size = file.size();
    let offset = 0;
    for (let sequence = 1; offset < size; sequence += 1) {
      const length = readPayloadLength(file.read(offset, FRAME_HEADER_BYTES));
      if (length === undefined) return undefined;
      if (sequence - 2 !== index) {
        offset += FRAME_HEADER_BYTES + length;
        continue;
      }
      const frame = decodeFrame(file.read(offset, FRAME_HEADER_BYTES + length), 0);
      if (frame === undefined || frame.sequence !== sequence) return undefined;
      if (index >= 0) return frame.payload;
      const head = decode(frame.payload);
      const manifest = head.ok && Array.isArray(head.value) ? (head.value as readonly unknown[])[2] : undefined;
      return manifest instanceof Uint8Array ? manifest : undefined;
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
    let offset = 0;
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
      offset += frame.length;
    }
    const [headBytes, ...chunks] = frames;
    const head = headBytes === undefined ? undefined : decode(headBytes);
    if (head === undefined || !head.ok || !Array.isArray(head.value)) return damaged(0);
    const [of, height, manifest, count] = head.value;
    if (!(of instanceof Uint8Array) || Buffer.compare(of, network) !== 0 || height !== ref.height) return damaged(0);
    if (!(manifest instanceof Uint8Array)) return damaged(0);
    if (count !== BigInt(chunks.length)) return damaged(size);
    return { ok: true, snapshot: { height: ref.height, manifest, chunks } };
  } finally {
    file.close();
  }
}
