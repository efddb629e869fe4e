import { hash } from 'node:crypto';
import { createRequire } from 'node:module';
import { createKeccak } from 'hash-wasm';
import type { Crypto } from '#ledger/core/crypto.ts';

type Secp256k1 = typeof import('secp256k1');

/**
 * libsecp256k1's binding. The package's own entry silently falls back to JavaScript when the binding does not load, which is forty
 * times slower and other code than was reviewed: this loads the binding itself and refuses to start without it.
 */
function loadBinding(): Secp256k1 {
  try {
    return createRequire(import.meta.url)('secp256k1/bindings.js') as Secp256k1;
  } catch {
    throw new Error(
      'The native library libsecp256k1 (npm package secp256k1) did not load; run npm install with install scripts allowed for it.',
    );
  }
}

const secp256k1 = loadBinding();

/** Keccak-256 in WebAssembly, eight times as fast as in JavaScript: with libsecp256k1 it would else cost more than the signature. */
const keccak = await createKeccak(256);

function keccak256(data: Uint8Array): Uint8Array {
  keccak.init();
  keccak.update(data);
  return keccak.digest('binary');
}

const DIGEST_LENGTH = 32;

/** OpenSSL's digest as a text of one letter a byte: the buffer that it would make costs more than the hash of a tree's node. */
function sha256(data: Uint8Array): Uint8Array {
  const letters = hash('sha256', data, 'binary');
  const digest = new Uint8Array(DIGEST_LENGTH);
  for (let at = 0; at < DIGEST_LENGTH; at += 1) digest[at] = letters.charCodeAt(at);
  return digest;
}

const SIGNATURE_LENGTH = 64;
const RECOVERABLE_LENGTH = 65;

/** Half the group order (SEC 2 §2.4.1), big-endian: a larger s is the malleable twin of a valid signature. */
const HALF_ORDER = Uint8Array.from([
  0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x5d, 0x57, 0x6e,
  0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0,
]);

function isLowS(signature: Uint8Array): boolean {
  for (let index = 0; index < DIGEST_LENGTH; index += 1) {
    const difference = (signature[DIGEST_LENGTH + index] ?? 0) - (HALF_ORDER[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return true;
}

function recover(digest: Uint8Array, signature: Uint8Array): Uint8Array | undefined {
  if (digest.length !== DIGEST_LENGTH || signature.length !== RECOVERABLE_LENGTH) return undefined;
  const recovery = signature[SIGNATURE_LENGTH] ?? 255;
  // ecdsaRecover accepts high S and V 2 and 3; neither is a signature here.
  if (recovery > 1 || !isLowS(signature)) return undefined;
  try {
    return secp256k1.ecdsaRecover(signature.subarray(0, SIGNATURE_LENGTH), recovery, digest, false);
  } catch {
    return undefined;
  }
}

function verify(digest: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean {
  if (digest.length !== DIGEST_LENGTH || signature.length !== SIGNATURE_LENGTH || publicKey.length !== 33) return false;
  if (!isLowS(signature)) return false;
  try {
    return secp256k1.ecdsaVerify(signature, digest, publicKey);
  } catch {
    return false;
  }
}

function signRecoverable(digest: Uint8Array, secretKey: Uint8Array): Uint8Array {
  const { signature, recid } = secp256k1.ecdsaSign(digest, secretKey);
  const bytes = new Uint8Array(RECOVERABLE_LENGTH);
  bytes.set(signature);
  bytes[SIGNATURE_LENGTH] = recid;
  return bytes;
}

/** The server's cryptography: libsecp256k1, Keccak of hash-wasm and Node's SHA-256; equal to the portable record of core on every shared vector. */
export const nativeCrypto: Crypto = {
  sha256,
  keccak256,
  recover,
  signRecoverable,
  sign: (digest, secretKey) => new Uint8Array(secp256k1.ecdsaSign(digest, secretKey).signature),
  verify,
  publicKey: (secretKey) => new Uint8Array(secp256k1.publicKeyCreate(secretKey, true)),
};
