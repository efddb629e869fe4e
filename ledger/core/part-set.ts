import type { PartSetHeader } from './block-id.ts';
import type { Crypto } from './crypto.ts';
import { merkleRoot } from './merkle.ts';

/** BlockPartSizeBytes of CometBFT. */
export const PART_BYTES = 65_536;

/** Part set header of an encoded block: number of 64 KiB parts and the Merkle root over them. */
export function partSetHeader(block: Uint8Array, crypto: Pick<Crypto, 'sha256'>): PartSetHeader {
  const parts: Uint8Array[] = [];
  for (let offset = 0; offset < block.length; offset += PART_BYTES) {
    parts.push(block.subarray(offset, offset + PART_BYTES));
  }
  return { total: parts.length, hash: merkleRoot(parts, crypto) };
}
