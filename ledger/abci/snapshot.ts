import { openByteList } from '#ledger/core/byte-list.ts';
import { compare, equal } from '#ledger/core/bytes.ts';
import { decode, encode, type CborValue } from '#ledger/core/codec.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { quotient } from '#ledger/core/integer.ts';
import { isFrontier, type Frontier } from '#ledger/core/merkle-log.ts';
import { RECORD_KEY_LENGTH } from '#ledger/core/record-key.ts';
import { EMPTY_TRIE, beginEdit, freeze, put, records, rootHash, type Trie } from '#ledger/core/trie.ts';
import type { SlicedSnapshot, Snapshot } from './application.ts';

/** Payload bytes of a chunk before it is closed. */
export const CHUNK_BYTES = 1 << 20;
/** Largest chunk that is read: one record may stand over the edge. */
export const CHUNK_BYTES_MAX = 2 << 20;
const MANIFEST_BYTES_MAX = 1 << 20;
const ENCODED_HASH_BYTES = 2 + 32;
/** More chunks than a manifest within its bound can name. */
export const CHUNKS_MAX = quotient(BigInt(MANIFEST_BYTES_MAX), BigInt(ENCODED_HASH_BYTES));
/** A step ends with the record that reaches one of these: about a millisecond of walking and copying. */
const SLICE_BYTES = 1 << 18;
const SLICE_RECORDS_MAX = 1_024;
export const SNAPSHOT_FORMAT = 1n;

export interface SnapshotState {
  readonly height: bigint;
  readonly timeMs: bigint;
  readonly trie: Trie;
  readonly frontier: Frontier;
}

/**
 * Snapshot format 1, a slice at a step: chunks are CBOR lists [key, value, key, value, …] in key order; the manifest, which names their
 * hashes and the roots, is what the last step returns. Blocks may be committed between two steps. Until the last one the whole version
 * stays in memory, which costs what those blocks replace of it: for each record that they change the way to it, some twenty branches of
 * about 200 bytes at 10⁶ records, and at most the state once again. All chunks share one buffer: with a new one for each, V8 marked the
 * whole state again every few chunks, which took four times as long as the snapshot itself.
 */
export function* snapshotSlices(state: SnapshotState, crypto: Crypto): SlicedSnapshot['slices'] {
  const { height, timeMs, trie, frontier } = state;
  const hashes: Uint8Array[] = [];
  const list = openByteList(CHUNK_BYTES_MAX);
  let [chunkBytes, sliceBytes, sliceRecords] = [0, 0, 0];
  const endChunk = (): Uint8Array => {
    const chunk = list.end();
    hashes.push(crypto.sha256(chunk));
    chunkBytes = 0;
    return chunk;
  };
  for (const { key, value } of records(trie)) {
    list.add(key);
    list.add(value);
    chunkBytes += key.length + value.length;
    sliceBytes += key.length + value.length;
    sliceRecords += 1;
    const isFull = chunkBytes >= CHUNK_BYTES;
    if (!isFull && sliceBytes < SLICE_BYTES && sliceRecords < SLICE_RECORDS_MAX) continue;
    yield undefined;
    if (isFull) yield endChunk();
    sliceBytes = 0;
    sliceRecords = 0;
  }
  if (chunkBytes > 0) yield endChunk();
  return encode({
    format: SNAPSHOT_FORMAT,
    height,
    timeMs,
    stateRoot: rootHash(trie, crypto),
    logSize: frontier.size,
    logFrontier: frontier.roots,
    chunks: hashes,
  });
}

/** All slices at once. */
export function wholeSnapshot({ height, slices }: SlicedSnapshot): Snapshot {
  const chunks: Uint8Array[] = [];
  for (;;) {
    const step = slices.next();
    if (step.done === true) return { height, manifest: step.value, chunks };
    if (step.value !== undefined) chunks.push(step.value.slice());
  }
}

/** The state a snapshot holds; undefined when anything in it does not fit the rest. Never throws. */
export function readSnapshot(
  snapshot: Snapshot,
  crypto: Crypto,
): (SnapshotState & { stateRoot: Uint8Array }) | undefined {
  const manifest = readManifest(snapshot.manifest);
  if (manifest === undefined || manifest.height !== snapshot.height) return undefined;
  const { chunks } = snapshot;
  const fits =
    chunks.length === manifest.chunks.length &&
    chunks.every((chunk, index) => equal(crypto.sha256(chunk), manifest.chunks[index]!));
  if (!fits) return undefined;
  const edit = beginEdit(EMPTY_TRIE);
  let last: Uint8Array | undefined;
  for (const chunk of chunks) {
    const list = readChunk(chunk);
    if (list === undefined) return undefined;
    for (const [key, value] of list) {
      if (last !== undefined && compare(last, key) >= 0) return undefined;
      put(edit, key, value);
      last = key;
    }
  }
  const trie = freeze(edit);
  const { height, timeMs, stateRoot, frontier } = manifest;
  return equal(rootHash(trie, crypto), stateRoot) ? { height, timeMs, trie, frontier, stateRoot } : undefined;
}

/** What a snapshot says of itself before its chunks are there. */
export interface Manifest {
  readonly height: bigint;
  readonly timeMs: bigint;
  readonly stateRoot: Uint8Array;
  readonly frontier: Frontier;
  readonly chunks: readonly Uint8Array[];
}

/** Undefined when the bytes are no manifest of this format. Never throws. */
export function readManifest(bytes: Uint8Array): Manifest | undefined {
  const decoded = decode(bytes, MANIFEST_BYTES_MAX);
  if (!decoded.ok || typeof decoded.value !== 'object' || decoded.value === null) return undefined;
  const { format, height, timeMs, stateRoot, logSize, logFrontier, chunks } = decoded.value as Record<
    string,
    CborValue | undefined
  >;
  if (
    format !== SNAPSHOT_FORMAT ||
    typeof height !== 'bigint' ||
    typeof timeMs !== 'bigint' ||
    typeof logSize !== 'bigint'
  )
    return undefined;
  if (!(stateRoot instanceof Uint8Array) || !isHashes(logFrontier) || !isHashes(chunks)) return undefined;
  const frontier = { size: logSize, roots: logFrontier };
  return isFrontier(frontier) ? { height, timeMs, stateRoot, frontier, chunks } : undefined;
}

function isHashes(value: CborValue | undefined): value is readonly Uint8Array[] {
  return Array.isArray(value) && value.every((item) => item instanceof Uint8Array && item.length === 32);
}

function readChunk(bytes: Uint8Array): (readonly [Uint8Array, Uint8Array])[] | undefined {
  const decoded = decode(bytes, CHUNK_BYTES_MAX);
  if (!decoded.ok || !Array.isArray(decoded.value)) return undefined;
  const items = decoded.value as readonly CborValue[];
  const pairs: (readonly [Uint8Array, Uint8Array])[] = [];
  for (let at = 0; at < items.length; at += 2) {
    const key = items[at];
    const value = items[at + 1];
    if (!(key instanceof Uint8Array) || key.length !== RECORD_KEY_LENGTH || !(value instanceof Uint8Array))
      return undefined;
    if (!decode(value).ok) return undefined;
    pairs.push([key, value]);
  }
  return pairs;
}
