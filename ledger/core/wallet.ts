import { fromHex, readU64, toHex, u64 } from './bytes.ts';
import { DOMAIN, transactionTypes, type Method, type Transaction } from './transaction.ts';
import type { ArgValue, TypedDataFields } from './typed-data.ts';

/** A value as JSON carries it to a wallet: integers as decimal strings, bytes as 0x hex. */
export type WalletValue = string | boolean | readonly WalletValue[] | { readonly [field: string]: WalletValue };

/** Argument of `eth_signTypedData_v4` and of viem's `signTypedData`. */
export interface WalletTypedData {
  readonly domain: { readonly name: string; readonly version: string; readonly salt: `0x${string}` };
  readonly types: Readonly<Record<string, TypedDataFields>>;
  readonly primaryType: string;
  readonly message: { readonly [field: string]: WalletValue };
}

/** What a wallet is asked to sign for a transaction; its digest is the transaction's id. */
export function toWalletTypedData(method: Method, transaction: Transaction, network: Uint8Array): WalletTypedData {
  const { account, key, nonce, validUntilMs, args } = transaction;
  return {
    domain: { ...DOMAIN, salt: `0x${toHex(network)}` },
    types: {
      EIP712Domain: [
        { name: 'name', type: 'string' },
        { name: 'version', type: 'string' },
        { name: 'salt', type: 'bytes32' },
      ],
      ...transactionTypes(method),
    },
    primaryType: method.name,
    message: toWalletRecord({ account, key, nonce, validUntilMs, ...args }),
  };
}

function toWalletRecord(record: { readonly [field: string]: ArgValue }): { readonly [field: string]: WalletValue } {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, toWalletValue(value)]));
}

function toWalletValue(value: ArgValue): WalletValue {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (value instanceof Uint8Array) return `0x${toHex(value)}`;
  if (Array.isArray(value)) return (value as readonly ArgValue[]).map(toWalletValue);
  return toWalletRecord(value as { readonly [field: string]: ArgValue });
}

/** Order of secp256k1 (SEC 2, 2.4.1). */
const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/**
 * The ledger's form of a wallet's signature (hex or 65 bytes r ‖ s ‖ v): v of 27/28 becomes 0/1, and s above n/2 becomes n − s with
 * the other v, which is the same signature. undefined when it has another length or another v.
 */
export function fromWalletSignature(signature: string | Uint8Array): Uint8Array | undefined {
  const bytes = typeof signature === 'string' ? fromHex(signature) : signature;
  if (bytes === undefined || bytes.length !== 65) return undefined;
  const v = bytes[64]!;
  if (v !== 0 && v !== 1 && v !== 27 && v !== 28) return undefined;
  const normal = new Uint8Array(bytes);
  normal[64] = v >= 27 ? v - 27 : v;
  let s = 0n;
  for (let offset = 32; offset < 64; offset += 8) s = (s << 64n) | readU64(bytes, offset);
  if (s >= N) return undefined;
  if (s <= N >> 1n) return normal;
  s = N - s;
  for (let offset = 56; offset >= 32; offset -= 8) {
    normal.set(u64(s & 0xffffffffffffffffn), offset);
    s >>= 64n;
  }
  normal[64] = normal[64] === 0 ? 1 : 0;
  return normal;
}
