import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';

/** Texts up to here are read and written letter by letter, which is faster as long as they are ASCII. */
export const SHORT_TEXT = 64;
export const ASCII_MAX = 0x7f;

export const EMPTY_BYTES: Uint8Array = new Uint8Array(0);

/** Lower-case hex without a prefix. */
export function toHex(bytes: Uint8Array): string {
  return bytesToHex(bytes);
}

/** Bytes of an even number of hex digits, either case, with or without `0x`; undefined for anything else. */
export function fromHex(text: string): Uint8Array | undefined {
  const digits = text.startsWith('0x') ? text.slice(2) : text;
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) return undefined;
  return hexToBytes(digits);
}

/** UTF-8 of a string; a lone surrogate becomes U+FFFD, as in every encoder of the web. */
export function utf8(text: string): Uint8Array {
  return (text.length <= SHORT_TEXT ? asciiBytes(text) : undefined) ?? utf8ToBytes(text);
}

function asciiBytes(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > ASCII_MAX) return undefined;
    bytes[at] = code;
  }
  return bytes;
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Plain comparison: not for secrets. */
export function equal(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
  return true;
}

/** Lexicographic order, a prefix before what it begins: −1, 0 or 1. */
export function compare(left: Uint8Array, right: Uint8Array): -1 | 0 | 1 {
  const length = left.length < right.length ? left.length : right.length;
  for (let i = 0; i < length; i++) {
    const difference = left[i]! - right[i]!;
    if (difference !== 0) return difference < 0 ? -1 : 1;
  }
  return left.length === right.length ? 0 : left.length < right.length ? -1 : 1;
}

/** Eight bytes big-endian of an integer in [0, 2^64). */
export function u64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  writeU64(bytes, 0, value);
  return bytes;
}

const word = new Uint8Array(8);
const wordView = new DataView(word.buffer);

/** Writes those bytes at `offset`, where there is room for them. A view of each target would take longer than to copy eight bytes. */
export function writeU64(target: Uint8Array, offset: number, value: bigint): void {
  wordView.setBigUint64(0, value);
  target.set(word, offset);
}

/** Four bytes big-endian of an integer in [0, 2^32). */
export function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/** Reads eight bytes big-endian at `offset`; the caller has checked that they are there. */
export function readU64(bytes: Uint8Array, offset: number): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(offset);
}

/** Reads four bytes big-endian at `offset`; the caller has checked that they are there. */
export function readU32(bytes: Uint8Array, offset: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(offset);
}
