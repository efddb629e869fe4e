import { createHash } from 'node:crypto';
import { toHex } from '#ledger/core/bytes.ts';
import { leafHash, rootOfHashes } from '#ledger/core/merkle.ts';
import { inputLeaf, resultLeaf } from '#ledger/core/payload.ts';
import type { ResultStore } from './result-store.ts';

const sha = { sha256: (data: Uint8Array): Uint8Array => createHash('sha256').update(data).digest() };
/** Sub-tasks between two turns of everything else that the agent does; a power of two, so that each such stretch is a whole subtree. */
const AT_ONCE = 4_096;

/** The roots that bind a range whose sub-tasks have all ended, hex: of its inputs and of its results (core/payload.ts). */
export async function rootsOf(
  store: Pick<ResultStore, 'ended'>,
  { inputs, first, count }: { readonly inputs: readonly Uint8Array[]; readonly first: number; readonly count: number },
): Promise<{ readonly inputRoot: string; readonly resultRoot: string }> {
  const roots: { input: Uint8Array; result: Uint8Array }[] = [];
  for (let from = first; from < first + count; from += AT_ONCE) {
    const to = Math.min(from + AT_ONCE, first + count);
    const results = store.ended({ from, to }, AT_ONCE);
    if (results.length !== to - from) throw new Error('a range is bound when all of it has ended');
    const inputLeaves = inputs.slice(from, to).map((input) => leafHash(inputLeaf(input, sha), sha));
    const resultLeaves = results.map(({ digest, ...end }) => leafHash(resultLeaf({ ...end, output: digest }), sha));
    roots.push({ input: rootOfHashes(inputLeaves, sha), result: rootOfHashes(resultLeaves, sha) });
    await new Promise((resolve) => setImmediate(resolve));
  }
  return {
    inputRoot: toHex(
      rootOfHashes(
        roots.map(({ input }) => input),
        sha,
      ),
    ),
    resultRoot: toHex(
      rootOfHashes(
        roots.map(({ result }) => result),
        sha,
      ),
    ),
  };
}
