import { u64 } from './bytes.ts';
import { decode, encode, withEncoded, type CborValue } from './codec.ts';
import type { Crypto } from './crypto.ts';
import { taggedHash } from './hash.ts';
import { LEAF_PREFIX, merkleRoot } from './merkle.ts';
import { fail, ok, type Result } from './result.ts';

/** A due item as a receipt names it: unique on the ledger by (timeMs, sequence). */
export interface DueSubject {
  readonly timeMs: bigint;
  readonly sequence: bigint;
  /** Contract id. */
  readonly contract: number;
  /** The contract's word for it: `prepare-by`. */
  readonly kind: string;
  /** Record it concerns. */
  readonly id: bigint;
}

/** What a transaction or a due item left behind: the content of one leaf of the receipt log. */
export interface Leaf {
  /** Transaction id (32 bytes), or the due item. */
  readonly subject: Uint8Array | DueSubject;
  /** 0 or a result code. */
  readonly code: number;
  readonly data: CborValue;
  /** 32 bytes, over the events' payloads. */
  readonly eventsRoot: Uint8Array;
}

export type EventPayload = { readonly [field: string]: CborValue };

export const LEAF_BYTES_MAX = 65_536;
const CODE_MAX = 65_535n;
const leafCodes = { MALFORMED: 1 } as const;

/** An event as a leaf of the events root, which holds nothing else of it: the hash, and the length of its deterministic CBOR. */
export function eventLeaf(
  payload: EventPayload,
  crypto: Pick<Crypto, 'sha256'>,
): { readonly hash: Uint8Array; readonly length: number } {
  return withEncoded(LEAF_PREFIX, payload, (bytes) => ({ hash: crypto.sha256(bytes), length: bytes.length - 1 }));
}

/** RFC 6962 root over the payloads, each as its deterministic CBOR, in order of emission. */
export function eventsRoot(encodedPayloads: readonly Uint8Array[], crypto: Pick<Crypto, 'sha256'>): Uint8Array {
  return merkleRoot(encodedPayloads, crypto);
}

/** Deterministic CBOR [txId or [timeMs, sequence, contract, kind, id], code, data, eventsRoot]: what the receipt log's tree hashes. */
export function encodeLeaf(leaf: Leaf): Uint8Array {
  const { subject, code, data } = leaf;
  const name =
    subject instanceof Uint8Array
      ? subject
      : [subject.timeMs, subject.sequence, BigInt(subject.contract), subject.kind, subject.id];
  return encode([name, BigInt(code), data, leaf.eventsRoot]);
}

/** Strict inverse of `encodeLeaf`; code 1 for anything else. */
export function decodeLeaf(bytes: Uint8Array): Result<Leaf, 1> {
  const decoded = decode(bytes, LEAF_BYTES_MAX);
  if (!decoded.ok || !Array.isArray(decoded.value) || decoded.value.length !== 4) return fail(leafCodes.MALFORMED);
  const [name, code, data, root] = decoded.value as readonly CborValue[];
  const subject = subjectOf(name!);
  if (subject === undefined || typeof code !== 'bigint' || code < 0n || code > CODE_MAX)
    return fail(leafCodes.MALFORMED);
  if (!(root instanceof Uint8Array) || root.length !== 32) return fail(leafCodes.MALFORMED);
  return ok({ subject, code: Number(code), data: data!, eventsRoot: root });
}

function subjectOf(name: CborValue): Leaf['subject'] | undefined {
  if (name instanceof Uint8Array) return name.length === 32 ? name : undefined;
  if (!Array.isArray(name) || name.length !== 5) return undefined;
  const [timeMs, sequence, contract, kind, id] = name as readonly CborValue[];
  if (typeof timeMs !== 'bigint' || typeof sequence !== 'bigint' || typeof id !== 'bigint') return undefined;
  if (typeof contract !== 'bigint' || contract < 0n || contract > 255n || typeof kind !== 'string') return undefined;
  return { timeMs, sequence, contract: Number(contract), kind, id };
}

/** What a header's app hash commits to. */
export interface AppState {
  readonly stateRoot: Uint8Array;
  readonly logRoot: Uint8Array;
  /** Leaves in the receipt log. */
  readonly logSize: bigint;
}

/** SHA-256(tag ‖ state root ‖ receipt-log root ‖ its size u64): no height and no time, so that an empty block does not change it. */
export function appHash(state: AppState, crypto: Pick<Crypto, 'sha256'>): Uint8Array {
  return taggedHash(crypto, 'interpool/app-hash/v1', state.stateRoot, state.logRoot, u64(state.logSize));
}
