import type { MessagePort } from 'node:worker_threads';
import type { ApplicationFigures } from '#ledger/abci/application.ts';
import type { CborValue } from '#ledger/core/codec.ts';
import type { CommittedBlock, TransactionOutcome } from '#ledger/core/committed.ts';
import type { Genesis } from '#ledger/core/genesis.ts';
import type { TypedDataTypes } from '#ledger/core/typed-data.ts';

/*
 * Between the ledger process's main thread and a validator's thread: one process, one program, so values are cloned and not checked.
 * Validators among themselves speak peer-message.ts only.
 */

/** What a validator's thread is born with. */
export interface ValidatorThreadData {
  readonly index: number;
  readonly folder: string;
  /** Compressed, 33 bytes: genesis names it, or the folder's own key file when genesis does not. */
  readonly publicKey: Uint8Array;
  readonly genesis: Genesis;
  /** Module that exports `createApplication(genesis, crypto)`. */
  readonly applicationUrl: string;
  /** Module of the thread itself. */
  readonly workerUrl: string;
  /** Module that exports `nativeCrypto`. */
  readonly cryptoUrl: string;
  readonly segmentBytes?: number;
  /** Heights between snapshots. */
  readonly snapshotHeights: number;
  /** Codes that the waiting room answers with (ledger/abci/codes.ts). */
  readonly tooManyWaiting: number;
  readonly unavailable: number;
  /** EIP-712 types of each method by name, for receipts. */
  readonly methodTypes: Readonly<Record<string, TypedDataTypes>>;
}

export interface Membership {
  /** Last decided height. */
  readonly height: bigint;
  /** Public keys of those who decide the next one. */
  readonly members: readonly Uint8Array[];
}

export type ThreadCall =
  | { readonly call: 'submit'; readonly bytes: Uint8Array }
  | { readonly call: 'query'; readonly path: string; readonly args: CborValue }
  | { readonly call: 'block'; readonly height: bigint }
  | { readonly call: 'find'; readonly txId: Uint8Array }
  | { readonly call: 'receipt'; readonly logIndex: bigint; readonly fromHeight: bigint }
  | { readonly call: 'head'; readonly fromHeight: bigint }
  | { readonly call: 'figures'; readonly nowMs: bigint };

export interface ThreadAnswers {
  readonly submit: { readonly code: number; readonly txId?: Uint8Array };
  readonly query:
    | { readonly ok: true; readonly value: CborValue; readonly height: bigint }
    | { readonly ok: false; readonly code: number };
  readonly block: CommittedBlock | undefined;
  readonly find: TransactionOutcome | undefined;
  readonly receipt: CborValue | undefined;
  readonly head: CborValue | undefined;
  readonly figures: ApplicationFigures & { readonly waiting: number; readonly journalBytes: number };
}

export interface IdentifiedCall {
  readonly id: number;
  readonly call: ThreadCall;
}

/** `value` is missing where the call failed. */
export interface CallAnswer {
  readonly id: number;
  readonly value?: ThreadAnswers[keyof ThreadAnswers];
  readonly isFailed?: true;
}

export type ToThread =
  | { readonly kind: 'link'; readonly peer: number; readonly port: MessagePort }
  | { readonly kind: 'unlink'; readonly peer: number }
  /** What was asked in one turn of the main thread. */
  | { readonly kind: 'calls'; readonly calls: readonly IdentifiedCall[] }
  | { readonly kind: 'stop' };

export type FromThread =
  /** Opened, or opened anew after it joined by a snapshot; blocks up to `base` are not here. */
  | ({ readonly kind: 'ready'; readonly base: bigint; readonly notes: readonly string[] } & Membership)
  /** The set has changed. */
  | ({ readonly kind: 'members' } & Membership)
  | {
      readonly kind: 'progress';
      readonly height: bigint;
      readonly round: number;
      readonly isCatchingUp: boolean;
      /** Its clock is more than a minute behind the newest block. */
      readonly isClockBehind: boolean;
    }
  | {
      readonly kind: 'committed';
      readonly height: bigint;
      /** Of the block's transactions (outcome-batch.ts), so that whoever waits hears of it without another question. */
      readonly outcomes: Uint8Array;
    }
  | { readonly kind: 'answers'; readonly answers: readonly CallAnswer[] }
  /** Something to tell people. */
  | { readonly kind: 'notice'; readonly sentence: string }
  | { readonly kind: 'halted'; readonly sentence: string }
  | { readonly kind: 'stopped' };
