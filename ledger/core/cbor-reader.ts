import { ASCII_MAX, SHORT_TEXT, compare } from './bytes.ts';
import { FALSE, MAJOR, NULL, TRUE, WORD_MAX, type CborValue } from './cbor.ts';
import { textOf } from './utf8.ts';

/** Deepest nesting of arrays and maps that is read. */
export const CBOR_DEPTH_MAX = 16;
/** Most items, counted over all levels, that are read. */
export const CBOR_ITEMS_MAX = 1 << 20;

/** Reads items one after the other. Every method answers undefined, at any depth, for what `encode` would not have written. */
export class CborReader {
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
