import type { Crypto } from './crypto.ts';
import { emptyRoot, leafHash, nodeHash } from './merkle.ts';

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
