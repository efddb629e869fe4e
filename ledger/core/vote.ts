import { decodeBlockId, encodeBlockId, isNil, NIL_BLOCK_ID, type BlockId } from './block-id.ts';
import { EMPTY_BYTES, equal } from './bytes.ts';
import type { Crypto } from './crypto.ts';
import {
  delimited,
  message,
  putBytes,
  putInt32,
  putInt64,
  putMessage,
  putSfixed64,
  putString,
  readBytes,
  readFields,
  readMessage,
  readSmall,
  readVarint,
} from './proto.ts';
import { decodeTimestamp, encodeTimestamp } from './time.ts';

/** SignedMsgType of CometBFT. */
export const PREVOTE = 1;
export const PRECOMMIT = 2;
export const PROPOSAL = 32;

export const VOTE_BYTES_MAX = 512;
export const VALIDATORS_MAX = 200;
export const ADDRESS_BYTES = 20;
export const SIGNATURE_BYTES = 64;

/** tendermint.types.Vote without extensions, which the ledger does not use. */
export interface Vote {
  readonly type: typeof PREVOTE | typeof PRECOMMIT;
  readonly height: bigint;
  readonly round: number;
  /** NIL_BLOCK_ID for a vote for nil. */
  readonly blockId: BlockId;
  readonly timeNs: bigint;
  /** 20 bytes. */
  readonly validator: Uint8Array;
  /** Position in the validator set of the height. */
  readonly index: number;
  /** 64 bytes, or none before it is signed. */
  readonly signature: Uint8Array;
}

export interface Proposal {
  readonly height: bigint;
  readonly round: number;
  /** validRound of the paper, or −1. */
  readonly polRound: number;
  readonly blockId: BlockId;
  readonly timeNs: bigint;
  readonly signature: Uint8Array;
}

type UnsignedVote = Pick<Vote, 'type' | 'height' | 'round' | 'blockId' | 'timeNs'>;
type UnsignedProposal = Omit<Proposal, 'signature'>;

/** Length-delimited CanonicalVote: the bytes that a validator signs. */
export function voteSignBytes(chainId: string, vote: UnsignedVote): Uint8Array {
  return delimited(
    message((writer) => {
      putInt32(writer, 1, vote.type);
      putSfixed64(writer, 2, vote.height);
      putSfixed64(writer, 3, BigInt(vote.round));
      if (!isNil(vote.blockId)) putMessage(writer, 4, encodeBlockId(vote.blockId));
      putMessage(writer, 5, encodeTimestamp(vote.timeNs));
      putString(writer, 6, chainId);
    }),
  );
}

/** Length-delimited CanonicalProposal. */
export function proposalSignBytes(chainId: string, proposal: UnsignedProposal): Uint8Array {
  return delimited(
    message((writer) => {
      putInt32(writer, 1, PROPOSAL);
      putSfixed64(writer, 2, proposal.height);
      putSfixed64(writer, 3, BigInt(proposal.round));
      putInt64(writer, 4, BigInt(proposal.polRound));
      if (!isNil(proposal.blockId)) putMessage(writer, 5, encodeBlockId(proposal.blockId));
      putMessage(writer, 6, encodeTimestamp(proposal.timeNs));
      putString(writer, 7, chainId);
    }),
  );
}

/** SHA-256 of the sign bytes: what `Crypto.sign` and `Crypto.verify` take. */
export function voteDigest(chainId: string, vote: UnsignedVote, crypto: Pick<Crypto, 'sha256'>): Uint8Array {
  return crypto.sha256(voteSignBytes(chainId, vote));
}

export function proposalDigest(
  chainId: string,
  proposal: UnsignedProposal,
  crypto: Pick<Crypto, 'sha256'>,
): Uint8Array {
  return crypto.sha256(proposalSignBytes(chainId, proposal));
}

export function encodeVote(vote: Vote): Uint8Array {
  return message((writer) => {
    putInt32(writer, 1, vote.type);
    putInt64(writer, 2, vote.height);
    putInt32(writer, 3, vote.round);
    putMessage(writer, 4, encodeBlockId(vote.blockId));
    putMessage(writer, 5, encodeTimestamp(vote.timeNs));
    putBytes(writer, 6, vote.validator);
    putInt32(writer, 7, vote.index);
    putBytes(writer, 8, vote.signature);
  });
}

/** A signed vote exactly as `encodeVote` writes it; undefined for anything else. The signature is not checked here. */
export function decodeVote(bytes: Uint8Array): Vote | undefined {
  if (bytes.length > VOTE_BYTES_MAX) return undefined;
  let type: Vote['type'] | undefined;
  const rest = {
    height: 0n,
    round: 0,
    blockId: NIL_BLOCK_ID,
    timeNs: 0n,
    validator: EMPTY_BYTES,
    index: 0,
    signature: EMPTY_BYTES,
  };
  const isRead = readFields(bytes, {
    1: readSmall(
      (value) => ((type = value === PREVOTE || value === PRECOMMIT ? value : undefined), type !== undefined),
    ),
    2: readVarint((value) => ((rest.height = value), value > 0n)),
    3: readSmall((value) => void (rest.round = value)),
    4: readMessage(decodeBlockId, (value) => void (rest.blockId = value)),
    5: readMessage(decodeTimestamp, (value) => void (rest.timeNs = value)),
    6: readBytes(ADDRESS_BYTES, (value) => ((rest.validator = value), value.length === ADDRESS_BYTES)),
    7: readSmall((value) => ((rest.index = value), value < VALIDATORS_MAX)),
    8: readBytes(SIGNATURE_BYTES, (value) => ((rest.signature = value), value.length === SIGNATURE_BYTES)),
  });
  if (!isRead || type === undefined) return undefined;
  const vote = { type, ...rest };
  return equal(encodeVote(vote), bytes) ? vote : undefined;
}

/** tendermint.types.Proposal. */
export function encodeProposal(proposal: Proposal): Uint8Array {
  return message((writer) => {
    putInt32(writer, 1, PROPOSAL);
    putInt64(writer, 2, proposal.height);
    putInt32(writer, 3, proposal.round);
    putInt32(writer, 4, proposal.polRound);
    putMessage(writer, 5, encodeBlockId(proposal.blockId));
    putMessage(writer, 6, encodeTimestamp(proposal.timeNs));
    putBytes(writer, 7, proposal.signature);
  });
}

/** A signed proposal exactly as `encodeProposal` writes it; undefined for anything else. The signature is not checked here. */
export function decodeProposal(bytes: Uint8Array): Proposal | undefined {
  if (bytes.length > VOTE_BYTES_MAX) return undefined;
  const proposal = { height: 0n, round: 0, polRound: 0, blockId: NIL_BLOCK_ID, timeNs: 0n, signature: EMPTY_BYTES };
  const isRead = readFields(bytes, {
    1: readSmall((value) => value === PROPOSAL),
    2: readVarint((value) => ((proposal.height = value), value > 0n)),
    3: readSmall((value) => void (proposal.round = value)),
    4: readVarint((value) => ((proposal.polRound = Number(value)), value >= -1n && value < 0x80000000n)),
    5: readMessage(decodeBlockId, (value) => void (proposal.blockId = value)),
    6: readMessage(decodeTimestamp, (value) => void (proposal.timeNs = value)),
    7: readBytes(SIGNATURE_BYTES, (value) => ((proposal.signature = value), value.length === SIGNATURE_BYTES)),
  });
  return isRead && equal(encodeProposal(proposal), bytes) ? proposal : undefined;
}
