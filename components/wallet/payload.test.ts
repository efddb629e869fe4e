import { createHash, webcrypto } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concat, toHex } from '#ledger/core/bytes.ts';
import {
  decodePayload,
  PAYLOAD_NONCE_BYTES,
  payloadContext,
  payloadKeyInfo,
  type Payload,
} from '#ledger/core/payload.ts';
import { deriveEncryptionKey } from './encryption-key.ts';
import { bufferOf, suite } from './hpke.ts';
import { encryptPayload, sealPayloadKeys } from './payload.ts';

const network = new Uint8Array(32).fill(9);
const anyPayload: fc.Arbitrary<Payload> = fc.record({
  module: fc.uint8Array({ minLength: 1, maxLength: 400 }),
  args: fc.array(fc.string({ maxLength: 20 }), { maxLength: 4 }),
  inputs: fc.oneof(
    fc.record({
      split: fc.constant('list' as const),
      inputs: fc.array(fc.uint8Array(), { minLength: 1, maxLength: 5 }),
    }),
    fc.record({
      split: fc.constant('lines' as const),
      text: fc.uint8Array(),
      perSubtask: fc.integer({ min: 1, max: 9 }),
    }),
    fc.constant({ split: 'range' as const, from: 0, to: 100, subtasks: 7 }),
  ),
});

async function decrypted(ciphertext: Uint8Array, by: { key: Uint8Array; network: Uint8Array }): Promise<Uint8Array> {
  const key = await webcrypto.subtle.importKey('raw', by.key, 'AES-GCM', false, ['decrypt']);
  const cipher = {
    name: 'AES-GCM',
    iv: ciphertext.subarray(0, PAYLOAD_NONCE_BYTES),
    additionalData: payloadContext(by.network),
  };
  return new Uint8Array(await webcrypto.subtle.decrypt(cipher, key, ciphertext.subarray(PAYLOAD_NONCE_BYTES)));
}

test('what is uploaded opens, by the key that stays here and for this network alone, to the program with its inputs [8.4.1-a]', async () => {
  await fc.assert(
    fc.asyncProperty(anyPayload, async (payload) => {
      const { ciphertext, digest, algorithm, key } = await encryptPayload(payload, toHex(network));
      expect(digest).toBe(createHash('sha256').update(ciphertext).digest('hex'));
      expect(algorithm).toBe(createHash('sha256').update(payload.module).digest('hex'));
      expect(decodePayload(await decrypted(ciphertext, { key, network }), 10_000)).toEqual(payload);
      await expect(decrypted(ciphertext, { key, network: new Uint8Array(32) })).rejects.toThrow();
    }),
    { numRuns: 25 },
  );
});

test('the key opens for the agent of the resource that it is sealed for, and for no other resource [8.5.2-b]', async () => {
  const agent = deriveEncryptionKey(new Uint8Array(32).fill(7));
  const digest = 'ab'.repeat(32);
  const key = new Uint8Array(32).fill(3);
  const of = { network: toHex(network), digest };
  const to = [4, 5].map((resource) => ({ resource, sealingKey: toHex(agent.publicKey) }));
  const [first, second] = (await sealPayloadKeys(key, to, of)) ?? [];
  expect([first?.resource, second?.resource, first?.sealed.length]).toEqual([4n, 5n, 80]);
  const open = async (sealed: Uint8Array, resource: bigint): Promise<Uint8Array> => {
    const recipientKey = await suite.kem.importKey('raw', bufferOf(agent.secretKey), false);
    const info = bufferOf(payloadKeyInfo({ network, resource, payload: new Uint8Array(32).fill(0xab) }));
    const opened = await suite.open(
      { recipientKey, enc: bufferOf(sealed.subarray(0, 32)), info },
      bufferOf(sealed.subarray(32)),
    );
    return new Uint8Array(opened);
  };
  const sealed = first?.sealed ?? concat();
  expect(await open(sealed, 4n)).toEqual(key);
  await expect(open(sealed, 5n)).rejects.toThrow();
  expect(await sealPayloadKeys(key, [{ resource: 4, sealingKey: 'none' }], of)).toBeUndefined();
});
