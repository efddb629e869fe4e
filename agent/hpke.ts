import { Chacha20Poly1305 } from '@hpke/chacha20poly1305';
import { CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import { concat } from '#ledger/core/bytes.ts';

/** Encapsulated X25519 key before the ciphertext. */
const ENC_BYTES = 32;

/** Seals to an X25519 key (32 bytes): HPKE base mode, RFC 9180 §5.1.1; enc (32) ‖ ciphertext. Throws when the key is none. */
export async function seal(
  plaintext: Uint8Array,
  to: { readonly publicKey: Uint8Array; readonly info: Uint8Array },
): Promise<Uint8Array> {
  const suite = newSuite();
  const recipientPublicKey = await suite.kem.deserializePublicKey(bufferOf(to.publicKey));
  const sender = await suite.createSenderContext({ recipientPublicKey, info: bufferOf(to.info) });
  const ciphertext = new Uint8Array(await sender.seal(bufferOf(plaintext)));
  return concat(new Uint8Array(sender.enc), ciphertext);
}

/** Opens what was sealed to the key of this secret; undefined when it was sealed to another key, or for something else. */
export async function open(
  sealed: Uint8Array,
  by: { readonly secretKey: Uint8Array; readonly info: Uint8Array },
): Promise<Uint8Array | undefined> {
  try {
    const suite = newSuite();
    const recipientKey = await suite.kem.deserializePrivateKey(bufferOf(by.secretKey));
    const enc = bufferOf(sealed.subarray(0, ENC_BYTES));
    const recipient = await suite.createRecipientContext({ recipientKey, enc, info: bufferOf(by.info) });
    return new Uint8Array(await recipient.open(bufferOf(sealed.subarray(ENC_BYTES))));
  } catch {
    return undefined;
  }
}

function newSuite(): CipherSuite {
  return new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Chacha20Poly1305() });
}

/** The library takes ArrayBuffers of exactly the bytes. */
function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
