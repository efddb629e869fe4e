import { EMPTY_BYTES, equal } from './bytes.ts';
import { message, putBytes, putInt32, putMessage, readBytes, readFields, readMessage, readSmall } from './proto.ts';

/** Number of 64 KiB parts of an encoded block, and the Merkle root over them. */
export interface PartSetHeader {
  readonly total: number;
  /** 32 bytes, or none in the nil block id. */
  readonly hash: Uint8Array;
}

/** What a vote names: header hash and part set. Both empty stand for nil. */
export interface BlockId {
  /** 32 bytes, or none in the nil block id. */
  readonly hash: Uint8Array;
  readonly parts: PartSetHeader;
}

export const NIL_BLOCK_ID: BlockId = { hash: EMPTY_BYTES, parts: { total: 0, hash: EMPTY_BYTES } };

export function isNil(id: BlockId): boolean {
  return id.hash.length === 0 && id.parts.total === 0 && id.parts.hash.length === 0;
}

/** True when both hashes are there: what may be proposed, voted for and committed. */
export function isComplete(id: BlockId): boolean {
  return id.hash.length === 32 && id.parts.total > 0 && id.parts.hash.length === 32;
}

export function equalBlockId(left: BlockId, right: BlockId): boolean {
  return (
    equal(left.hash, right.hash) && left.parts.total === right.parts.total && equal(left.parts.hash, right.parts.hash)
  );
}

/** tendermint.types.PartSetHeader; CanonicalPartSetHeader has the same bytes. */
export function encodePartSetHeader(parts: PartSetHeader): Uint8Array {
  return message((writer) => {
    putInt32(writer, 1, parts.total);
    putBytes(writer, 2, parts.hash);
  });
}

/** tendermint.types.BlockID; CanonicalBlockID has the same bytes. */
export function encodeBlockId(id: BlockId): Uint8Array {
  return message((writer) => {
    putBytes(writer, 1, id.hash);
    putMessage(writer, 2, encodePartSetHeader(id.parts));
  });
}

export function decodePartSetHeader(bytes: Uint8Array): PartSetHeader | undefined {
  let total = 0;
  let hash = EMPTY_BYTES;
  const isRead = readFields(bytes, {
    1: readSmall((value) => void (total = value)),
    2: readBytes(32, (value) => ((hash = value), value.length === 32)),
  });
  return isRead ? { total, hash } : undefined;
}

export function decodeBlockId(bytes: Uint8Array): BlockId | undefined {
  let hash = EMPTY_BYTES;
  let parts: PartSetHeader | undefined;
  const isRead = readFields(bytes, {
    1: readBytes(32, (value) => ((hash = value), value.length === 32)),
    2: readMessage(decodePartSetHeader, (value) => void (parts = value)),
  });
  return isRead && parts !== undefined ? { hash, parts } : undefined;
}
