import { assert } from '#ledger/core/assert.ts';
import { concat, fromHex } from '#ledger/core/bytes.ts';
import {
  encodePayload,
  PAYLOAD_KEY_BYTES,
  PAYLOAD_NONCE_BYTES,
  payloadContext,
  payloadKeyInfo,
  type Payload,
} from '#ledger/core/payload.ts';
import { bufferOf, suite } from './hpke.ts';
import { sha256Hex } from '#components/ui/sha256.ts';

/** A program with its inputs, encrypted in this browser: the portal carries it and cannot read it. */
export interface EncryptedPayload {
  /** Nonce ‖ AES-256-GCM ciphertext (core/payload.ts). */
  readonly ciphertext: Uint8Array<ArrayBuffer>;
  /** SHA-256 of the ciphertext, hex: how the ledger and the portal name it. */
  readonly digest: string;
  /** SHA-256 of the module, hex. */
  readonly algorithm: string;
  /** 32 bytes, used for this payload alone. */
  readonly key: Uint8Array<ArrayBuffer>;
}

/** `network`: genesis hash, hex. Throws where the browser has no cryptography, as on a page over plain http. */
export async function encryptPayload(payload: Payload, network: string): Promise<EncryptedPayload> {
  const key = crypto.getRandomValues(new Uint8Array(PAYLOAD_KEY_BYTES));
  const nonce = crypto.getRandomValues(new Uint8Array(PAYLOAD_NONCE_BYTES));
  const genesis = fromHex(network);
  assert(genesis, 'the portal names its network in hex');
  const cipher = { name: 'AES-GCM', iv: nonce, additionalData: bufferOf(payloadContext(genesis)) };
  const usable = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt']);
  const encrypted = await crypto.subtle.encrypt(cipher, usable, bufferOf(encodePayload(payload)));
  const ciphertext = new Uint8Array(concat(nonce, new Uint8Array(encrypted)));
  return {
    ciphertext,
    digest: await sha256Hex(ciphertext),
    algorithm: await sha256Hex(new Uint8Array(payload.module)),
    key,
  };
}

/** An agent that a payload's key is sealed to. */
export interface SealTo {
  readonly resource: number;
  /** Its X25519 key, hex, as the resource's description has it. */
  readonly sealingKey: string;
}

/** The payload's key for each of these agents, 80 bytes each, in their order; undefined when one of them has no such key. */
export async function sealPayloadKeys(
  key: Uint8Array,
  agents: readonly SealTo[],
  of: { readonly network: string; readonly digest: string },
): Promise<{ resource: bigint; sealed: Uint8Array }[] | undefined> {
  const [network, payload] = [fromHex(of.network), fromHex(of.digest)];
  if (!network || !payload) return undefined;
  const sealed: { resource: bigint; sealed: Uint8Array }[] = [];
  for (const agent of agents) {
    const publicKey = fromHex(agent.sealingKey);
    if (publicKey?.length !== 32) return undefined;
    const resource = BigInt(agent.resource);
    const info = payloadKeyInfo({ network, resource, payload });
    const recipientPublicKey = await suite.kem.importKey('raw', bufferOf(publicKey), true);
    const { enc, ct } = await suite.seal({ recipientPublicKey, info: bufferOf(info) }, bufferOf(key));
    sealed.push({ resource, sealed: concat(new Uint8Array(enc), new Uint8Array(ct)) });
  }
  return sealed;
}
