import { decode as decodeTokens, encode as encodeTokens, Tokenizer, Type, type Token } from 'cborg';
import { assert } from './assert.ts';
import { equal } from './bytes.ts';
import { fail, ok, type Result } from './result.ts';

/**
 * What may be hashed or stored: integers are bigint, maps have string keys, no floats, no undefined.
 * Encoding is deterministic CBOR (RFC 8949 §4.2.1); decoding is strict and returns every integer as bigint.
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

const ENCODE_OPTIONS = {
  typeEncoders: {
    number: (): never => refuse('a number was given to the codec: integers are bigint'),
    undefined: (): never => refuse('undefined was given to the codec'),
  },
};

// The key order of RFC 8949 §4.2.1 is bytewise over the encoded keys; for keys that are all strings cborg's length-first order is the same.
const DECODE_OPTIONS = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  allowBigInt: true,
  rejectDuplicateMapKeys: true,
};

function refuse(fact: string): never {
  assert(false, fact);
}

/** Deterministic CBOR. Integers lie in [−2^64, 2^64). */
export function encode(value: CborValue): Uint8Array {
  // In Node the library answers with a view of Buffer's pool, whose slice is no copy and which a kept record would keep alive.
  return new Uint8Array(encodeTokens(value, ENCODE_OPTIONS));
}

/**
 * Strict inverse of `encode`: one item, no trailing bytes, no duplicate key, shortest forms, sorted keys, UTF-8; never throws.
 */
export function decode(bytes: Uint8Array, bytesMax: number = CBOR_BYTES_MAX): Result<CborValue, CodecCode> {
  if (bytes.length > bytesMax) return fail(codecCodes.TOO_LARGE);
  const shape = scan(bytes);
  if (shape === undefined) return fail(codecCodes.MALFORMED);
  try {
    const options = shape.hasMark ? { ...DECODE_OPTIONS, tokenizer: keepingMarks(bytes) } : DECODE_OPTIONS;
    const value = withBigints(decodeTokens(bytes, options));
    if (value === undefined || !equal(encode(value), bytes)) return fail(codecCodes.MALFORMED);
    return ok(value);
  } catch {
    return fail(codecCodes.MALFORMED);
  }
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

/** The library drops a byte-order mark at the beginning of a text; a title may begin with one, and it must come back. */
function keepingMarks(bytes: Uint8Array): { done(): boolean; next(): Token; pos(): number } {
  const tokens = new Tokenizer(new Uint8Array(bytes), { ...DECODE_OPTIONS, retainStringBytes: true });
  return {
    done: () => tokens.done(),
    pos: () => tokens.pos(),
    next: () => {
      const token = tokens.next();
      if (Type.equals(token.type, Type.string) && beginsWithMark(token.byteValue ?? new Uint8Array(0), 0)) {
        token.value = `\ufeff${String(token.value)}`;
      }
      return token;
    },
  };
}

function beginsWithMark(bytes: Uint8Array, offset: number): boolean {
  return bytes[offset] === 0xef && bytes[offset + 1] === 0xbb && bytes[offset + 2] === 0xbf;
}

/** Replaces the library's small-integer numbers by bigint in place; floats fail the later comparison of bytes. */
function withBigints(value: unknown): CborValue | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value as CborValue;
  const container = value as Record<string, unknown>;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const item = withBigints(value[i]);
      if (item === undefined) return undefined;
      value[i] = item;
    }
    return value as readonly CborValue[];
  }
  for (const key of Object.keys(container)) {
    if (key === '__proto__') return undefined;
    const item = withBigints(container[key]);
    if (item === undefined) return undefined;
    container[key] = item;
  }
  return container as { readonly [key: string]: CborValue };
}

/** Walks the heads without recursion, so that hostile nesting or counts cost nothing before they are refused: then undefined. */
function scan(bytes: Uint8Array): { readonly hasMark: boolean } | undefined {
  const open: number[] = [];
  let hasMark = false;
  let items = 0;
  let offset = 0;
  let left = 1;
  while (left > 0) {
    if (offset >= bytes.length || ++items > CBOR_ITEMS_MAX) return undefined;
    const initial = bytes[offset]!;
    const major = initial >> 5;
    const argument = readArgument(bytes, offset);
    if (argument === undefined || major === 6 || (major === 7 && (initial < 0xf4 || initial > 0xf6))) return undefined;
    offset = argument.next;
    left -= 1;
    if (major === 2 || major === 3) {
      if (argument.value > bytes.length - offset) return undefined;
      if (major === 3 && argument.value >= 3 && beginsWithMark(bytes, offset)) hasMark = true;
      offset += argument.value;
    } else if (major === 4 || major === 5) {
      // Every item needs a byte, so a count beyond what is left is a lie.
      if (argument.value > bytes.length - offset) return undefined;
      if (argument.value > 0) {
        if (open.length >= CBOR_DEPTH_MAX) return undefined;
        open.push(left);
        left = major === 5 ? argument.value * 2 : argument.value;
      }
    }
    while (left === 0 && open.length > 0) left = open.pop()!;
  }
  return offset === bytes.length ? { hasMark } : undefined;
}

/** RFC 8949 §3: the argument of the head at `offset` and where the head ends; undefined for reserved, indefinite or cut-off heads. */
function readArgument(bytes: Uint8Array, offset: number): { value: number; next: number } | undefined {
  const additional = bytes[offset]! & 0x1f;
  if (additional < 24) return { value: additional, next: offset + 1 };
  if (additional > 27) return undefined;
  const width = 1 << (additional - 24);
  if (offset + 1 + width > bytes.length) return undefined;
  let value = 0;
  for (let i = 0; i < width; i++) value = value * 256 + bytes[offset + 1 + i]!;
  return { value, next: offset + 1 + width };
}
