/**
 * What may be hashed or stored: integers are bigint, maps have string keys, no floats, no undefined.
 * Encoding is deterministic CBOR (RFC 8949 §4.2.1); decoding is strict and returns every integer as bigint.
 */
export type CborValue =
  | bigint
  | string
  | boolean
  | null
  | Uint8Array
  | readonly CborValue[]
  | { readonly [key: string]: CborValue };
