import { CHUNKS_MAX } from '#ledger/abci/snapshot.ts';
import { decode, encode, listOf, type CborValue } from '#ledger/core/codec.ts';
import type { RoundStatus, Status, VotesHeld } from '#ledger/consensus/catch-up.ts';
import { height, type SignedProposal, type SignedVote } from '#ledger/consensus/types.ts';
import {
  heightOf,
  hexBytes,
  optionalValueIdOf,
  proposalFromCbor,
  proposalToCbor,
  roundOf,
  valueIdOf,
  voteFromCbor,
  voteToCbor,
} from './signed-codec.ts';

/** What validators say to each other. Whatever counts in it is signed: proposals, votes, transactions, commits. */
export type PeerMessage =
  | { readonly kind: 'proposal'; readonly signed: SignedProposal; readonly content: Uint8Array }
  | { readonly kind: 'vote'; readonly signed: SignedVote }
  | { readonly kind: 'transaction'; readonly bytes: Uint8Array }
  /** What the sender has of its height, and its last decided one (one below, or the height itself). */
  | { readonly kind: 'status'; readonly decided: bigint; readonly status: Status }
  | { readonly kind: 'block-request'; readonly height: bigint }
  | { readonly kind: 'block'; readonly height: bigint; readonly content: Uint8Array; readonly commit: Uint8Array }
  | { readonly kind: 'snapshot-request' }
  /** The sender's newest snapshot: its manifest, and what shows its state to be decided (origin.ts). Without an offer it has none. */
  | { readonly kind: 'snapshot'; readonly offer: SnapshotOffer | undefined }
  | { readonly kind: 'chunk-request'; readonly height: bigint; readonly index: number }
  | { readonly kind: 'chunk'; readonly height: bigint; readonly index: number; readonly bytes: Uint8Array };

export interface SnapshotOffer {
  readonly manifest: Uint8Array;
  readonly origin: Uint8Array;
}

/** Longest message that is read: a full block and its commit. */
export const PEER_MESSAGE_BYTES_MAX = 8 * 1024 * 1024;
const STATUS_ROUNDS_MAX = 64;
const HELD_MAX = 64;
const MEMBERS_MAX = 2n ** 64n - 1n;
/** Items of a message, its kind among them. */
const LENGTHS: Readonly<Record<PeerMessage['kind'], readonly number[]>> = {
  proposal: [3],
  vote: [2],
  transaction: [2],
  status: [3],
  'block-request': [2],
  block: [4],
  'snapshot-request': [1],
  snapshot: [1, 3],
  'chunk-request': [3],
  chunk: [4],
};

function heldToCbor(held: readonly VotesHeld[]): CborValue {
  return held.map((each) => [each.valueId === null ? null : hexBytes(each.valueId), each.members]);
}

function statusToCbor(status: Status): CborValue {
  const rounds = status.rounds.map((each): CborValue => [
    BigInt(each.round),
    each.proposals.map(hexBytes),
    heldToCbor(each.prevotes),
    heldToCbor(each.precommits),
  ]);
  return [status.height, BigInt(status.round), rounds];
}

function toCbor(message: PeerMessage): CborValue {
  switch (message.kind) {
    case 'proposal':
      return ['proposal', proposalToCbor(message.signed), message.content];
    case 'vote':
      return ['vote', voteToCbor(message.signed)];
    case 'transaction':
      return ['transaction', message.bytes];
    case 'status':
      return ['status', message.decided, statusToCbor(message.status)];
    case 'block-request':
      return ['block-request', message.height];
    case 'block':
      return ['block', message.height, message.content, message.commit];
    case 'snapshot-request':
      return ['snapshot-request'];
    case 'snapshot':
      return ['snapshot', ...(message.offer === undefined ? [] : [message.offer.manifest, message.offer.origin])];
    case 'chunk-request':
      return ['chunk-request', message.height, BigInt(message.index)];
    case 'chunk':
      return ['chunk', message.height, BigInt(message.index), message.bytes];
  }
}

function heldFromCbor(value: CborValue): VotesHeld | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [id, members] = value as readonly CborValue[];
  const valueId = optionalValueIdOf(id);
  if (valueId === undefined || typeof members !== 'bigint' || members < 0n || members > MEMBERS_MAX) return undefined;
  return { valueId, members };
}

function roundStatusFromCbor(value: CborValue): RoundStatus | undefined {
  if (!Array.isArray(value) || value.length !== 4) return undefined;
  const [a, b, c, d] = value as readonly CborValue[];
  const round = roundOf(a);
  const proposals = listOf(b, valueIdOf, HELD_MAX);
  const prevotes = listOf(c, heldFromCbor, HELD_MAX);
  const precommits = listOf(d, heldFromCbor, HELD_MAX);
  if (round === undefined || proposals === undefined || prevotes === undefined || precommits === undefined)
    return undefined;
  return { round, proposals, prevotes, precommits };
}

function statusFromCbor(value: CborValue | undefined): Status | undefined {
  if (!Array.isArray(value) || value.length !== 3) return undefined;
  const [a, b, c] = value as readonly CborValue[];
  const atHeight = a === 0n ? 0n : heightOf(a);
  const round = roundOf(b);
  const rounds = listOf(c, roundStatusFromCbor, STATUS_ROUNDS_MAX);
  if (atHeight === undefined || round === undefined || rounds === undefined) return undefined;
  return { height: height(atHeight), round, rounds };
}

function chunkPlaceOf(
  of: CborValue | undefined,
  at: CborValue | undefined,
): { height: bigint; index: number } | undefined {
  const height = heightOf(of);
  if (height === undefined || typeof at !== 'bigint' || at < 0n || at >= CHUNKS_MAX) return undefined;
  return { height, index: Number(at) };
}

function isKind(value: CborValue | undefined): value is PeerMessage['kind'] {
  return typeof value === 'string' && Object.hasOwn(LENGTHS, value);
}

function fromCbor(value: CborValue): PeerMessage | undefined {
  if (!Array.isArray(value)) return undefined;
  const [kind, a, b, c] = value as readonly CborValue[];
  if (!isKind(kind) || !LENGTHS[kind].includes(value.length)) return undefined;
  switch (kind) {
    case 'proposal': {
      const signed = proposalFromCbor(a);
      return signed !== undefined && b instanceof Uint8Array ? { kind, signed, content: b } : undefined;
    }
    case 'vote': {
      const signed = voteFromCbor(a);
      return signed && { kind, signed };
    }
    case 'transaction':
      return a instanceof Uint8Array ? { kind, bytes: a } : undefined;
    case 'status': {
      const decided = a === 0n ? 0n : heightOf(a);
      const status = statusFromCbor(b);
      return decided !== undefined && status !== undefined ? { kind, decided, status } : undefined;
    }
    case 'block-request': {
      const wanted = heightOf(a);
      return wanted === undefined ? undefined : { kind, height: wanted };
    }
    case 'block': {
      const of = heightOf(a);
      if (of === undefined || !(b instanceof Uint8Array) || !(c instanceof Uint8Array)) return undefined;
      return { kind, height: of, content: b, commit: c };
    }
    case 'snapshot-request':
      return { kind };
    case 'snapshot': {
      if (a === undefined) return { kind, offer: undefined };
      return a instanceof Uint8Array && b instanceof Uint8Array
        ? { kind, offer: { manifest: a, origin: b } }
        : undefined;
    }
    case 'chunk-request': {
      const place = chunkPlaceOf(a, b);
      return place && { kind, ...place };
    }
    case 'chunk': {
      const place = chunkPlaceOf(a, b);
      return place && c instanceof Uint8Array ? { kind, ...place, bytes: c } : undefined;
    }
  }
}

export function encodePeerMessage(message: PeerMessage): Uint8Array {
  return encode(toCbor(message));
}

/** Strict: undefined for anything that a correct validator does not send. Signatures are not checked here. */
export function decodePeerMessage(bytes: Uint8Array): PeerMessage | undefined {
  const decoded = decode(bytes, PEER_MESSAGE_BYTES_MAX);
  return decoded.ok ? fromCbor(decoded.value) : undefined;
}
