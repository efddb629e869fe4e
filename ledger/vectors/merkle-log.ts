import { assert } from '#ledger/core/assert.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { consistencyProof, inclusionProof, leafHash, nodeHash, rootAt } from '#ledger/core/merkle.ts';

const HASH_BYTES = 32;

/** Hashes of one level, one after the other in a buffer that doubles. */
interface Level {
  bytes: Uint8Array;
  count: number;
}

/**
 * A whole RFC 6962 tree in memory: root, inclusion and consistency proofs at any size up to the present one. The model that tests
 * compare with; the ledger itself keeps frontiers and derives its paths.
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
