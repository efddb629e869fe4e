import { randomBytes } from 'node:crypto';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';

/** A secret key of the curve's range: nearly every 32 bytes are one. */
export function makeKeyPair(): { secretKey: Uint8Array; publicKey: Uint8Array } {
  for (;;) {
    const secretKey = new Uint8Array(randomBytes(32));
    try {
      return { secretKey, publicKey: nativeCrypto.publicKey(secretKey) };
    } catch {
      // Zero or beyond the group's order: one in 2¹²⁸.
    }
  }
}
