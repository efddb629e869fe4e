import { recoverAddress } from '#ledger/core/address.ts';
import { equal } from '#ledger/core/bytes.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { taggedHash } from '#ledger/core/hash.ts';
import { networkSeparator } from '#ledger/core/transaction.ts';
import { compileStruct, typedDataDigest, type CompiledStruct } from '#ledger/core/typed-data.ts';
import { typedDataTypes } from './fields.ts';
import type { Quantity } from './terms.ts';
import { NO_VOUCHER_KEY, VOUCHER_FIELDS } from './voucher-fields.ts';

/** What both sides of a channel sign, off the ledger. */
export interface Voucher {
  readonly agreement: bigint;
  readonly amountMicro: bigint;
  readonly interval: bigint;
  readonly used: readonly Quantity[];
  /** Intervals from the window's start, as a claim writes them (shared/runs.ts). */
  readonly runs: Uint8Array;
}

const types = typedDataTypes('Voucher', { ...VOUCHER_FIELDS, runsHash: 'bytes32' });

const compiled: { keccak256: Crypto['keccak256']; struct: CompiledStruct }[] = [];

function structFor({ keccak256 }: Pick<Crypto, 'keccak256'>): CompiledStruct {
  const known = compiled.find((entry) => entry.keccak256 === keccak256);
  if (known !== undefined) return known.struct;
  const struct = compileStruct(types, 'Voucher', keccak256);
  compiled.push({ keccak256, struct });
  return struct;
}

/**
 * EIP-712 digest of Voucher(agreement, amountMicro, interval, used, runsHash) in the network's domain; `runsHash` is
 * SHA-256('interpool/voucher-runs/v1' ‖ runs). undefined where a number does not fit its type.
 */
export function voucherDigest(
  { agreement, amountMicro, interval, used, runs }: Voucher,
  network: Uint8Array,
  crypto: Pick<Crypto, 'keccak256' | 'sha256'>,
): Uint8Array | undefined {
  const struct = structFor(crypto);
  const runsHash = taggedHash(crypto, 'interpool/voucher-runs/v1', runs);
  const message = { agreement, amountMicro, interval, used: [...used], runsHash };
  if (!struct.accepts(message)) return undefined;
  return typedDataDigest(networkSeparator(network, crypto), struct.hash(message), crypto.keccak256);
}

/** True when the key at `address` (20 bytes) signed exactly this voucher on this network. */
export function isVoucherSigned(
  voucher: Voucher,
  by: { readonly signature: Uint8Array; readonly address: Uint8Array; readonly network: Uint8Array },
  crypto: Crypto,
): boolean {
  const digest = voucherDigest(voucher, by.network, crypto);
  if (digest === undefined || by.signature.length !== 65) return false;
  const signer = recoverAddress(digest, by.signature, crypto);
  return signer !== undefined && equal(signer, by.address);
}

/** True for a key that opens a channel. */
export function isVoucherKey(key: Uint8Array): boolean {
  return !equal(key, NO_VOUCHER_KEY);
}
