import { crc32 } from 'node:zlib';
import { concat, readU32, u32, u64 } from '#ledger/core/bytes.ts';

/*
 * One record of a segment:
 *   magic 4 | payload length u32 | sequence u64 | synced u64 | checksum 8 | payload      (all integers big-endian)
 * `sequence` counts the frames of the journal from 1. `synced` is the last sequence known to be durable when this frame was written: a
 * bad frame before a good one that calls it durable is damage, any other bad frame at the end is a write that a crash tore.
 * The checksum is CRC-32 (zlib's) of the first 24 bytes, and CRC-32 of them and the payload: it finds what a disk or a crash damaged,
 * at every start, in a quarter of the time of SHA-256. What somebody changed on purpose, hashes and signatures of the blocks find.
 */
export const FRAME_HEADER_BYTES = 32;
/** Largest payload: a full block with its precommit and buffered inputs fits many times over. */
export const FRAME_PAYLOAD_BYTES_MAX = 16 * 1024 * 1024;

const MAGIC = Uint8Array.from([0x49, 0x50, 0x4a, 0x31]);
const MAGIC_NUMBER = readU32(MAGIC, 0);
const CHECKED_BYTES = 24;

export interface Frame {
  readonly sequence: number;
  readonly synced: number;
  readonly payload: Uint8Array;
  /** Bytes from the frame's start to the next one's. */
  readonly length: number;
}

const NO_PAYLOAD = new Uint8Array(0);

/** 8 bytes: CRC-32 of the header, and of header and payload. */
export function checksumOf(header: Uint8Array, payload: Uint8Array = NO_PAYLOAD): Uint8Array {
  const first = crc32(header);
  return concat(u32(first), u32(crc32(payload, first)));
}

/** What stands before the payload of a frame. Sequence numbers stay below 2⁵³. The payload is at most `FRAME_PAYLOAD_BYTES_MAX` bytes. */
export function encodeFrameHeader(frame: { sequence: number; synced: number; payload: Uint8Array }): Uint8Array {
  const header = new Uint8Array(FRAME_HEADER_BYTES);
  header.set(MAGIC, 0);
  header.set(u32(frame.payload.length), 4);
  header.set(u64(BigInt(frame.sequence)), 8);
  header.set(u64(BigInt(frame.synced)), 16);
  header.set(checksumOf(header.subarray(0, CHECKED_BYTES), frame.payload), CHECKED_BYTES);
  return header;
}

/** The whole frame. */
export function encodeFrame(frame: { sequence: number; synced: number; payload: Uint8Array }): Uint8Array {
  return concat(encodeFrameHeader(frame), frame.payload);
}

/** The good frame that begins at `offset`, or undefined. The payload is a view of `segment`. */
export function decodeFrame(segment: Uint8Array, offset: number): Frame | undefined {
  if (offset + FRAME_HEADER_BYTES > segment.length) return undefined;
  // One view for all fields: a start reads hundreds of thousands of frames.
  const header = new DataView(segment.buffer, segment.byteOffset + offset, FRAME_HEADER_BYTES);
  if (header.getUint32(0) !== MAGIC_NUMBER) return undefined;
  const payloadLength = header.getUint32(4);
  const length = FRAME_HEADER_BYTES + payloadLength;
  if (payloadLength > FRAME_PAYLOAD_BYTES_MAX || offset + length > segment.length) return undefined;
  const sequence = header.getBigUint64(8);
  const synced = header.getBigUint64(16);
  if (sequence > BigInt(Number.MAX_SAFE_INTEGER) || synced >= sequence) return undefined;
  const payload = segment.subarray(offset + FRAME_HEADER_BYTES, offset + length);
  const first = crc32(segment.subarray(offset, offset + CHECKED_BYTES));
  if (first !== header.getUint32(CHECKED_BYTES)) return undefined;
  if (crc32(payload, first) !== header.getUint32(CHECKED_BYTES + 4)) return undefined;
  return { sequence: Number(sequence), synced: Number(synced), payload, length };
}

/** Length of the payload that a frame header states, or undefined when it is no header. */
export function readPayloadLength(header: Uint8Array): number | undefined {
  if (header.length < FRAME_HEADER_BYTES || Buffer.compare(header.subarray(0, 4), MAGIC) !== 0) return undefined;
  const length = readU32(header, 4);
  return length > FRAME_PAYLOAD_BYTES_MAX ? undefined : length;
}

/** The first good frame at or after `offset`, with where it begins. */
export function findFrame(segment: Uint8Array, offset: number): { offset: number; frame: Frame } | undefined {
  const buffer = Buffer.from(segment.buffer, segment.byteOffset, segment.byteLength);
  for (let at = buffer.indexOf(MAGIC, offset); at !== -1; at = buffer.indexOf(MAGIC, at + 1)) {
    const frame = decodeFrame(segment, at);
    if (frame !== undefined) return { offset: at, frame };
  }
  return undefined;
}

/** Offset of the first byte from `offset` on that is not zero, or -1. */
export function firstNonZero(bytes: Uint8Array, offset: number): number {
  for (let index = offset; index < bytes.length; index += 1) if (bytes[index] !== 0) return index;
  return -1;
}
