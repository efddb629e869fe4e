import { join } from 'node:path';
import type { Disk, DiskFile } from './disk.ts';
import {
  decodeFrame,
  encodeFrame,
  firstNonZero,
  FRAME_HEADER_BYTES,
  FRAME_PAYLOAD_BYTES_MAX,
  readPayloadLength,
} from './frame.ts';
import { StorageHalt } from './halt.ts';
import type { JournalScan, Position } from './journal-scan.ts';
import { createSegment, listSegments, SEGMENT_HEADER_BYTES, segmentName } from './segment.ts';

/*
 * An append-only log in preallocated, checksummed segments. Crash rules:
 * - What `append` wrote before a `sync` that returned is there after any crash, whole and in order.
 * - What was appended after it may be there, or not, from some frame on; a half-written frame is cut off at the next open.
 * - A bad frame in front of one that was written after it was durable is damage: named with file and offset, never skipped.
 * - A segment is synced before the next one is made: only the last one can be torn.
 * - A write or sync that fails halts (StorageHalt): the caller must stop, the journal refuses all further use.
 */
export const SEGMENT_BYTES = 8 * 1024 * 1024;

export interface Journal {
  /** One frame: all of the payload or nothing of it survives a crash. Not durable before `sync`. */
  append(payload: Uint8Array): Position;
  /** Returns when everything appended is durable. */
  sync(): void;
  /** Of the frame that was appended last. */
  sequence(): number;
  /** What the segments take on the disk, the last one without the room that is kept ready in it. */
  bytes(): number;
  /** The payload at a position that `append` or the scan gave. */
  read(position: Position): Uint8Array;
  /** Syncs and closes. */
  close(): void;
}

export interface JournalOptions {
  readonly disk: Disk;
  readonly folder: string;
  /** Genesis hash, 32 bytes: segments of another network are refused. */
  readonly network: Uint8Array;
  /** Height before the first block that the journal holds: 0, or that of the snapshot it began with. */
  readonly baseHeight?: bigint;
  /** Size of new segments; tests use small ones. */
  readonly segmentBytes?: number;
  /** Told while the journal is read how many segments have been, of how many. */
  readonly progress?: (read: number, of: number) => void;
}

/** Cuts a torn end: everything from `end` on becomes zero again, durably. */
function cutTail(disk: Disk, path: string, offset: number): void {
  const file = disk.open(path, 'write');
  try {
    const size = file.size();
    const tail = file.read(offset, size - offset);
    if (firstNonZero(tail, 0) === -1) return;
    file.write(offset, new Uint8Array(tail.length));
    file.sync();
  } finally {
    file.close();
  }
}

/**
 * Cuts a damaged journal back to its good prefix. The damaged segments are kept beside it as `….damaged`, for people. Later segments
 * go first and the one with the damage is replaced by rename, so that a crash in between leaves damage that is found again.
 */
export function cutBack(options: JournalOptions, scan: JournalScan): void {
  const { disk, folder, network } = options;
  const end = scan.end;
  const segments = listSegments(disk, folder);
  const later = segments.filter((segment) => segment.firstSequence > (end?.segment ?? 0));
  for (const segment of later.reverse()) disk.rename(segment.path, `${segment.path}.damaged`);
  disk.syncFolder(folder);
  if (end === undefined) return;
  const path = join(folder, segmentName(end.segment));
  const file = disk.open(path, 'read');
  const bytes = file.read(0, file.size());
  file.close();
  disk.remove(`${path}.damaged`);
  const copy = disk.open(`${path}.damaged`, 'create');
  copy.write(0, bytes);
  copy.close();
  const size = Math.max(options.segmentBytes ?? SEGMENT_BYTES, end.offset);
  const content = bytes.subarray(SEGMENT_HEADER_BYTES, end.offset);
  createSegment(disk, folder, { size, firstSequence: end.segment, network }, content).close();
}

interface Tail {
  file: DiskFile;
  segment: number;
  size: number;
  offset: number;
}

function openTail(options: JournalOptions, scan: JournalScan): Tail {
  const { disk, folder, network } = options;
  if (scan.end === undefined) {
    const size = options.segmentBytes ?? SEGMENT_BYTES;
    const file = createSegment(disk, folder, { size, firstSequence: 1, network }, new Uint8Array(0));
    return { file, segment: 1, size, offset: SEGMENT_HEADER_BYTES };
  }
  const path = join(folder, segmentName(scan.end.segment));
  cutTail(disk, path, scan.end.offset);
  const file = disk.open(path, 'write');
  return { file, segment: scan.end.segment, size: file.size(), offset: scan.end.offset };
}

/** Bytes of the segments in front of this one. */
function bytesBefore({ disk, folder }: JournalOptions, segment: number): number {
  let bytes = 0;
  for (const { path, firstSequence } of listSegments(disk, folder)) {
    if (firstSequence >= segment) continue;
    const file = disk.open(path, 'read');
    bytes += file.size();
    file.close();
  }
  return bytes;
}

function readFrameAt(file: DiskFile, offset: number): Uint8Array {
  const length = readPayloadLength(file.read(offset, FRAME_HEADER_BYTES));
  const frame = length === undefined ? undefined : decodeFrame(file.read(offset, FRAME_HEADER_BYTES + length), 0);
  if (frame === undefined) throw new StorageHalt(`The record in ${file.path} at offset ${offset} is damaged.`);
  return frame.payload.slice();
}

/** Opens for appending behind a scan that found nothing worse than a torn end (cut here); the scan's positions stay valid. */
export function openJournal(options: JournalOptions, scan: JournalScan): Journal {
  const { disk, folder, network } = options;
  const tail = openTail(options, scan);
  let sequence = scan.lastSequence;
  // What an earlier process wrote without syncing is made durable now, so that `synced` below tells the truth.
  tail.file.sync();
  let synced = sequence;
  let isBroken = false;
  let olderBytes = bytesBefore(options, tail.segment);

  const guarded = <Value>(action: () => Value): Value => {
    if (isBroken) throw new StorageHalt(`${folder} had a failed write; nothing more is written until a restart.`);
    try {
      return action();
    } catch (error) {
      isBroken = true;
      throw error;
    }
  };
  const sync = (): void => {
    if (synced === sequence) return;
    tail.file.sync();
    synced = sequence;
  };
  const roll = (frameBytes: number): void => {
    sync();
    const size = Math.max(options.segmentBytes ?? SEGMENT_BYTES, SEGMENT_HEADER_BYTES + frameBytes);
    const next = createSegment(disk, folder, { size, firstSequence: sequence + 1, network }, new Uint8Array(0));
    tail.file.close();
    olderBytes += tail.size;
    Object.assign(tail, { file: next, segment: sequence + 1, size, offset: SEGMENT_HEADER_BYTES });
  };

  return {
    append: (payload) =>
      guarded(() => {
        if (payload.length > FRAME_PAYLOAD_BYTES_MAX)
          throw new StorageHalt('A record is larger than the journal holds.');
        const length = FRAME_HEADER_BYTES + payload.length;
        if (tail.offset + length > tail.size) roll(length);
        const position = { segment: tail.segment, offset: tail.offset };
        tail.file.write(tail.offset, encodeFrame({ sequence: sequence + 1, synced, payload }));
        sequence += 1;
        tail.offset += length;
        return position;
      }),
    sync: () => guarded(sync),
    sequence: () => sequence,
    bytes: () => olderBytes + tail.offset,
    read: (position) => {
      if (position.segment === tail.segment) return readFrameAt(tail.file, position.offset);
      const file = disk.open(join(folder, segmentName(position.segment)), 'read');
      try {
        return readFrameAt(file, position.offset);
      } finally {
        file.close();
      }
    },
    close: () => {
      if (!isBroken) guarded(sync);
      tail.file.close();
    },
  };
}
