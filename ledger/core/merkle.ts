import { assert } from './assert.ts';
import { equal } from './bytes.ts';
import type { Crypto } from './crypto.ts';
import { scratch } from './scratch.ts';

/** RFC 6962 §2.1 trees over SHA-256; CometBFT's simple Merkle tree is the same tree. */

type Sha = Pick<Crypto, 'sha256'>;

/** A path in a tree of fewer than 2^64 leaves has at most 64 hashes; consistency proofs one more. */
export const PROOF_HASHES_MAX = 65;

/** In front of a leaf that is hashed, so that none is taken for a node: §2.1. */
export const LEAF_PREFIX = 0;

/** SHA-256(0x00 ‖ leaf): §2.1. */
export function leafHash(leaf: Uint8Array, crypto: Sha): Uint8Array {
  const input = scratch(leaf.length + 1);
  input[0] = LEAF_PREFIX;
  input.set(leaf, 1);
  return crypto.sha256(input);
}

/** SHA-256(0x01 ‖ left ‖ right): §2.1. */
export function nodeHash(left: Uint8Array, right: Uint8Array, crypto: Sha): Uint8Array {
  const input = scratch(1 + left.length + right.length);
  input[0] = 1;
  input.set(left, 1);
  input.set(right, 1 + left.length);
  return crypto.sha256(input);
}

/** Root of no leaves: SHA-256 of nothing. */
export function emptyRoot(crypto: Sha): Uint8Array {
  return crypto.sha256(new Uint8Array(0));
}

/** Root over leaf contents. */
export function merkleRoot(leaves: readonly Uint8Array[], crypto: Sha): Uint8Array {
  return rootOfHashes(
    leaves.map((leaf) => leafHash(leaf, crypto)),
    crypto,
  );
}

/** Root over leaves of which the hashes alone are known. */
export function rootOfHashes(leafHashes: readonly Uint8Array[], crypto: Sha): Uint8Array {
  if (leafHashes.length === 0) return emptyRoot(crypto);
  let level = [...leafHashes];
  // Pairing neighbours and carrying an odd last one up gives the tree that §2.1 defines by splitting at powers of two.
  while (level.length > 1) {
    const next: Uint8Array[] = [];
    for (let i = 0; i + 1 < level.length; i += 2) next.push(nodeHash(level[i]!, level[i + 1]!, crypto));
    if (level.length % 2 === 1) next.push(level[level.length - 1]!);
    level = next;
  }
  return level[0]!;
}

/**
 * Hash of the complete subtree of 2^level leaves that begins at leaf `index` · 2^level. How it is kept (memory, file) is the
 * caller's; every complete subtree of the tree can be read.
 */
export type SubtreeReader = (level: number, index: bigint) => Uint8Array;

/** Root of the leaves [start, end), start a multiple of the smallest power of two that is ≥ end − start; O(log n) hashes. */
function rangeRoot(start: bigint, end: bigint, read: SubtreeReader, crypto: Sha): Uint8Array {
  const size = end - start;
  const level = levelBelow(size);
  const width = 1n << BigInt(level);
  const left = read(level, start >> BigInt(level));
  return width === size ? left : nodeHash(left, rangeRoot(start + width, end, read, crypto), crypto);
}

/** Largest level with 2^level ≤ size. */
function levelBelow(size: bigint): number {
  let level = 0;
  while (1n << BigInt(level + 1) <= size) level++;
  return level;
}

/** Largest power of two below `size`, for size > 1: the split of §2.1. */
function splitOf(size: bigint): bigint {
  return 1n << BigInt(levelBelow(size - 1n));
}

/** Root of the first `size` leaves of a growing tree. */
export function rootAt(size: bigint, read: SubtreeReader, crypto: Sha): Uint8Array {
  return size === 0n ? emptyRoot(crypto) : rangeRoot(0n, size, read, crypto);
}

/** Audit path (§2.1.1) of leaf `index` in the tree of the first `size` leaves, from the leaf up. */
export function inclusionProof(
  position: { readonly index: bigint; readonly size: bigint },
  read: SubtreeReader,
  crypto: Sha,
): Uint8Array[] {
  const { index, size } = position;
  assert(index >= 0n && index < size, 'the leaf is in the tree');
  const path: Uint8Array[] = [];
  let start = 0n;
  let end = size;
  while (end - start > 1n) {
    const middle = start + splitOf(end - start);
    if (index < middle) {
      path.push(rangeRoot(middle, end, read, crypto));
      end = middle;
    } else {
      path.push(rangeRoot(start, middle, read, crypto));
      start = middle;
    }
  }
  return path.reverse();
}

/** Consistency proof (§2.1.2) between the first `from` and the first `to` leaves, 0 < from ≤ to. */
export function consistencyProof(
  sizes: { readonly from: bigint; readonly to: bigint },
  read: SubtreeReader,
  crypto: Sha,
): Uint8Array[] {
  const { from, to } = sizes;
  assert(from > 0n && from <= to, 'the older tree is not empty and not larger');
  const proof: Uint8Array[] = [];
  let start = 0n;
  let end = to;
  // SUBPROOF of §2.1.2; isWhole says that the older tree's root at this point is known to the verifier.
  let isWhole = true;
  while (from !== end) {
    const middle = start + splitOf(end - start);
    if (from <= middle) {
      proof.push(rangeRoot(middle, end, read, crypto));
      end = middle;
    } else {
      proof.push(rangeRoot(start, middle, read, crypto));
      start = middle;
      isWhole = false;
    }
  }
  if (!isWhole) proof.push(rangeRoot(start, end, read, crypto));
  return proof.reverse();
}

export interface InclusionClaim {
  readonly leafHash: Uint8Array;
  readonly index: bigint;
  readonly size: bigint;
  readonly path: readonly Uint8Array[];
}

/** Root that an audit path leads to (RFC 9162 §2.1.3.2); undefined when index, size and path length do not fit. */
export function rootFromInclusion(claim: InclusionClaim, crypto: Sha): Uint8Array | undefined {
  const { index, size, path } = claim;
  if (index < 0n || index >= size || path.length > PROOF_HASHES_MAX || claim.leafHash.length !== 32) return undefined;
  let fn = index;
  let sn = size - 1n;
  let root = claim.leafHash;
  for (const hash of path) {
    if (sn === 0n || hash.length !== 32) return undefined;
    if ((fn & 1n) === 1n || fn === sn) {
      root = nodeHash(hash, root, crypto);
      while ((fn & 1n) === 0n && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else {
      root = nodeHash(root, hash, crypto);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n ? root : undefined;
}

export function verifyInclusion(claim: InclusionClaim, root: Uint8Array, crypto: Sha): boolean {
  const computed = rootFromInclusion(claim, crypto);
  return computed !== undefined && equal(computed, root);
}

export interface ConsistencyClaim {
  readonly from: bigint;
  readonly to: bigint;
  readonly fromRoot: Uint8Array;
  readonly toRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** RFC 9162 §2.1.4.2. A proof from the empty tree proves nothing and is refused. */
export function verifyConsistency(claim: ConsistencyClaim, crypto: Sha): boolean {
  const { from, to, fromRoot, toRoot, proof } = claim;
  if (from <= 0n || from > to || proof.length > PROOF_HASHES_MAX) return false;
  if (from === to) return proof.length === 0 && equal(fromRoot, toRoot);
  const isPowerOfTwo = (from & (from - 1n)) === 0n;
  const hashes = isPowerOfTwo ? [fromRoot, ...proof] : proof;
  if (proof.length === 0 || hashes.some((hash) => hash.length !== 32)) return false;
  let fn = from - 1n;
  let sn = to - 1n;
  while ((fn & 1n) === 1n) {
    fn >>= 1n;
    sn >>= 1n;
  }
  let older = hashes[0]!;
  let newer = hashes[0]!;
  for (const hash of hashes.slice(1)) {
    if (sn === 0n) return false;
    if ((fn & 1n) === 1n || fn === sn) {
      older = nodeHash(hash, older, crypto);
      newer = nodeHash(hash, newer, crypto);
      while ((fn & 1n) === 0n && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else {
      newer = nodeHash(newer, hash, crypto);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n && equal(older, fromRoot) && equal(newer, toRoot);
}
