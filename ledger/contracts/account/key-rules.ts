import { LABEL_MAX } from './definition.ts';
/** Authorised keys an account may ever have, revoked ones included. */
export const KEYS_MAX = 64n;
/** Addresses that may share their first eight bytes; finding two costs 2^32 hashes. */
export const ADDRESS_BUCKET_MAX = 16;

/** Points of small order on Curve25519 (RFC 7748 section 6.1 warns of them): nothing sealed to one is secret. Little-endian hex. */
const SMALL_ORDER = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

/** An X25519 public key that can be sealed to: 32 bytes, not of small order. */
export function isEncryptionKey(key: Uint8Array): boolean {
  if (key.length !== 32) return false;
  // The top bit is ignored by X25519, so it must not hide a small-order point.
  const masked = Array.from(key, (byte, index) => (index === 31 ? byte & 0x7f : byte));
  return !SMALL_ORDER.has(masked.map((byte) => byte.toString(16).padStart(2, '0')).join(''));
}

/** 1 to 64 characters without control characters. */
export function isLabel(label: string): boolean {
  return label.length > 0 && label.length <= LABEL_MAX && !/\p{Cc}/u.test(label);
}

/** Record id of an address: its first eight bytes, which are a hash already. */
export function bucketOf(address: Uint8Array): bigint {
  return address.subarray(0, 8).reduce((id, byte) => (id << 8n) | BigInt(byte), 0n);
}
