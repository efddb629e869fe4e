import { fromHex, toHex, utf8 } from './bytes.ts';
import type { Crypto } from './crypto.ts';

/** Ethereum address (20 bytes) of an uncompressed 65-byte public key. */
export function addressOf(publicKey: Uint8Array, crypto: Pick<Crypto, 'keccak256'>): Uint8Array {
  return crypto.keccak256(publicKey.subarray(1)).slice(12);
}

/** Address behind a recoverable signature over a digest; undefined when the signature is none. */
export function recoverAddress(digest: Uint8Array, signature: Uint8Array, crypto: Crypto): Uint8Array | undefined {
  const publicKey = crypto.recover(digest, signature);
  return publicKey === undefined ? undefined : addressOf(publicKey, crypto);
}

/** `0x` and 40 hex digits in the mixed case of EIP-55. */
export function formatAddress(address: Uint8Array, crypto: Pick<Crypto, 'keccak256'>): string {
  const digits = toHex(address);
  const hash = crypto.keccak256(utf8(digits));
  let text = '0x';
  for (let i = 0; i < digits.length; i++) {
    const nibble = (hash[i >> 1]! >> (i % 2 === 0 ? 4 : 0)) & 0xf;
    text += nibble >= 8 ? digits[i]!.toUpperCase() : digits[i]!;
  }
  return text;
}

/** Bytes of `0x` and 40 hex digits; one-case text is taken as it is, mixed case must carry the right EIP-55 checksum. */
export function parseAddress(text: string, crypto: Pick<Crypto, 'keccak256'>): Uint8Array | undefined {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) return undefined;
  const address = fromHex(text);
  if (address === undefined) return undefined;
  const digits = text.slice(2);
  const isOneCase = digits === digits.toLowerCase() || digits === digits.toUpperCase();
  return isOneCase || formatAddress(address, crypto) === text ? address : undefined;
}
