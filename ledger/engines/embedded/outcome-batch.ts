import type { FinalizedItem } from '#ledger/abci/application.ts';
import { decode, encode, listOf, type CborValue } from '#ledger/core/codec.ts';
import type { TransactionOutcome } from '#ledger/core/committed.ts';

/*
 * What became of a block's transactions, as one value between threads. Every validator tells it and the first is heard: bytes are cloned
 * faster than objects, and what nobody reads is never taken apart.
 */

/** As many bytes as a record of the journal may have. */
const BYTES_MAX = 16 * 1024 * 1024;

export function encodeOutcomes(items: readonly FinalizedItem[]): Uint8Array {
  return encode(items.flatMap(({ txId, code, data }) => (txId === undefined ? [] : [[txId, BigInt(code), data]])));
}

function outcomeOf(value: CborValue, height: bigint): TransactionOutcome | undefined {
  if (!Array.isArray(value) || value.length !== 3) return undefined;
  const [txId, code, data] = value as readonly CborValue[];
  if (!(txId instanceof Uint8Array) || typeof code !== 'bigint' || data === undefined) return undefined;
  return { txId, height, code: Number(code), data };
}

/** Undefined when `encodeOutcomes` did not write this. */
export function decodeOutcomes(bytes: Uint8Array, height: bigint): readonly TransactionOutcome[] | undefined {
  const decoded = decode(bytes, BYTES_MAX);
  return decoded.ok ? listOf(decoded.value, (each) => outcomeOf(each, height)) : undefined;
}
