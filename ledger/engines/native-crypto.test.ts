import { describe, expect, test } from 'vitest';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { cryptoConformance } from '#ledger/vectors/crypto-conformance.ts';
import { nativeCrypto } from './native-crypto.ts';

cryptoConformance('native', nativeCrypto);

describe('crypto: native beside noble', () => {
  test('makes the same keys, digests and signatures (RFC 6979) byte for byte', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const secretKey = nobleCrypto.sha256(Uint8Array.of(seed));
      const digest = nobleCrypto.keccak256(secretKey);
      expect(nativeCrypto.keccak256(secretKey)).toEqual(digest);
      expect(nativeCrypto.sha256(digest)).toEqual(nobleCrypto.sha256(digest));
      expect(nativeCrypto.publicKey(secretKey)).toEqual(nobleCrypto.publicKey(secretKey));
      expect(nativeCrypto.sign(digest, secretKey)).toEqual(nobleCrypto.sign(digest, secretKey));
      const signature = nativeCrypto.signRecoverable(digest, secretKey);
      expect(signature).toEqual(nobleCrypto.signRecoverable(digest, secretKey));
      expect(nativeCrypto.recover(digest, signature)).toEqual(nobleCrypto.recover(digest, signature));
    }
  });
});
