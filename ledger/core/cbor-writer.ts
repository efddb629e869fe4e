import { assert } from './assert.ts';
import { ASCII_MAX, SHORT_TEXT, utf8 } from './bytes.ts';
import { FALSE, HEAD_BYTES_MAX, MAJOR, NULL, TRUE, WIDE_MAX, WORD_MAX, writeHead, type CborValue } from './cbor.ts';
import { KeyLayouts } from './key-layouts.ts';

const WRITER_BYTES = 4_096;
const WRITER_KEPT_MAX = 1 << 20;

/** Writes deterministic CBOR (codec.ts): appends to one buffer that grows, and is used again for the next value. */
export class CborWriter {
  #bytes = new Uint8Array(WRITER_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  readonly #layouts = new KeyLayouts();

  /** A copy of what was written; the writer is empty afterwards. */
  taken(): Uint8Array {
    const bytes = this.#bytes.slice(0, this.#length);
    this.#empty();
    return bytes;
  }

  /** What was written, lent until `use` is over, where a copy is not wanted; the writer is empty afterwards. */
  lent<Found>(use: (bytes: Uint8Array) => Found): Found {
    const found = use(this.#bytes.subarray(0, this.#length));
    this.#empty();
    return found;
  }

  /** A byte that is no item, in front of one. */
  prefix(byte: number): void {
    this.#byte(byte);
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
    const inOrder = this.#layouts.of(Object.keys(record));
    this.#head(MAJOR.map, inOrder.length);
    // All at once: objects of so many shapes are slow to ask key by key.
    const values = Object.values(record);
    for (const { encoded, place } of inOrder) {
      this.#copy(encoded);
      this.value(values[place]!);
    }
  }

  /** Letter by letter: most keys are shorter than what a call of `set` takes. */
  #copy(encoded: Uint8Array): void {
    this.#reserve(encoded.length);
    const [bytes, from] = [this.#bytes, this.#length];
    for (let at = 0; at < encoded.length; at += 1) bytes[from + at] = encoded[at]!;
    this.#length = from + encoded.length;
  }

  #integer(value: bigint): void {
    const near = Number(value);
    // So far a number is exact.
    if (near >= 0 && near <= WORD_MAX) return this.#head(MAJOR.unsigned, near);
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
    this.#reserve(HEAD_BYTES_MAX + length);
    const bytes = this.#bytes;
    const from = writeHead(bytes, this.#length, MAJOR.text, length);
    for (let at = 0; at < length; at += 1) {
      const code = text.charCodeAt(at);
      if (code > ASCII_MAX) return false;
      bytes[from + at] = code;
    }
    this.#length = from + length;
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

  #head(major: number, argument: number): void {
    this.#reserve(HEAD_BYTES_MAX);
    this.#length = writeHead(this.#bytes, this.#length, major, argument);
  }

  #empty(): void {
    this.#length = 0;
    if (this.#bytes.length > WRITER_KEPT_MAX) this.#replace(new Uint8Array(WRITER_BYTES));
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
