import { Chacha20Poly1305 } from '@hpke/chacha20poly1305';
import { CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { toHex } from '#ledger/core/bytes.ts';
import { descriptorInfo, encodeDescriptor } from '#ledger/core/descriptor.ts';
import { openDescriptor, type SealedDescriptor } from './descriptor.ts';
import { deriveEncryptionKey } from './encryption-key.ts';

const key = deriveEncryptionKey(new Uint8Array(32).fill(7));
const network = new Uint8Array(32).fill(9);
const access = { path: '/v1/agreements/12/rows', token: 'a1b2c3' };
let sealed: SealedDescriptor;

beforeAll(async () => {
  const suite = new CipherSuite({
    kem: new DhkemX25519HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Chacha20Poly1305(),
  });
  const recipientPublicKey = await suite.kem.importKey('raw', new Uint8Array(key.publicKey).buffer, true);
  const info = descriptorInfo({ network, agreement: 12n, encryptionKey: key.publicKey, issue: 1n });
  const { enc, ct } = await suite.seal(
    { recipientPublicKey, info: new Uint8Array(info).buffer },
    new Uint8Array(encodeDescriptor(access)).buffer,
  );
  sealed = {
    descriptor: toHex(new Uint8Array(enc)) + toHex(new Uint8Array(ct)),
    encryptionKey: toHex(key.publicKey),
    issue: 1,
    agreement: 12,
    network: toHex(network),
  };
});

describe('the sealed access descriptor', () => {
  test('opens with the key that it was sealed to [8.5.2-b]', async () => {
    expect(await openDescriptor(sealed, key)).toEqual({ ok: true, descriptor: access });
  });

  test('says that it is for another key, so that the screen can offer a re-issue', async () => {
    expect(await openDescriptor(sealed, deriveEncryptionKey(new Uint8Array(32).fill(8)))).toEqual({
      ok: false,
      reason: 'other-key',
    });
  });

  test('does not open for another agreement, issue or network, nor with a byte changed [8.5.2-b]', async () => {
    const flipped = `${sealed.descriptor.slice(0, -2)}${sealed.descriptor.endsWith('00') ? '01' : '00'}`;
    for (const change of [
      { agreement: 13 },
      { issue: 2 },
      { network: '00'.repeat(32) },
      { descriptor: flipped },
      { descriptor: '' },
      { descriptor: 'zz' },
    ]) {
      expect(await openDescriptor({ ...sealed, ...change }, key)).toEqual({ ok: false, reason: 'damaged' });
    }
  });

  test('the encryption key follows from the wallet key alone: the key file restores it', () => {
    expect(toHex(deriveEncryptionKey(new Uint8Array(32).fill(7)).publicKey)).toBe(toHex(key.publicKey));
    expect(toHex(deriveEncryptionKey(new Uint8Array(32).fill(8)).publicKey)).not.toBe(toHex(key.publicKey));
  });
});
