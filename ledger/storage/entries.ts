import { decode, encode, type CborValue } from '#ledger/core/codec.ts';
import { FRAME_PAYLOAD_BYTES_MAX } from './frame.ts';

/** A consensus input of the height in progress, as the engine encodes it. */
export interface InputEntry {
  readonly kind: 'input';
  readonly height: bigint;
  readonly input: CborValue;
}

/** The bytes of a proposed block, recorded no later than the first input that speaks of it. */
export interface ContentEntry {
  readonly kind: 'content';
  readonly valueId: string;
  readonly content: Uint8Array;
}

/** A decided and executed block. Its content stands here, or in an earlier content entry since the decision before. */
export interface DecidedEntry {
  readonly kind: 'decided';
  readonly height: bigint;
  readonly valueId: string;
  readonly round: number;
  readonly commit: Uint8Array;
  readonly content: Uint8Array | null;
  /** 32 bytes each, one after the other. */
  readonly txIds: Uint8Array;
  /** Leaves in the receipt log after this block. */
  readonly logSize: bigint;
  /** What execution left behind, as the engine encodes it. */
  readonly result: Uint8Array;
}

export type Entry = InputEntry | ContentEntry | DecidedEntry;

function toCbor(entry: Entry): CborValue {
  switch (entry.kind) {
    case 'input':
      return [1n, entry.height, entry.input];
    case 'content':
      return [2n, entry.valueId, entry.content];
    case 'decided': {
      const { height, valueId, round, commit, content, txIds, logSize, result } = entry;
      return [3n, height, valueId, BigInt(round), commit, content, txIds, logSize, result];
    }
  }
}

function fromCbor(value: CborValue): Entry | undefined {
  if (!Array.isArray(value)) return undefined;
  const [kind, ...fields] = value as readonly CborValue[];
  const [a, b, c, d, e, f, g, h] = fields;
  if (kind === 1n && fields.length === 2 && typeof a === 'bigint' && b !== undefined) {
    return { kind: 'input', height: a, input: b };
  }
  if (kind === 2n && fields.length === 2 && typeof a === 'string' && b instanceof Uint8Array) {
    return { kind: 'content', valueId: a, content: b };
  }
  if (kind !== 3n || fields.length !== 8 || typeof a !== 'bigint' || typeof b !== 'string') return undefined;
  if (typeof c !== 'bigint' || !(d instanceof Uint8Array) || !(e === null || e instanceof Uint8Array)) return undefined;
  if (!(f instanceof Uint8Array) || typeof g !== 'bigint' || !(h instanceof Uint8Array)) return undefined;
  if (f.length % 32 !== 0 || c > 0x7fffffffn) return undefined;
  const content = e as Uint8Array | null;
  return {
    kind: 'decided',
    height: a,
    valueId: b,
    round: Number(c),
    commit: d,
    content,
    txIds: f,
    logSize: g,
    result: h,
  };
}

/** One frame's payload: all of the entries survive a crash or none. */
export function encodeEntries(entries: readonly Entry[]): Uint8Array {
  return encode(entries.map(toCbor));
}

/** Undefined when the payload is none that `encodeEntries` made. */
export function decodeEntries(payload: Uint8Array): Entry[] | undefined {
  const decoded = decode(payload, FRAME_PAYLOAD_BYTES_MAX);
  if (!decoded.ok || !Array.isArray(decoded.value)) return undefined;
  const entries: Entry[] = [];
  for (const value of decoded.value as readonly CborValue[]) {
    const entry = fromCbor(value);
    if (entry === undefined) return undefined;
    entries.push(entry);
  }
  return entries;
}
