import { assert } from './assert.ts';
import type { Crypto } from './crypto.ts';
import { consistencyProof, emptyRoot, inclusionProof, leafHash, nodeHash, rootAt } from './merkle.ts';

/**
 * What an append needs of an ever-growing RFC 6962 tree: the roots of its complete subtrees, largest first. Immutable and at most 64
 * hashes, so a block is executed on a copy and state snapshots carry it whole.
 */
export interface Frontier {
  readonly size: bigint;
  /** One 32-byte hash for every bit set in `size`, largest subtree first. */
  readonly roots: readonly Uint8Array[];
}

export const EMPTY_FRONTIER: Frontier = { size: 0n, roots: [] };

/** The frontier with one more leaf; amortised two hashes. */
export function append(frontier: Frontier, leaf: Uint8Array, crypto: Pick<Crypto, 'sha256'>): Frontier {
  const roots = frontier.roots.slice();
  let hash = leafHash(leaf, crypto);
  for (let carry = frontier.size; (carry & 1n) === 1n; carry >>= 1n) hash = nodeHash(roots.pop()!, hash, crypto);
  roots.push(hash);
  return { size: frontier.size + 1n, roots };
}

export function frontierRoot(frontier: Frontier, crypto: Pick<Crypto, 'sha256'>): Uint8Array {
  let root: Uint8Array | undefined;
  for (let i = frontier.roots.length - 1; i >= 0; i--) {
    const left = frontier.roots[i]!;
    root = root === undefined ? left : nodeHash(left, root, crypto);
  }
  return root ?? emptyRoot(crypto);
}

/** True when the number and length of the hashes fit the size: for frontiers read from outside. */
export function isFrontier(frontier: Frontier): boolean {
  if (frontier.size < 0n || frontier.size >= 1n << 64n) return false;
  let bits = 0;
  for (let rest = frontier.size; rest > 0n; rest >>= 1n) if ((rest & 1n) === 1n) bits++;
  return frontier.roots.length === bits && frontier.roots.every((root) => root.length === 32);
}

const HASH_BYTES = 32;

/** Hashes of one level, one after the other in a buffer that doubles. */
interface Level {
  bytes: Uint8Array;
  count: number;
}

/**
 * A growing RFC 6962 tree in memory, 64 bytes a leaf: root, inclusion and consistency proofs at any size up to the present one, each
 * in O(log n) hashes. Holds hashes only; it is derived data, rebuilt by appending the leaves again.
 */
export class MerkleLog {
  readonly #crypto: Pick<Crypto, 'sha256'>;
  readonly #levels: Level[] = [];

  constructor(crypto: Pick<Crypto, 'sha256'>) {
    this.#crypto = crypto;
  }

  get size(): bigint {
    return BigInt(this.#levels[0]?.count ?? 0);
  }

  /** Appends a leaf's content and returns its index. */
  append(leaf: Uint8Array): bigint {
    const index = this.size;
    let hash = leafHash(leaf, this.#crypto);
    for (let level = 0; ; level++) {
      const count = this.#push(level, hash);
      if (count % 2 === 1) return index;
      hash = nodeHash(this.#read(level, count - 2), this.#read(level, count - 1), this.#crypto);
    }
  }

  /** Forgets every leaf from `size` on: for a follower that replaces its tail. */
  truncate(size: bigint): void {
    assert(size >= 0n && size <= this.size, 'a log is truncated to a size that it has reached');
    for (let level = 0; level < this.#levels.length; level++) {
      this.#levels[level]!.count = Number(size >> BigInt(level));
    }
  }

  root(size: bigint = this.size): Uint8Array {
    this.#check(size);
    return rootAt(size, this.#reader, this.#crypto);
  }

  /** Audit path of leaf `index` in the tree of the first `size` leaves. */
  inclusion(index: bigint, size: bigint = this.size): Uint8Array[] {
    this.#check(size);
    return inclusionProof({ index, size }, this.#reader, this.#crypto);
  }

  consistency(from: bigint, to: bigint = this.size): Uint8Array[] {
    this.#check(to);
    return consistencyProof({ from, to }, this.#reader, this.#crypto);
  }

  readonly #reader = (level: number, index: bigint): Uint8Array => this.#read(level, Number(index));

  #check(size: bigint): void {
    assert(size >= 0n && size <= this.size, 'the log has reached the size that is asked for');
  }

  #read(level: number, index: number): Uint8Array {
    return this.#levels[level]!.bytes.slice(index * HASH_BYTES, (index + 1) * HASH_BYTES);
  }

  /** Returns how many hashes the level has now. */
  #push(level: number, hash: Uint8Array): number {
    let row = this.#levels[level];
    if (row === undefined) {
      row = { bytes: new Uint8Array(HASH_BYTES * 16), count: 0 };
      this.#levels.push(row);
    }
    if ((row.count + 1) * HASH_BYTES > row.bytes.length) {
      const larger = new Uint8Array(row.bytes.length * 2);
      larger.set(row.bytes);
      row.bytes = larger;
    }
    row.bytes.set(hash, row.count * HASH_BYTES);
    row.count += 1;
    return row.count;
  }
}
