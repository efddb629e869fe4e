import { concat, equal } from '#ledger/core/bytes.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';

const { sha256 } = nobleCrypto;

/**
 * Real hashes, and a keyed hash in the place of recoverable signatures: for tests of ten thousand transactions, where the time of real
 * ones would tell nothing. Anybody can forge it.
 */
export const quickCrypto: Crypto = {
  ...nobleCrypto,
  signRecoverable(digest, secretKey) {
    const identity = sha256(secretKey);
    return concat(identity, sha256(concat(identity, digest)), Uint8Array.of(0));
  },
  recover(digest, signature) {
    const identity = signature.subarray(0, 32);
    const isSound = equal(signature.subarray(32, 64), sha256(concat(identity, digest))) && signature[64] === 0;
    return isSound ? concat(Uint8Array.of(4), identity, sha256(identity)) : undefined;
  },
};
