import { CborReader, CBOR_ITEMS_MAX } from './cbor-reader.ts';
import { CborWriter } from './cbor-writer.ts';
import type { CborValue } from './cbor.ts';
import { fail, ok, type Result } from './result.ts';

export type { CborValue } from './cbor.ts';

export const codecCodes = { MALFORMED: 1, TOO_LARGE: 2 } as const;
export type CodecCode = (typeof codecCodes)[keyof typeof codecCodes];

/** Longest input that is read when the caller names no bound. */
export const CBOR_BYTES_MAX = 1 << 24;

let spare: CborWriter | undefined;

/** Deterministic CBOR. Integers lie in [−2^64, 2^64). */
export function encode(value: CborValue): Uint8Array {
  return writing((writer) => {
    writer.value(value);
    return writer.taken();
  });
}

/** A byte and the deterministic CBOR of a value, for a hash alone: lent until `use` is over, which encodes nothing itself. */
export function withEncoded<Found>(prefix: number, value: CborValue, use: (bytes: Uint8Array) => Found): Found {
  return writing((writer) => {
    writer.prefix(prefix);
    writer.value(value);
    return writer.lent(use);
  });
}

function writing<Found>(write: (writer: CborWriter) => Found): Found {
  const writer = spare ?? new CborWriter();
  // A value that throws leaves a half-written writer behind, and takes it along.
  spare = undefined;
  const written = write(writer);
  spare = writer;
  return written;
}

/**
 * Strict inverse of `encode`: one item, no trailing bytes, no duplicate key, shortest forms, sorted keys, UTF-8; never throws.
 */
export function decode(bytes: Uint8Array, bytesMax: number = CBOR_BYTES_MAX): Result<CborValue, CodecCode> {
  if (bytes.length > bytesMax) return fail(codecCodes.TOO_LARGE);
  const reader = new CborReader(bytes);
  const value = reader.item(0);
  return value === undefined || !reader.isAtEnd ? fail(codecCodes.MALFORMED) : ok(value);
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
