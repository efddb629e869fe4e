import type { TypedDataTypes } from './typed-data.ts';

/** One contract command: its EIP-712 primary type is the method's name, so that a wallet shows what is signed. */
export interface Method {
  /** Primary type, imperative: `Apply`. Unique over all contracts. */
  readonly name: string;
  /** Owning contract's id. */
  readonly contract: number;
  /** Struct types of the args, the primary type's own fields under `name`. The four header fields are added in front by the codec. */
  readonly types: TypedDataTypes;
}

/** uintN → bigint, string → string, bool → boolean, bytes/bytesN/address → Uint8Array, arrays and structs as arrays and objects. */
export type ArgValue =
  | bigint
  | string
  | boolean
  | Uint8Array
  | readonly ArgValue[]
  | { readonly [field: string]: ArgValue };

export type Args = { readonly [field: string]: ArgValue };

/** The fields every primary type begins with, in this order. */
export interface TransactionHeader {
  /** Dense account id; 0 only in CreateAccount. */
  readonly account: bigint;
  /** 0 the owner key, 1… keys authorised later. */
  readonly key: bigint;
  readonly nonce: bigint;
  readonly validUntilMs: bigint;
}

export interface Transaction extends TransactionHeader {
  readonly method: string;
  readonly args: Args;
}

export interface SignedTransaction {
  readonly transaction: Transaction;
  /** genesisHash of the network it is meant for: unsigned, repeated so that a mix-up gets a clear sentence. */
  readonly network: Uint8Array;
  /** r ‖ s ‖ v, 65 bytes, v in {0, 1}, low-S. */
  readonly signature: Uint8Array;
}
