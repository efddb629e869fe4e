import { concat, equal, toHex } from '#ledger/core/bytes.ts';
import type { Crypto } from '#ledger/core/crypto.ts';

const SIGNATURE_BYTES = 64;

/**
 * The given cryptography with keyed hashes in the place of signatures: only who knows the secret key makes one, so to speak; validators of
 * a simulation have no other way. A signature of secp256k1 costs as much as all else that a simulated validator does.
 */
export function keyedHashCrypto(crypto: Crypto): Crypto {
  const secretKeys = new Map<string, Uint8Array>();
  const sign = (digest: Uint8Array, secretKey: Uint8Array): Uint8Array => {
    const half = crypto.sha256(concat(secretKey, digest));
    const signature = new Uint8Array(SIGNATURE_BYTES);
    signature.set(half);
    signature.set(half, half.length);
    return signature;
  };
  return {
    ...crypto,
    sign,
    verify: (digest, signature, publicKey) => {
      const secretKey = secretKeys.get(toHex(publicKey));
      return secretKey !== undefined && equal(sign(digest, secretKey), signature);
    },
    publicKey: (secretKey) => {
      const publicKey = concat(Uint8Array.of(2), crypto.sha256(secretKey));
      secretKeys.set(toHex(publicKey), secretKey);
      return publicKey;
    },
  };
}
