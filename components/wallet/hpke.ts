import { Chacha20Poly1305 } from '@hpke/chacha20poly1305';
import { CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';

/** The suite of everything that is sealed here (HPKE, RFC 9180): to a person's key, and to an agent's. */
export const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Chacha20Poly1305(),
});

/** Bytes of an encapsulated key, before the ciphertext. */
export const ENC_LENGTH = 32;

/** A copy whose buffer holds these bytes and nothing else. */
export function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
