import { sha256 } from '@noble/hashes/sha2.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '#ledger/core/bytes.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { foreignVectors } from '#ledger/vectors/foreign.ts';

interface Group {
  publicKey: { uncompressed: string };
  tests: { tcId: number; comment: string; msg: string; sig: string; result: 'valid' | 'invalid' }[];
}

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

const wycheproof = foreignVectors('wycheproof/ecdsa_secp256k1_sha256_p1363_test.json') as
  { testGroups: Group[] } | undefined;

function compressed(uncompressed: Uint8Array): Uint8Array {
  return Uint8Array.from([2 + (uncompressed[64]! & 1), ...uncompressed.subarray(1, 33)]);
}

/** r ‖ n − s: the twin that the ledger takes when s is above n/2, and does not take when it is below. */
function twin(signature: Uint8Array): Uint8Array {
  const s = ORDER - BigInt(`0x${toHex(signature.subarray(32))}`);
  return fromHex(toHex(signature.subarray(0, 32)) + s.toString(16).padStart(64, '0'))!;
}

/** What every implementation of `Crypto` must do; each implementation's test file runs it. */
export function cryptoConformance(name: string, crypto: Crypto): void {
  const secretKey = new Uint8Array(32).fill(5);
  const publicKey = crypto.publicKey(secretKey);
  const digest = crypto.sha256(Uint8Array.of(1, 2, 3));

  describe(`crypto: ${name}`, () => {
    test.skipIf(wycheproof === undefined)('judges 252 Wycheproof signatures right, high-S refused [8.5.2-b]', () => {
      let judged = 0;
      let recovered = 0;
      for (const { publicKey: key, tests } of wycheproof!.testGroups) {
        const uncompressed = fromHex(key.uncompressed)!;
        for (const { tcId, comment, msg, sig, result } of tests) {
          const hashed = crypto.sha256(fromHex(msg)!);
          const signature = fromHex(sig)!;
          const label = `${tcId} ${comment}`;
          judged += 1;
          const isLow = signature.length === 64 && BigInt(`0x${toHex(signature.subarray(32))}`) <= ORDER / 2n;
          const isAccepted = crypto.verify(hashed, signature, compressed(uncompressed));
          expect(isAccepted, label).toBe(result === 'valid' && isLow);
          if (result === 'invalid') continue;
          const low = isLow ? signature : twin(signature);
          expect(crypto.verify(hashed, low, compressed(uncompressed)), label).toBe(true);
          const keys = [0, 1].map((v) => crypto.recover(hashed, Uint8Array.from([...low, v])));
          if (keys.some((one) => one !== undefined && toHex(one) === toHex(uncompressed))) recovered += 1;
        }
      }
      expect(judged).toBe(252);
      // The few others have an r that stands for an x above the order (v 2 or 3), which the ledger does not take.
      expect(recovered).toBeGreaterThan(150);
    });

    test('a signature verifies and recovers its key; the same one is made each time [8.5.2-b]', () => {
      const signature = crypto.sign(digest, secretKey);
      expect(signature).toHaveLength(64);
      expect(crypto.sign(digest, secretKey)).toEqual(signature);
      expect(crypto.verify(digest, signature, publicKey)).toBe(true);
      expect(crypto.verify(digest, twin(signature), publicKey)).toBe(false);
      const recoverable = crypto.signRecoverable(digest, secretKey);
      expect(toHex(recoverable.subarray(0, 64))).toBe(toHex(signature));
      expect(recoverable[64]).toBeLessThan(2);
      const recovered = crypto.recover(digest, recoverable)!;
      expect(recovered).toHaveLength(65);
      expect(toHex(compressed(recovered))).toBe(toHex(publicKey));
    });

    test('a signature of another length, v, S or range is none, and nothing throws [8.5.2-b]', () => {
      const good = crypto.signRecoverable(digest, secretKey);
      const [r, s] = [good.subarray(0, 32), good.subarray(32, 64)];
      const high = twin(good.subarray(0, 64));
      const zero = new Uint8Array(32);
      const full = new Uint8Array(32).fill(255);
      const bad = [
        [...good.subarray(0, 64)],
        [...good, 0],
        [...r, ...s, 2],
        [...r, ...s, 27],
        [...high, 0],
        [...high, 1],
        [...zero, ...s, 0],
        [...r, ...zero, 0],
        [...full, ...s, 0],
        [...r, ...full, 0],
        [],
      ].map((bytes) => Uint8Array.from(bytes));
      for (const signature of bad) {
        expect(crypto.recover(digest, signature)).toBeUndefined();
        expect(crypto.verify(digest, signature.subarray(0, 63), publicKey)).toBe(false);
      }
      expect(crypto.recover(digest.subarray(1), good)).toBeUndefined();
      for (const key of [publicKey.subarray(1), new Uint8Array(33), new Uint8Array(33).fill(255), new Uint8Array(65)]) {
        expect(crypto.verify(digest, good.subarray(0, 64), key)).toBe(false);
      }
    });

    test('hashes equal the published values [8.5.2-b]', () => {
      // FIPS 180-2 appendix B.1 and the empty string of the Keccak team's test vectors.
      const abc = Uint8Array.of(97, 98, 99);
      expect(toHex(crypto.sha256(abc))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
      const empty = new Uint8Array(0);
      expect(toHex(crypto.keccak256(empty))).toBe('c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470');
    });

    test('hashes of every length around their block sizes equal noble’s, and each is bytes of its own [8.5.2-b]', () => {
      const data = Uint8Array.from({ length: 300 }, (_, i) => i * 7);
      const kept: [Uint8Array, string][] = [];
      for (let length = 0; length <= data.length; length++) {
        const part = data.subarray(300 - length);
        const [keccak, sha] = [crypto.keccak256(part), crypto.sha256(part)];
        expect(toHex(keccak)).toBe(toHex(keccak_256(part)));
        expect(toHex(sha)).toBe(toHex(sha256(part)));
        kept.push([keccak, toHex(keccak)], [sha, toHex(sha)]);
      }
      for (const [bytes, hex] of kept) expect(toHex(bytes)).toBe(hex);
    });
  });
}
