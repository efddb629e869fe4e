import { fromHex, toHex, utf8 } from '#ledger/core/bytes.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { taggedHash } from '#ledger/core/hash.ts';
import type { MethodArgs } from '#ledger/contracts/definitions.ts';

/** A fresh salt (hex) and the commitment to a name that goes on the ledger in its place. */
export function makeProfile(name: string): { salt: string; commitment: Uint8Array } {
  const salt = crypto.getRandomValues(new Uint8Array(32));
  return { salt: toHex(salt), commitment: taggedHash(nobleCrypto, 'interpool/profile/v1', salt, utf8(name)) };
}

/** Args that create an account for the address which signs them; undefined when the address is none. */
export function createAccountArgs(
  address: string,
  words: Omit<MethodArgs['CreateAccount'], 'owner'>,
): MethodArgs['CreateAccount'] | undefined {
  const owner = fromHex(address);
  return owner?.length === 20 ? { owner, ...words } : undefined;
}
