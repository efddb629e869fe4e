/**
 * What may be hashed or stored: integers are bigint, maps have string keys, no floats, no undefined.
 * Encoding is deterministic CBOR (RFC 8949 §4.2.1); decoding is strict and returns every integer as bigint. Written here, because a
 * general library spends most of its time on what these bytes can never be (decision 0023); cborg stands beside it in the tests.
 */
export type CborValue =
  bigint | string | boolean | null | Uint8Array | readonly CborValue[] | { readonly [key: string]: CborValue };

/** RFC 8949 §3.1. */
export const MAJOR = { unsigned: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5 } as const;
export const FALSE = 0xf4;
export const TRUE = 0xf5;
export const NULL = 0xf6;
/** Up to here an argument is a safe integer in 32 bits; beyond, it takes eight bytes. */
export const WORD_MAX = 0xffff_ffff;
export const WIDE_MAX = 0xffff_ffff_ffff_ffffn;

/** Longest head of an argument below 2³². */
export const HEAD_BYTES_MAX = 5;

/** Bytes of the shortest head of an argument below 2³². */
export function headLength(argument: number): number {
  return argument < 24 ? 1 : argument <= 0xff ? 2 : argument <= 0xffff ? 3 : HEAD_BYTES_MAX;
}

/** Writes that head at `offset`, where there is room for it; answers where it ends. */
export function writeHead(target: Uint8Array, offset: number, major: number, argument: number): number {
  if (argument < 24) {
    target[offset] = (major << 5) | argument;
    return offset + 1;
  }
  const width = headLength(argument) - 1;
  target[offset] = (major << 5) | (24 + (width >> 1));
  for (let at = 1; at <= width; at += 1) target[offset + at] = argument >>> (8 * (width - at));
  return offset + 1 + width;
}
