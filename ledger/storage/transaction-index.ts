/**
 * Which height holds a transaction: 8 bytes a slot in open addressing, at most half full, so 16 to 32 bytes a transaction. Keeps only
 * four bytes of the id: what `find` names are candidates, the caller looks into the blocks. Derived data, rebuilt at each start.
 */
export interface TransactionIndex {
  /** `height` stays below 2³². */
  add(txId: Uint8Array, height: bigint): void;
  /** Heights that may hold it, newest first, at most `CANDIDATES_MAX`. */
  candidates(txId: Uint8Array): bigint[];
  parts(): TransactionIndexParts;
}

/** An index as bytes: its slots, 4 bytes each, as this machine writes them, and how many are taken. */
export interface TransactionIndexParts {
  readonly prefixes: Uint8Array;
  readonly heights: Uint8Array;
  readonly count: number;
}

export const CANDIDATES_MAX = 16;
const FIRST_SLOTS = 1024;

/** Ids are hashes: any four bytes of one are as good as random. */
function prefixOf(txId: Uint8Array): number {
  return new DataView(txId.buffer, txId.byteOffset, txId.byteLength).getUint32(0);
}

function slotsOf(known: Uint8Array | undefined): Uint32Array<ArrayBuffer> {
  return known === undefined ? new Uint32Array(FIRST_SLOTS) : new Uint32Array(known.slice().buffer);
}

export function createTransactionIndex(known?: TransactionIndexParts): TransactionIndex {
  let prefixes = slotsOf(known?.prefixes);
  // Height 0 holds no transaction and marks a free slot.
  let heights = slotsOf(known?.heights);
  let count = known?.count ?? 0;

  const place = (prefix: number, height: number): void => {
    const mask = prefixes.length - 1;
    let slot = prefix & mask;
    while (heights[slot] !== 0) slot = (slot + 1) & mask;
    prefixes[slot] = prefix;
    heights[slot] = height;
  };
  const grow = (): void => {
    const [oldPrefixes, oldHeights] = [prefixes, heights];
    prefixes = new Uint32Array(oldPrefixes.length * 2);
    heights = new Uint32Array(oldHeights.length * 2);
    for (const [slot, height] of oldHeights.entries()) if (height !== 0) place(oldPrefixes[slot] ?? 0, height);
  };

  return {
    add: (txId, height) => {
      if ((count + 1) * 2 > prefixes.length) grow();
      place(prefixOf(txId), Number(height));
      count += 1;
    },
    candidates: (txId) => {
      if (txId.length < 4) return [];
      const prefix = prefixOf(txId);
      const mask = prefixes.length - 1;
      const found: number[] = [];
      for (let slot = prefix & mask; heights[slot] !== 0; slot = (slot + 1) & mask) {
        if (prefixes[slot] === prefix) found.push(heights[slot] ?? 0);
      }
      return found
        .sort((a, b) => b - a)
        .slice(0, CANDIDATES_MAX)
        .map(BigInt);
    },
    parts: () => ({ prefixes: new Uint8Array(prefixes.buffer), heights: new Uint8Array(heights.buffer), count }),
  };
}
