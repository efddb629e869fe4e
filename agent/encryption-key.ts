import { x25519 } from '@noble/curves/ed25519.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8 } from '#ledger/core/bytes.ts';

/** HKDF of a signing key (32 bytes) as an X25519 secret key, so that one key file restores both (PROTOCOL, Keys). */
export function encryptionSecretOf(secretKey: Uint8Array): Uint8Array {
  return hkdf(sha256, secretKey, new Uint8Array(0), utf8('interpool/encryption-key/v1'), 32);
}

/** The X25519 key that links are sealed to, 32 bytes. */
export function encryptionKeyOf(secretKey: Uint8Array): Uint8Array {
  return x25519.getPublicKey(encryptionSecretOf(secretKey));
}
