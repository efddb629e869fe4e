/**
 * The cryptography the ledger needs, handed in as functions (noble in browsers and tests, libsecp256k1 and node:crypto on the
 * server). All synchronous. Nothing throws on bad input from outside: verification answers false, recovery answers undefined.
 */
export interface Crypto {
  sha256(data: Uint8Array): Uint8Array;
  keccak256(data: Uint8Array): Uint8Array;
  /** Uncompressed public key (65 bytes) behind a 65-byte signature r ‖ s ‖ v, v in {0, 1}, low-S only; undefined when it is none. */
  recover(digest: Uint8Array, signature: Uint8Array): Uint8Array | undefined;
  /** 65-byte recoverable signature r ‖ s ‖ v (v in {0, 1}), low-S, RFC 6979 nonce. */
  signRecoverable(digest: Uint8Array, secretKey: Uint8Array): Uint8Array;
  /** 64-byte low-S signature over a 32-byte digest, as CometBFT's secp256k1 keys make it. */
  sign(digest: Uint8Array, secretKey: Uint8Array): Uint8Array;
  /** Verifies a 64-byte low-S signature by a 33-byte compressed public key. */
  verify(digest: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean;
  /** 33-byte compressed public key of a 32-byte secret key. */
  publicKey(secretKey: Uint8Array): Uint8Array;
}
