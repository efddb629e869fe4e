import { equal } from '#ledger/core/bytes.ts';
import type { Crypto } from '#ledger/core/crypto.ts';

/** Good signatures remembered: the votes of a few heights of a full set. */
const REMEMBERED_MAX = 4_096;

/**
 * The same cryptography, which remembers good signatures: a precommit is checked when it arrives, and stands again in the last commit
 * of the next block. Only what this validator has verified itself is remembered.
 */
export function rememberVerified(crypto: Crypto): Crypto {
  /** By signature. */
  const good = new Map<string, { readonly digest: Uint8Array; readonly publicKey: Uint8Array }>();
  return {
    ...crypto,
    verify: (digest, signature, publicKey) => {
      const key = Buffer.from(signature.buffer, signature.byteOffset, signature.byteLength).toString('latin1');
      const known = good.get(key);
      if (known !== undefined && equal(known.digest, digest) && equal(known.publicKey, publicKey)) return true;
      if (!crypto.verify(digest, signature, publicKey)) return false;
      if (good.size >= REMEMBERED_MAX) good.clear();
      good.set(key, { digest, publicKey });
      return true;
    },
  };
}
