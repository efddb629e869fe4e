import { fromHex } from '#ledger/core/bytes.ts';

const DIGEST_BYTES = 32;
export const DIGEST_CHARACTERS = 2 * DIGEST_BYTES;

/** The SHA-256 of a program, as it is typed, as bytes; undefined for anything else. */
export function parseDigest(typed: string): Uint8Array | undefined {
  const bytes = fromHex(typed.trim().toLowerCase());
  return bytes?.length === DIGEST_BYTES ? bytes : undefined;
}
