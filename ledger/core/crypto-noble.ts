import { secp256k1 } from '@noble/curves/secp256k1.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import type { Crypto } from './crypto.ts';

const RAW = { prehash: false, lowS: true } as const;

/** `Crypto` in plain JavaScript, for browsers, tests and wherever a few signatures a second are enough. */
export const nobleCrypto: Crypto = {
  sha256: (data) => sha256(data),
  keccak256: (data) => keccak_256(data),
  recover,
  signRecoverable,
  sign: (digest, secretKey) => secp256k1.sign(digest, secretKey, { ...RAW, format: 'compact' }),
  verify,
  publicKey: (secretKey) => secp256k1.getPublicKey(secretKey, true),
};

function recover(digest: Uint8Array, signature: Uint8Array): Uint8Array | undefined {
  const parity = signature[64];
  if (digest.length !== 32 || signature.length !== 65 || (parity !== 0 && parity !== 1)) return undefined;
  try {
    const parsed = secp256k1.Signature.fromBytes(signature.subarray(0, 64), 'compact');
    if (parsed.hasHighS()) return undefined;
    return parsed.addRecoveryBit(parity).recoverPublicKey(digest).toBytes(false);
  } catch {
    return undefined;
  }
}

function signRecoverable(digest: Uint8Array, secretKey: Uint8Array): Uint8Array {
  // noble puts the recovery byte first; Ethereum's order is r ‖ s ‖ v.
  const recovered = secp256k1.sign(digest, secretKey, { ...RAW, format: 'recovered' });
  const signature = new Uint8Array(65);
  signature.set(recovered.subarray(1), 0);
  signature[64] = recovered[0]!;
  return signature;
}

function verify(digest: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean {
  if (digest.length !== 32 || signature.length !== 64 || publicKey.length !== 33) return false;
  try {
    return secp256k1.verify(signature, digest, publicKey, { ...RAW, format: 'compact' });
  } catch {
    return false;
  }
}
