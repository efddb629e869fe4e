import { readU32, toHex } from '#ledger/core/bytes.ts';
import type { CborValue } from '#ledger/core/codec.ts';
import { TIMESTAMP_MS_MAX } from '#ledger/core/time.ts';
import {
  address,
  height,
  NO_ROUND,
  round,
  valueId,
  type Address,
  type NoRound,
  type Round,
  type SignedProposal,
  type SignedVote,
  type ValueId,
} from '#ledger/consensus/types.ts';

/** Rounds are below 2³¹ (consensus/types.ts); one message never carries a longer id or signature than these. */
const ROUND_MAX = 0x7fffffffn;
const ADDRESS_BYTES = 20;
const SIGNATURE_BYTES = 64;
const HEIGHT_MAX = 2n ** 63n - 1n;
/** Block hash 32 ‖ number of parts u32 ‖ part-set hash 32: what a vote signs about a block. */
export const VALUE_ID_BYTES = 68;
const HASH_BYTES = 32;
const PARTS_MAX = 0x7fffffff;

function bytesOf(value: CborValue | undefined, length: number): Uint8Array | undefined {
  return value instanceof Uint8Array && value.length === length ? value : undefined;
}

export function roundOf(value: CborValue | undefined): Round | undefined {
  return typeof value === 'bigint' && value >= 0n && value <= ROUND_MAX ? round(Number(value)) : undefined;
}

function validRoundOf(value: CborValue | undefined): Round | NoRound | undefined {
  return value === -1n ? NO_ROUND : roundOf(value);
}

export function heightOf(value: CborValue | undefined): bigint | undefined {
  return typeof value === 'bigint' && value > 0n && value <= HEIGHT_MAX ? value : undefined;
}

/**
 * Only what can be a block's: it has at least one part, and their number fits CometBFT's int32. A vote for anything else could be counted, and
 * make a commit in which nobody could tell what was signed.
 */
export function valueIdOf(value: CborValue | undefined): ValueId | undefined {
  const bytes = bytesOf(value, VALUE_ID_BYTES);
  if (bytes === undefined) return undefined;
  const parts = readU32(bytes, HASH_BYTES);
  return parts > 0 && parts <= PARTS_MAX ? valueId(toHex(bytes)) : undefined;
}

/** null is nil. */
export function optionalValueIdOf(value: CborValue | undefined): ValueId | null | undefined {
  return value === null ? null : valueIdOf(value);
}

function addressOf(value: CborValue | undefined): Address | undefined {
  const bytes = bytesOf(value, ADDRESS_BYTES);
  return bytes === undefined ? undefined : address(toHex(bytes));
}

/** Only what can be read back from a commit: a precommit of the year 10000 would make one that nobody can. */
function timestampOf(value: CborValue | undefined): bigint | undefined {
  return typeof value === 'bigint' && value >= 0n && value <= TIMESTAMP_MS_MAX ? value : undefined;
}

/** Of hex that this program made: many times a height, so by Node's decoder. */
export function hexBytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

export function voteToCbor({ vote, timestampMs, signature }: SignedVote): CborValue {
  const id = vote.valueId === null ? null : hexBytes(vote.valueId);
  const kind = vote.kind === 'prevote' ? 1n : 2n;
  return [kind, vote.height, BigInt(vote.round), id, hexBytes(vote.validator), timestampMs, signature];
}

/** Shape and lengths only; the signature is the caller's to check. */
export function voteFromCbor(value: CborValue | undefined): SignedVote | undefined {
  if (!Array.isArray(value) || value.length !== 7) return undefined;
  const [kind, ...fields] = value as readonly CborValue[];
  const voteHeight = heightOf(fields[0]);
  const voteRound = roundOf(fields[1]);
  const id = optionalValueIdOf(fields[2]);
  const validator = addressOf(fields[3]);
  const timestampMs = timestampOf(fields[4]);
  const signature = bytesOf(fields[5], SIGNATURE_BYTES);
  if ((kind !== 1n && kind !== 2n) || voteHeight === undefined || voteRound === undefined || id === undefined)
    return undefined;
  if (validator === undefined || timestampMs === undefined || signature === undefined) return undefined;
  const vote = {
    kind: kind === 1n ? ('prevote' as const) : ('precommit' as const),
    height: height(voteHeight),
    round: voteRound,
    valueId: id,
    validator,
  };
  return { vote, timestampMs, signature };
}

export function proposalToCbor({ proposal, timestampMs, signature }: SignedProposal): CborValue {
  return [
    proposal.height,
    BigInt(proposal.round),
    hexBytes(proposal.valueId),
    BigInt(proposal.validRound),
    hexBytes(proposal.proposer),
    timestampMs,
    signature,
  ];
}

/** Shape and lengths only; the signature is the caller's to check. */
export function proposalFromCbor(value: CborValue | undefined): SignedProposal | undefined {
  if (!Array.isArray(value) || value.length !== 7) return undefined;
  const fields = value as readonly CborValue[];
  const proposalHeight = heightOf(fields[0]);
  const proposalRound = roundOf(fields[1]);
  const id = valueIdOf(fields[2]);
  const validRound = validRoundOf(fields[3]);
  const proposer = addressOf(fields[4]);
  const timestampMs = timestampOf(fields[5]);
  const signature = bytesOf(fields[6], SIGNATURE_BYTES);
  if (proposalHeight === undefined || proposalRound === undefined || id === undefined) return undefined;
  if (validRound === undefined || proposer === undefined || timestampMs === undefined || signature === undefined)
    return undefined;
  const proposal = { height: height(proposalHeight), round: proposalRound, valueId: id, validRound, proposer };
  return { proposal, timestampMs, signature };
}
