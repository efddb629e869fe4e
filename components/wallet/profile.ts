import { toHex, utf8 } from '#ledger/core/bytes.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { taggedHash } from '#ledger/core/hash.ts';

/** A fresh salt (hex) and the commitment to a name that goes on the ledger in its place. */
export function makeProfile(name: string): { salt: string; commitment: Uint8Array } {
  const salt = crypto.getRandomValues(new Uint8Array(32));
  return { salt: toHex(salt), commitment: taggedHash(nobleCrypto, 'interpool/profile/v1', salt, utf8(name)) };
}
