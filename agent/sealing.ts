import { Chacha20Poly1305 } from '@hpke/chacha20poly1305';
import { CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import { concat } from '#ledger/core/bytes.ts';
import {
  decodeDescriptor,
  descriptorInfo,
  encodeDescriptor,
  type AccessDescriptor,
  type DescriptorBinding,
} from '#ledger/core/descriptor.ts';

const ENC_BYTES = 32;

/**
 * Seals a link's token with the path to the customer's key: HPKE base mode, RFC 9180 §5.1.1; enc (32) ‖ ciphertext. `entryPath` is what
 * the order's kind opens behind the agreement's own address. Throws when the key is none.
 */
export async function sealLink(
  binding: DescriptorBinding,
  { entryPath, token }: { readonly entryPath: string; readonly token: string },
): Promise<Uint8Array> {
  const suite = newSuite();
  const recipientPublicKey = await suite.kem.deserializePublicKey(bufferOf(binding.encryptionKey));
  const sender = await suite.createSenderContext({ recipientPublicKey, info: bufferOf(descriptorInfo(binding)) });
  const plaintext = encodeDescriptor({ path: `/v1/agreements/${binding.agreement}${entryPath}`, token });
  const ciphertext = new Uint8Array(await sender.seal(bufferOf(plaintext)));
  return concat(new Uint8Array(sender.enc), ciphertext);
}

/** Opens a link with the customer's X25519 secret key; undefined when it was sealed for something else. */
export async function openLink(
  sealed: Uint8Array,
  options: { readonly binding: DescriptorBinding; readonly secretKey: Uint8Array },
): Promise<AccessDescriptor | undefined> {
  try {
    const suite = newSuite();
    const recipientKey = await suite.kem.deserializePrivateKey(bufferOf(options.secretKey));
    const recipient = await suite.createRecipientContext({
      recipientKey,
      enc: bufferOf(sealed.subarray(0, ENC_BYTES)),
      info: bufferOf(descriptorInfo(options.binding)),
    });
    return decodeDescriptor(new Uint8Array(await recipient.open(bufferOf(sealed.subarray(ENC_BYTES)))));
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
