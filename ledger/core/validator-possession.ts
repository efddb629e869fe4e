import { u64 } from './bytes.ts';
import type { Crypto } from './crypto.ts';
import { taggedHash } from './hash.ts';

/** What a consensus key signs to be proposed as a validator, so that nobody offers a key that its holder did not. */
export interface ValidatorPossession {
  /** genesisHash, 32 bytes. */
  readonly network: Uint8Array;
  /** Account that will answer for the node. */
  readonly operator: bigint;
}

/** SHA-256(tag ‖ network ‖ operator u64): `Crypto.sign` of the consensus key over it is the proof. */
export function possessionDigest(of: ValidatorPossession, crypto: Pick<Crypto, 'sha256'>): Uint8Array {
  return taggedHash(crypto, 'interpool/validator-possession/v1', of.network, u64(of.operator));
}
