import { assert } from './assert.ts';
import { readU64, writeU64 } from './bytes.ts';

/** contract u8 ‖ table u8 ‖ id u64 big-endian. */
export const RECORD_KEY_LENGTH = 10;

export interface RecordKey {
  readonly contract: number;
  readonly table: number;
  readonly id: bigint;
}

/** Key of a record (PROTOCOL, State); byte order is (contract, table, id) order. */
export function recordKey(contract: number, table: number, id: bigint): Uint8Array {
  assert(contract >= 0 && contract <= 255 && table >= 0 && table <= 255, 'contract and table fit a byte');
  assert(id >= 0n && id <= 0xffffffffffffffffn, 'a record id fits 64 bits');
  const key = new Uint8Array(RECORD_KEY_LENGTH);
  key[0] = contract;
  key[1] = table;
  writeU64(key, 2, id);
  return key;
}

/** Parts of a ten-byte key. */
export function splitRecordKey(key: Uint8Array): RecordKey {
  assert(key.length === RECORD_KEY_LENGTH, 'a record key has ten bytes');
  return { contract: key[0]!, table: key[1]!, id: readU64(key, 2) };
}
