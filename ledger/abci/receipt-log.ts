import { assert } from '../core/assert.ts';
import type { Crypto } from '../core/crypto.ts';
import { inclusionProof, leafHash, nodeHash } from '../core/merkle.ts';
import type { Frontier } from '../core/merkle-log.ts';

type Sha = Pick<Crypto, 'sha256'>;

/** What a receipt needs of the machine (PROTOCOL, Receipt): the leaf, its path, and the opening of the app hash at that height. */
export interface ReceiptProof {
  /** Height whose block executed the item; its app hash stands in header height + 1. */
  readonly height: bigint;
  readonly logIndex: bigint;
  readonly leaf: Uint8Array;
  /** Audit path from the leaf up, in the log of `logSize` leaves. */
  readonly path: readonly Uint8Array[];
  readonly logSize: bigint;
  readonly logRoot: Uint8Array;
  readonly stateRoot: Uint8Array;
}

/** Hashes of one level from its first known place on. */
interface Level {
  readonly first: number;
  readonly hashes: Uint8Array[];
}

interface Checkpoint {
  readonly height: bigint;
  readonly size: bigint;
  readonly logRoot: Uint8Array;
  readonly stateRoot: Uint8Array;
}

/**
 * The receipt log since genesis or since a restored snapshot: leaves, their tree, and the roots after each height that added some.
 * After a restore the leaves before it are known by their frontier only; receipts for them come from a node that has replayed them.
 */
export class ReceiptLog {
  readonly #crypto: Sha;
  #levels: Level[] = [];
  #leaves: Uint8Array[] = [];
  #firstLeaf = 0n;
  #checkpoints: Checkpoint[] = [];

  constructor(crypto: Sha) {
    this.#crypto = crypto;
  }

  get size(): bigint {
    return this.#firstLeaf + BigInt(this.#leaves.length);
  }

  /** Begins after a snapshot. */
  restore(frontier: Frontier): void {
    this.#leaves = [];
    this.#firstLeaf = frontier.size;
    this.#checkpoints = [];
    this.#levels = [];
    const roots = [...frontier.roots];
    for (let level = 0; frontier.size >> BigInt(level) > 0n; level++) {
      const count = Number(frontier.size >> BigInt(level));
      const isOdd = (count & 1) === 1;
      this.#levels.push({ first: isOdd ? count - 1 : count, hashes: isOdd ? [roots.pop()!] : [] });
    }
  }

  append(checkpoint: Omit<Checkpoint, 'size'>, leaves: readonly Uint8Array[]): void {
    if (leaves.length === 0) return;
    for (const leaf of leaves) this.#append(leaf);
    this.#checkpoints.push({ ...checkpoint, size: this.size });
  }

  /** undefined for an index that is not there, or that lies before a restored snapshot. */
  proof(logIndex: bigint): ReceiptProof | undefined {
    if (logIndex < this.#firstLeaf || logIndex >= this.size) return undefined;
    const { height, size: logSize, logRoot, stateRoot } = this.#checkpointOf(logIndex);
    const path = inclusionProof(
      { index: logIndex, size: logSize },
      (level, index) => this.#read(level, Number(index)),
      this.#crypto,
    );
    const leaf = this.#leaves[Number(logIndex - this.#firstLeaf)]!;
    return { height, logIndex, leaf, path, logSize, logRoot, stateRoot };
  }

  /** The first checkpoint whose log holds the index. */
  #checkpointOf(logIndex: bigint): Checkpoint {
    let low = 0;
    let high = this.#checkpoints.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#checkpoints[middle]!.size > logIndex) high = middle;
      else low = middle + 1;
    }
    return this.#checkpoints[low]!;
  }

  #append(leaf: Uint8Array): void {
    this.#leaves.push(leaf);
    let hash = leafHash(leaf, this.#crypto);
    for (let level = 0; ; level++) {
      const row = this.#row(level);
      row.hashes.push(hash);
      const count = row.first + row.hashes.length;
      if (count % 2 === 1) return;
      hash = nodeHash(this.#read(level, count - 2), this.#read(level, count - 1), this.#crypto);
    }
  }

  #row(level: number): Level {
    const known = this.#levels[level];
    if (known !== undefined) return known;
    const row = { first: 0, hashes: [] };
    this.#levels.push(row);
    return row;
  }

  #read(level: number, index: number): Uint8Array {
    const row = this.#levels[level];
    const hash = row?.hashes[index - row.first];
    assert(hash !== undefined, 'a path from a known leaf needs known hashes only');
    return hash;
  }
}
