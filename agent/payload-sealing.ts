import { concat } from '#ledger/core/bytes.ts';
import { PAYLOAD_KEY_BYTES, PAYLOAD_NONCE_BYTES, payloadContext, payloadKeyInfo } from '#ledger/core/payload.ts';
import { open, seal } from './hpke.ts';

/** What a payload's sealed key is bound to: another network, resource or ciphertext cannot open it. */
export interface PayloadKeyBinding {
  /** Genesis hash, 32 bytes. */
  readonly network: Uint8Array;
  readonly resource: bigint;
  /** SHA-256 of the ciphertext. */
  readonly payload: Uint8Array;
}

/** Seals a payload's key (32 bytes) to the agent of a resource; 80 bytes. Throws when the agent's key is none. */
export function sealPayloadKey(
  key: Uint8Array,
  to: PayloadKeyBinding & { readonly sealingKey: Uint8Array },
): Promise<Uint8Array> {
  return seal(key, { publicKey: to.sealingKey, info: payloadKeyInfo(to) });
}

/** Opens a payload's key with the agent's X25519 secret key; undefined when it was sealed for something else, or is no key. */
export async function openPayloadKey(
  sealed: Uint8Array,
  by: PayloadKeyBinding & { readonly secretKey: Uint8Array },
): Promise<Uint8Array | undefined> {
  const key = await open(sealed, { secretKey: by.secretKey, info: payloadKeyInfo(by) });
  return key?.length === PAYLOAD_KEY_BYTES ? key : undefined;
}

/** Nonce (12 bytes) ‖ AES-256-GCM of the plaintext, bound to the network. A key is used once: its nonce may be any. */
export async function encryptPayload(
  plaintext: Uint8Array,
  by: { readonly key: Uint8Array; readonly nonce: Uint8Array; readonly network: Uint8Array },
): Promise<Uint8Array> {
  const ciphertext = await crypto.subtle.encrypt(algorithmOf(by), await keyOf(by.key), new Uint8Array(plaintext));
  return concat(by.nonce, new Uint8Array(ciphertext));
}

/** Inverse of `encryptPayload`; undefined for another key or network, and for a single bit that is not as it was encrypted. */
export async function decryptPayload(
  ciphertext: Uint8Array,
  by: { readonly key: Uint8Array; readonly network: Uint8Array },
): Promise<Uint8Array | undefined> {
  const nonce = ciphertext.subarray(0, PAYLOAD_NONCE_BYTES);
  const sealed = new Uint8Array(ciphertext.subarray(PAYLOAD_NONCE_BYTES));
  try {
    const algorithm = algorithmOf({ nonce, network: by.network });
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, await keyOf(by.key), sealed));
  } catch {
    return undefined;
  }
}

function algorithmOf({ nonce, network }: { readonly nonce: Uint8Array; readonly network: Uint8Array }): AesGcmParams {
  return { name: 'AES-GCM', iv: new Uint8Array(nonce), additionalData: new Uint8Array(payloadContext(network)) };
}

function keyOf(key: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', new Uint8Array(key), 'AES-GCM', false, ['encrypt', 'decrypt']);
}
