import type { CheckedSignature } from '#ledger/abci/verified-transactions.ts';

/** Between a validator's thread and the one that checks signatures for it: values are cloned and not checked. */

export interface CheckingThreadData {
  /** Module that exports `createSignatureChecker(crypto)`; one that exports none has no signatures. */
  readonly applicationUrl: string;
  /** Module that exports `nativeCrypto`. */
  readonly cryptoUrl: string;
}

export interface ToChecker {
  readonly id: number;
  readonly transactions: readonly Uint8Array[];
}

export type FromChecker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'checked'; readonly id: number; readonly checked: readonly CheckedSignature[] };
