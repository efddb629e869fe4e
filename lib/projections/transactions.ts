import { toHex } from '#ledger/core/bytes.ts';
import type { CborValue } from '#ledger/core/codec.ts';
import type { ExecutedItem } from '#ledger/core/committed.ts';
import type { SignedTransaction } from '#ledger/core/transaction.ts';
import { toJson } from './context.ts';
import { insert, type Json, type RowChange } from './row-change.ts';

/** Reads the bytes of a committed transaction; undefined only for bytes that no validator would have admitted. */
export type TransactionReader = (bytes: Uint8Array) => SignedTransaction | undefined;

export interface ItemPlace {
  readonly height: bigint;
  readonly timeMs: bigint;
  readonly phase: 0 | 1;
  /** Position among the block's items of its phase. */
  readonly index: number;
}

/** Signed fields as text, in the order a wallet shows them; structs and arrays as JSON. */
function readableFields(signed: SignedTransaction): Json {
  return Object.entries(signed.transaction.args).map(([name, value]) => {
    const json = toJson(value as CborValue);
    return { name, value: typeof json === 'string' ? json : JSON.stringify(json) };
  });
}

/** No account has so high a number, but a refused transaction of a faulty validator's block may name any; the column takes less. */
const ACCOUNT_END = 1n << 63n;

/** CreateAccount is signed before there is an account: the receipt's data names the one that it made. */
function accountOf(item: ExecutedItem, signed: SignedTransaction): bigint | null {
  const { account: named } = signed.transaction;
  if (named !== 0n) return named < ACCOUNT_END ? named : null;
  const { data } = item;
  const isRecord = typeof data === 'object' && data !== null && !Array.isArray(data) && !(data instanceof Uint8Array);
  const account = isRecord ? (data as { readonly [name: string]: CborValue }).account : undefined;
  return typeof account === 'bigint' ? account : null;
}

/** The row of an executed item, a transaction or due work. */
export function projectItem(item: ExecutedItem, place: ItemPlace, read: TransactionReader): RowChange {
  const signed = item.bytes === undefined ? undefined : read(item.bytes);
  const { height, timeMs, phase, index } = place;
  const common = { logIndex: item.logIndex, height, phase, index, timeMs, code: item.code, data: toJson(item.data) };
  if (signed === undefined || item.txId === undefined) {
    const tx = item.txId === undefined ? null : toHex(item.txId);
    const none = { account: null, key: null, nonce: null, validUntilMs: null, fields: [] };
    return insert('transactions', { ...common, ...none, tx, method: tx === null ? 'Due' : 'Unknown' });
  }
  const { transaction } = signed;
  return insert('transactions', {
    ...common,
    tx: toHex(item.txId),
    method: transaction.method,
    account: accountOf(item, signed),
    key: transaction.key,
    nonce: transaction.nonce.toString(),
    validUntilMs: transaction.validUntilMs.toString(),
    fields: readableFields(signed),
  });
}
