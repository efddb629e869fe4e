import { decodeBlockId, encodeBlockId, NIL_BLOCK_ID, type BlockId } from './block-id.ts';
import { EMPTY_BYTES, equal } from './bytes.ts';
import type { Crypto } from './crypto.ts';
import { merkleRoot } from './merkle.ts';
import {
  message,
  putBytes,
  putInt64,
  putMessage,
  putString,
  putUint64,
  readBytes,
  readFields,
  readMessage,
  readText,
  readVarint,
  type FieldReader,
} from './proto.ts';
import { decodeTimestamp, encodeTimestamp } from './time.ts';
import { ADDRESS_BYTES } from './vote.ts';

/** version.block of CometBFT 0.34 to 0.40. */
export const BLOCK_PROTOCOL = 11n;
export const CHAIN_ID_LENGTH_MAX = 50;
export const HEADER_BYTES_MAX = 1_024;

/** tendermint.types.Header. Hashes have 32 bytes unless said otherwise. */
export interface Header {
  readonly version: { readonly block: bigint; readonly app: bigint };
  readonly chainId: string;
  readonly height: bigint;
  readonly timeNs: bigint;
  /** NIL_BLOCK_ID at height 1. */
  readonly lastBlockId: BlockId;
  readonly lastCommitHash: Uint8Array;
  readonly dataHash: Uint8Array;
  readonly validatorsHash: Uint8Array;
  readonly nextValidatorsHash: Uint8Array;
  readonly consensusHash: Uint8Array;
  /** After the previous block; up to 32 bytes. */
  readonly appHash: Uint8Array;
  readonly lastResultsHash: Uint8Array;
  readonly evidenceHash: Uint8Array;
  /** 20 bytes. */
  readonly proposer: Uint8Array;
}

/** google.protobuf wrappers (StringValue, Int64Value, BytesValue): an empty value has no bytes at all. */
const wrapped = {
  text: (value: string): Uint8Array => message((writer) => putString(writer, 1, value)),
  int64: (value: bigint): Uint8Array => message((writer) => putInt64(writer, 1, value)),
  bytes: (value: Uint8Array): Uint8Array => message((writer) => putBytes(writer, 1, value)),
};

function encodeVersion(version: Header['version']): Uint8Array {
  return message((writer) => {
    putUint64(writer, 1, version.block);
    putUint64(writer, 2, version.app);
  });
}

/** Block hash: Merkle root over the encoded fields in order (CometBFT spec, data structures, Header). */
export function headerHash(header: Header, crypto: Pick<Crypto, 'sha256'>): Uint8Array {
  return merkleRoot(
    [
      encodeVersion(header.version),
      wrapped.text(header.chainId),
      wrapped.int64(header.height),
      encodeTimestamp(header.timeNs),
      encodeBlockId(header.lastBlockId),
      wrapped.bytes(header.lastCommitHash),
      wrapped.bytes(header.dataHash),
      wrapped.bytes(header.validatorsHash),
      wrapped.bytes(header.nextValidatorsHash),
      wrapped.bytes(header.consensusHash),
      wrapped.bytes(header.appHash),
      wrapped.bytes(header.lastResultsHash),
      wrapped.bytes(header.evidenceHash),
      wrapped.bytes(header.proposer),
    ],
    crypto,
  );
}

export function encodeHeader(header: Header): Uint8Array {
  return message((writer) => {
    putMessage(writer, 1, encodeVersion(header.version));
    putString(writer, 2, header.chainId);
    putInt64(writer, 3, header.height);
    putMessage(writer, 4, encodeTimestamp(header.timeNs));
    putMessage(writer, 5, encodeBlockId(header.lastBlockId));
    putBytes(writer, 6, header.lastCommitHash);
    putBytes(writer, 7, header.dataHash);
    putBytes(writer, 8, header.validatorsHash);
    putBytes(writer, 9, header.nextValidatorsHash);
    putBytes(writer, 10, header.consensusHash);
    putBytes(writer, 11, header.appHash);
    putBytes(writer, 12, header.lastResultsHash);
    putBytes(writer, 13, header.evidenceHash);
    putBytes(writer, 14, header.proposer);
  });
}

function decodeVersion(bytes: Uint8Array): Header['version'] | undefined {
  let block = 0n;
  let app = 0n;
  const isRead = readFields(bytes, {
    1: readVarint((value) => ((block = value), value >= 0n)),
    2: readVarint((value) => ((app = value), value >= 0n)),
  });
  return isRead ? { block, app } : undefined;
}

/** A header exactly as `encodeHeader` writes it; undefined for anything else. */
export function decodeHeader(bytes: Uint8Array): Header | undefined {
  if (bytes.length > HEADER_BYTES_MAX) return undefined;
  const header: { -readonly [Field in keyof Header]: Header[Field] } = {
    version: { block: 0n, app: 0n },
    chainId: '',
    height: 0n,
    timeNs: 0n,
    lastBlockId: NIL_BLOCK_ID,
    lastCommitHash: EMPTY_BYTES,
    dataHash: EMPTY_BYTES,
    validatorsHash: EMPTY_BYTES,
    nextValidatorsHash: EMPTY_BYTES,
    consensusHash: EMPTY_BYTES,
    appHash: EMPTY_BYTES,
    lastResultsHash: EMPTY_BYTES,
    evidenceHash: EMPTY_BYTES,
    proposer: EMPTY_BYTES,
  };
  type HashField = { [Field in keyof Header]: Header[Field] extends Uint8Array ? Field : never }[keyof Header];
  const bytesInto = (field: HashField, lengthMax = 32): FieldReader =>
    readBytes(lengthMax, (value) => void (header[field] = value));
  const isRead = readFields(bytes, {
    1: readMessage(decodeVersion, (value) => void (header.version = value)),
    2: readText(CHAIN_ID_LENGTH_MAX, (value) => void (header.chainId = value)),
    3: readVarint((value) => ((header.height = value), value > 0n)),
    4: readMessage(decodeTimestamp, (value) => void (header.timeNs = value)),
    5: readMessage(decodeBlockId, (value) => void (header.lastBlockId = value)),
    6: bytesInto('lastCommitHash'),
    7: bytesInto('dataHash'),
    8: bytesInto('validatorsHash'),
    9: bytesInto('nextValidatorsHash'),
    10: bytesInto('consensusHash'),
    11: bytesInto('appHash'),
    12: bytesInto('lastResultsHash'),
    13: bytesInto('evidenceHash'),
    14: bytesInto('proposer', ADDRESS_BYTES),
  });
  return isRead && header.height > 0n && equal(encodeHeader(header), bytes) ? header : undefined;
}
