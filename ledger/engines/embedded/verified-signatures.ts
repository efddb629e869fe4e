import type { Crypto } from '#ledger/core/crypto.ts';

/** Good signatures remembered: the votes of a few heights of a full set. */
const REMEMBERED_MAX = 4_096;

/**
 * The same cryptography, which remembers good signatures: a precommit is checked when it arrives, and stands again in the last commit
 * of the next block. Only what this validator has verified itself is remembered.
 */
export function rememberVerified(crypto: Crypto): Crypto {
  const good = new Set<string>();
  const keyOf = (...parts: readonly Uint8Array[]): string =>
    parts.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString('latin1')).join('|');
  return {
    ...crypto,
    verify: (digest, signature, publicKey) => {
      const key = keyOf(digest, signature, publicKey);
      if (good.has(key)) return true;
      if (!crypto.verify(digest, signature, publicKey)) return false;
      if (good.size >= REMEMBERED_MAX) good.clear();
      good.add(key);
      return true;
    },
  };
}
