import { assert } from './assert.ts';
import { compare, utf8 } from './bytes.ts';
import { fail, ok, type Result } from './result.ts';
import { textOf } from './utf8.ts';

/**
 * What may be hashed or stored: integers are bigint, maps have string keys, no floats, no undefined.
 * Encoding is deterministic CBOR (RFC 8949 §4.2.1); decoding is strict and returns every integer as bigint. Written here, because a
 * general library spends most of its time on what these bytes can never be (decision 0023); cborg stands beside it in the tests.
 */
export type CborValue =
  bigint | string | boolean | null | Uint8Array | readonly CborValue[] | { readonly [key: string]: CborValue };

export const codecCodes = { MALFORMED: 1, TOO_LARGE: 2 } as const;
export type CodecCode = (typeof codecCodes)[keyof typeof codecCodes];

/** Deepest nesting of arrays and maps that is read. */
export const CBOR_DEPTH_MAX = 16;
/** Most items, counted over all levels, that are read. */
export const CBOR_ITEMS_MAX = 1 << 20;
/** Longest input that is read when the caller names no bound. */
export const CBOR_BYTES_MAX = 1 << 24;

/** RFC 8949 §3.1. */
const MAJOR = { unsigned: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5 } as const;
const FALSE = 0xf4;
const TRUE = 0xf5;
const NULL = 0xf6;
/** Up to here an argument is a safe integer in 32 bits; beyond, it takes eight bytes. */
const WORD_MAX = 0xffff_ffff;
const WIDE_MAX = 0xffff_ffff_ffff_ffffn;
/** Texts up to here are read and written letter by letter, as long as they are ASCII. */
const SHORT_TEXT = 64;
const ASCII_MAX = 0x7f;

/** Deterministic CBOR. Integers lie in [−2^64, 2^64). */
export function encode(value: CborValue): Uint8Array {
  const writer = spare ?? new Writer();
  // A value that throws leaves a half-written writer behind, and takes it along.
  spare = undefined;
  writer.value(value);
  const bytes = writer.taken();
  spare = writer;
  return bytes;
}

const WRITER_BYTES = 4_096;
const WRITER_KEPT_MAX = 1 << 20;

/** Appends to one buffer that grows, and is used again for the next value. */
class Writer {
  #bytes = new Uint8Array(WRITER_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** A copy of what was written; the writer is empty afterwards. */
  taken(): Uint8Array {
    const bytes = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    if (this.#bytes.length > WRITER_KEPT_MAX) this.#replace(new Uint8Array(WRITER_BYTES));
    return bytes;
  }

  value(value: CborValue): void {
    switch (typeof value) {
      case 'bigint':
        return this.#integer(value);
      case 'string':
        return this.#text(value);
      case 'boolean':
        return this.#byte(value ? TRUE : FALSE);
      case 'object':
        return this.#object(value);
      default:
        assert(false, `a ${typeof value} was given to the codec: integers are bigint, and nothing is undefined`);
    }
  }

  #object(value: Exclude<CborValue, bigint | string | boolean>): void {
    if (value === null) return this.#byte(NULL);
    if (value instanceof Uint8Array) return this.#raw(MAJOR.bytes, value);
    if (Array.isArray(value)) {
      const items = value as readonly CborValue[];
      this.#head(MAJOR.array, items.length);
      for (const item of items) this.value(item);
      return;
    }
    this.#map(value as { readonly [key: string]: CborValue });
  }

  #map(record: { readonly [key: string]: CborValue }): void {
    const keys = inOrder(Object.keys(record));
    this.#head(MAJOR.map, keys.length);
    for (const key of keys) {
      this.#text(key);
      this.value(record[key]!);
    }
  }

  #integer(value: bigint): void {
    const isNegative = value < 0n;
    const argument = isNegative ? -1n - value : value;
    assert(argument <= WIDE_MAX, 'an integer of the codec lies in [−2^64, 2^64)');
    const major = isNegative ? MAJOR.negative : MAJOR.unsigned;
    if (argument <= WORD_MAX) return this.#head(major, Number(argument));
    this.#reserve(9);
    this.#bytes[this.#length] = (major << 5) | 27;
    this.#view.setBigUint64(this.#length + 1, argument);
    this.#length += 9;
  }

  #text(text: string): void {
    const { length } = text;
    if (length <= SHORT_TEXT && this.#asciiText(text)) return;
    this.#raw(MAJOR.text, utf8(text));
  }

  /** False, with nothing written, when a letter is not ASCII. */
  #asciiText(text: string): boolean {
    const { length } = text;
    const before = this.#length;
    this.#head(MAJOR.text, length);
    this.#reserve(length);
    for (let at = 0; at < length; at += 1) {
      const code = text.charCodeAt(at);
      if (code > ASCII_MAX) {
        this.#length = before;
        return false;
      }
      this.#bytes[this.#length + at] = code;
    }
    this.#length += length;
    return true;
  }

  #raw(major: number, bytes: Uint8Array): void {
    this.#head(major, bytes.length);
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #byte(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.#length] = byte;
    this.#length += 1;
  }

  /** In the shortest form. */
  #head(major: number, argument: number): void {
    this.#reserve(5);
    const initial = major << 5;
    if (argument < 24) {
      this.#bytes[this.#length] = initial | argument;
      this.#length += 1;
    } else if (argument <= 0xff) {
      this.#bytes[this.#length] = initial | 24;
      this.#bytes[this.#length + 1] = argument;
      this.#length += 2;
    } else if (argument <= 0xffff) {
      this.#bytes[this.#length] = initial | 25;
      this.#view.setUint16(this.#length + 1, argument);
      this.#length += 3;
    } else {
      this.#bytes[this.#length] = initial | 26;
      this.#view.setUint32(this.#length + 1, argument);
      this.#length += 5;
    }
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#replace(larger);
  }

  #replace(bytes: Uint8Array<ArrayBuffer>): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

let spare: Writer | undefined;

/** Bytewise over the encoded keys (RFC 8949 §4.2.1): a shorter one first, because its length stands in front. */
function inOrder(keys: string[]): string[] {
  for (let at = 1; at < keys.length; at += 1)
    if (compareKeys(keys[at - 1]!, keys[at]!) > 0) return keys.sort(compareKeys);
  return keys;
}

function compareKeys(left: string, right: string): number {
  if (isAscii(left) && isAscii(right)) {
    if (left.length !== right.length) return left.length - right.length;
    return left < right ? -1 : left > right ? 1 : 0;
  }
  const [first, second] = [utf8(left), utf8(right)];
  return first.length === second.length ? compare(first, second) : first.length - second.length;
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > ASCII_MAX) return false;
  return true;
}

/**
 * Strict inverse of `encode`: one item, no trailing bytes, no duplicate key, shortest forms, sorted keys, UTF-8; never throws.
 */
export function decode(bytes: Uint8Array, bytesMax: number = CBOR_BYTES_MAX): Result<CborValue, CodecCode> {
  if (bytes.length > bytesMax) return fail(codecCodes.TOO_LARGE);
  const reader = new Reader(bytes);
  const value = reader.item(0);
  return value === undefined || !reader.isAtEnd ? fail(codecCodes.MALFORMED) : ok(value);
}

/** Reads items one after the other. Every method answers undefined, at any depth, for what `encode` would not have written. */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;
  #items = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#offset === this.#bytes.length;
  }

  /** `depth` arrays and maps are open around it. */
  item(depth: number): CborValue | undefined {
    this.#items += 1;
    if (this.#offset >= this.#bytes.length || this.#items > CBOR_ITEMS_MAX) return undefined;
    const initial = this.#bytes[this.#offset]!;
    switch (initial >> 5) {
      case MAJOR.unsigned:
        return this.#integer();
      case MAJOR.negative: {
        const argument = this.#integer();
        return argument === undefined ? undefined : -1n - argument;
      }
      case MAJOR.bytes:
        return this.#raw()?.slice();
      case MAJOR.text:
        return this.#text();
      case MAJOR.array:
        return this.#array(depth);
      case MAJOR.map:
        return this.#map(depth);
      default:
        return this.#simple(initial);
    }
  }

  #simple(initial: number): boolean | null | undefined {
    this.#offset += 1;
    if (initial === NULL) return null;
    return initial === TRUE ? true : initial === FALSE ? false : undefined;
  }

  #integer(): bigint | undefined {
    if ((this.#bytes[this.#offset]! & 0x1f) !== 27) {
      const argument = this.#argument();
      return argument === undefined ? undefined : BigInt(argument);
    }
    if (this.#offset + 9 > this.#bytes.length) return undefined;
    const argument = this.#view.getBigUint64(this.#offset + 1);
    this.#offset += 9;
    return argument > WORD_MAX ? argument : undefined;
  }

  /** Of a head of up to five bytes, in its shortest form. Nothing that fits the input has a longer count. */
  #argument(): number | undefined {
    const additional = this.#bytes[this.#offset]! & 0x1f;
    this.#offset += 1;
    if (additional < 24) return additional;
    if (additional > 26) return undefined;
    const width = 1 << (additional - 24);
    const at = this.#offset;
    if (at + width > this.#bytes.length) return undefined;
    this.#offset += width;
    if (width === 1) return atLeast(this.#bytes[at]!, 24);
    return width === 2 ? atLeast(this.#view.getUint16(at), 0x100) : atLeast(this.#view.getUint32(at), 0x1_0000);
  }

  /** A view of the input. */
  #raw(): Uint8Array | undefined {
    const length = this.#argument();
    if (length === undefined || length > this.#bytes.length - this.#offset) return undefined;
    this.#offset += length;
    return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + this.#offset - length, length);
  }

  #text(): string | undefined {
    const raw = this.#raw();
    return raw && ((raw.length <= SHORT_TEXT ? asciiOf(raw) : undefined) ?? textOf(raw));
  }

  /** Every item needs a byte, so a count beyond what is left is a lie. */
  #count(depth: number, bytesEach: number): number | undefined {
    const count = this.#argument();
    if (count === undefined || count * bytesEach > this.#bytes.length - this.#offset) return undefined;
    return count > 0 && depth >= CBOR_DEPTH_MAX ? undefined : count;
  }

  #array(depth: number): CborValue | undefined {
    const count = this.#count(depth, 1);
    if (count === undefined) return undefined;
    const items: CborValue[] = [];
    for (let index = 0; index < count; index += 1) {
      const item = this.item(depth + 1);
      if (item === undefined) return undefined;
      items.push(item);
    }
    return items;
  }

  #map(depth: number): CborValue | undefined {
    const count = this.#count(depth, 2);
    if (count === undefined) return undefined;
    const record: { [key: string]: CborValue } = {};
    let before: Uint8Array | undefined;
    for (let index = 0; index < count; index += 1) {
      const from = this.#offset;
      this.#items += 1;
      if (this.#items > CBOR_ITEMS_MAX || from >= this.#bytes.length || this.#bytes[from]! >> 5 !== MAJOR.text)
        return undefined;
      const key = this.#text();
      const encoded = this.#bytes.subarray(from, this.#offset);
      // An inherited name would change the record and not stand in it.
      if (key === undefined || key === '__proto__') return undefined;
      if (before !== undefined && compare(before, encoded) >= 0) return undefined;
      before = encoded;
      const value = this.item(depth + 1);
      if (value === undefined) return undefined;
      record[key] = value;
    }
    return record;
  }
}

function atLeast(value: number, min: number): number | undefined {
  return value < min ? undefined : value;
}

/** undefined where a letter is not ASCII. */
function asciiOf(bytes: Uint8Array): string | undefined {
  let text = '';
  for (const byte of bytes) {
    if (byte > ASCII_MAX) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}

/** The items of a list, each as `read` gives it; undefined for what is no list, has more than `max` items, or one that `read` refuses. */
export function listOf<Item>(
  value: CborValue | undefined,
  read: (item: CborValue, index: number) => Item | undefined,
  max: number = CBOR_ITEMS_MAX,
): Item[] | undefined {
  if (!Array.isArray(value) || value.length > max) return undefined;
  const items: Item[] = [];
  for (const [index, each] of (value as readonly CborValue[]).entries()) {
    const item = read(each, index);
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
}
