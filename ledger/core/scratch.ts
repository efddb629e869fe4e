/** Longer inputs of hashes are rare: an array of their own is what they cost least by. */
const SHARED_BYTES = 4_096;

const shared = new Uint8Array(SHARED_BYTES);

/**
 * So many bytes, of any content, to put a hash's input together in: good until the next call. An array for each input takes as long as
 * the hash of a tree's node.
 */
export function scratch(length: number): Uint8Array {
  return length <= SHARED_BYTES ? shared.subarray(0, length) : new Uint8Array(length);
}
