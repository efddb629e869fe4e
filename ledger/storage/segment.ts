import { join } from 'node:path';
import { readU32, readU64, u32, u64 } from '#ledger/core/bytes.ts';
import type { Disk, DiskFile } from './disk.ts';
import { checksumOf } from './frame.ts';

/*
 * A segment: 64 bytes of header, then frames, then zeros up to the size the header states.
 *   magic 4 | version u32 | size u32 | reserved u32 | first sequence u64 | network 32 | checksum 8
 * Crash rule: a segment is filled with zeros and synced under a temporary name, then renamed and its folder synced, so that a file with
 * a segment's name always has a whole header and its whole size, and no later write needs new space.
 */
export const SEGMENT_HEADER_BYTES = 64;
const VERSION = 2;
const CHECKED_BYTES = 56;
const MAGIC = Uint8Array.from([0x49, 0x50, 0x53, 0x47]);
const ZEROS = new Uint8Array(1024 * 1024);
const NAME = /^journal-(\d{16})\.seg$/;

export interface SegmentHeader {
  readonly size: number;
  readonly firstSequence: number;
  readonly network: Uint8Array;
}

export function segmentName(firstSequence: number): string {
  return `journal-${String(firstSequence).padStart(16, '0')}.seg`;
}

/** Segments of a folder in order; the number in the name is the first sequence. */
export function listSegments(disk: Disk, folder: string): { path: string; firstSequence: number }[] {
  const found: { path: string; firstSequence: number }[] = [];
  for (const name of disk.list(folder)) {
    const match = NAME.exec(name);
    if (match) found.push({ path: join(folder, name), firstSequence: Number(match[1]) });
  }
  return found;
}

function encodeHeader(header: SegmentHeader): Uint8Array {
  const bytes = new Uint8Array(SEGMENT_HEADER_BYTES);
  bytes.set(MAGIC, 0);
  bytes.set(u32(VERSION), 4);
  bytes.set(u32(header.size), 8);
  bytes.set(u64(BigInt(header.firstSequence)), 16);
  bytes.set(header.network, 24);
  bytes.set(checksumOf(bytes.subarray(0, CHECKED_BYTES)), CHECKED_BYTES);
  return bytes;
}

/** The header of a segment, or undefined when it is damaged. */
export function decodeHeader(bytes: Uint8Array): SegmentHeader | undefined {
  if (bytes.length < SEGMENT_HEADER_BYTES || Buffer.compare(bytes.subarray(0, 4), MAGIC) !== 0) return undefined;
  const expected = checksumOf(bytes.subarray(0, CHECKED_BYTES));
  if (Buffer.compare(expected, bytes.subarray(CHECKED_BYTES, SEGMENT_HEADER_BYTES)) !== 0) return undefined;
  if (readU32(bytes, 4) !== VERSION) return undefined;
  return {
    size: readU32(bytes, 8),
    firstSequence: Number(readU64(bytes, 16)),
    network: bytes.slice(24, CHECKED_BYTES),
  };
}

/** Makes a durable, zero-filled segment that begins with `content` (frames), and opens it for writing. Replaces one of the same name. */
export function createSegment(disk: Disk, folder: string, header: SegmentHeader, content: Uint8Array): DiskFile {
  const path = join(folder, segmentName(header.firstSequence));
  const temporary = `${path}.new`;
  disk.remove(temporary);
  const file = disk.open(temporary, 'create');
  file.write(0, encodeHeader(header));
  file.write(SEGMENT_HEADER_BYTES, content);
  for (let at = SEGMENT_HEADER_BYTES + content.length; at < header.size; at += ZEROS.length) {
    file.write(at, ZEROS.subarray(0, Math.min(ZEROS.length, header.size - at)));
  }
  file.sync();
  file.close();
  disk.rename(temporary, path);
  disk.syncFolder(folder);
  return disk.open(path, 'write');
}
