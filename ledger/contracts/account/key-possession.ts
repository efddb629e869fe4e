import { recoverAddress } from '#ledger/core/address.ts';
import { equal, u64 } from '#ledger/core/bytes.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { taggedHash } from '#ledger/core/hash.ts';

/** What a new key signs before an owner authorises it, so that nobody authorises a key that its holder did not offer to this account. */
export interface KeyPossession {
  /** genesisHash, 32 bytes. */
  readonly network: Uint8Array;
  readonly account: bigint;
  /** Of the new key, 20 bytes. */
  readonly address: Uint8Array;
}

/** SHA-256('interpool/key-possession/v1' ‖ network ‖ account u64 ‖ address): the new key's recoverable signature over it is the proof. */
export function possessionDigest(of: KeyPossession, crypto: Pick<Crypto, 'sha256'>): Uint8Array {
  return taggedHash(crypto, 'interpool/key-possession/v1', of.network, u64(of.account), of.address);
}

/** True when the key at the address signed for this account on this network. */
export function isPossessed(of: KeyPossession, proof: Uint8Array, crypto: Crypto): boolean {
  const signer = recoverAddress(possessionDigest(of, crypto), proof, crypto);
  return signer !== undefined && equal(signer, of.address);
}
