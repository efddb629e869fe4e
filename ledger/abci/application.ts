import type { CborValue } from '#ledger/core/codec.ts';
import type { CheckedSignature } from './verified-transactions.ts';

/**
 * The application boundary, ABCI 2.0's methods with our own types. Synchronous and deterministic; both engines drive the same machine
 * through it. Fields marked D enter hashes and must be equal on every validator.
 */
export interface Application {
  /** Height and app hash of the last commit, for the handshake after a restart, and how many records the state has. */
  info(): { height: bigint; appHash: Uint8Array; records: number };
  /** Once, before height 1. */
  initChain(): { appHash: Uint8Array };
  /** Admission against committed state plus what already waits. Reads no clock: `nowMs` is the engine's. */
  checkTx(
    bytes: Uint8Array,
    options: { nowMs: bigint; recheck: boolean },
  ): {
    code: number;
    txId?: Uint8Array;
    /** Whose place in the waiting room it takes: the account, or the signer's address before there is one. At most 64 wait per sender. */
    sender?: string;
  };
  /** Signatures that another thread of the same validator has checked, of transactions that are about to come. Changes no verdict. */
  expect(checked: readonly CheckedSignature[]): void;
  /** Chooses and orders from what waits, within `bytesMax`; drops what would be invalid. */
  prepareProposal(candidates: readonly Uint8Array[], context: ProposalContext): readonly Uint8Array[];
  /** false: a stateless fault or an over-full block; never votes for it. */
  processProposal(transactions: readonly Uint8Array[], context: ProposalContext): boolean;
  /** Records misbehavior, executes due work, then the transactions. Nothing is visible to queries before commit. */
  finalizeBlock(transactions: readonly Uint8Array[], context: BlockContext): FinalizedBlock;
  commit(): void;
  query(path: string, args: CborValue): QueryResult;
  /** Counts for operators. Reads no clock: `nowMs` is the engine's. */
  figures(nowMs: bigint): ApplicationFigures;
  /** Sorted records, 1 MiB chunks (PROTOCOL, snapshot format 1), of the committed state as it stands now, whatever is committed later. */
  snapshot(): SlicedSnapshot;
  /** Replaces all state; false when a chunk's hash, the root or the frontier does not fit. */
  restore(snapshot: Snapshot): boolean;
  /** The engine's own waiting transactions are gone (it started anew): nothing waits any more. */
  forgetWaiting(): void;
}

export interface ApplicationFigures {
  /** Work that waits for its time, as committed. */
  readonly dueItems: number;
  /** Of it, what should have been done by `nowMs`. */
  readonly dueBacklog: number;
  readonly stateRecords: number;
}

export interface ProposalContext {
  readonly height: bigint; // D
  readonly timeMs: bigint; // D
  readonly bytesMax: number; // D
}

/** A validator that was shown to have signed two conflicting votes (ABCI's Misbehavior of type DUPLICATE_VOTE). */
export interface Misbehavior {
  /** 20 bytes. */
  readonly validator: Uint8Array; // D
  /** Of the two votes. */
  readonly height: bigint; // D
  /** Block time of that height. */
  readonly timeMs: bigint; // D
}

export interface BlockContext extends ProposalContext {
  /** From the evidence that the block carries, in its order. */
  readonly misbehavior: readonly Misbehavior[]; // D
}

/** A change of the validator set that a block decides, in force two heights later. */
export interface ValidatorUpdate {
  /** 33 bytes, compressed secp256k1. */
  readonly publicKey: Uint8Array; // D
  /** 1: a member from then on; 0: none any more. */
  readonly power: 0n | 1n; // D
}

export interface FinalizedItem {
  readonly txId?: Uint8Array; // D
  readonly code: number; // D
  readonly data: CborValue; // D
  /** Payloads in emission order. */
  readonly events: readonly { readonly [field: string]: CborValue }[]; // D
  readonly logIndex: bigint; // D
  /** Deterministic CBOR of the receipt-log leaf [txId or due item, code, data, events root]. */
  readonly leaf: Uint8Array; // D
}

export interface FinalizedBlock {
  /** Due items first (phase 0), then transactions (phase 1). */
  readonly due: readonly FinalizedItem[]; // D
  readonly transactions: readonly FinalizedItem[]; // D
  readonly appHash: Uint8Array; // D
  /** Opens the app hash in receipts: SHA-256(tag ‖ stateRoot ‖ receipt-log root ‖ its size); the engine keeps the log's frontier itself. */
  readonly stateRoot: Uint8Array; // D
  /** At most one change an epoch; each key once, no change that changes nothing. */
  readonly validatorUpdates: readonly ValidatorUpdate[]; // D
  /** Due work was left over: make the next block at once. */
  readonly moreDue: boolean;
  /** Earliest due time in the queue, so that the shell can wake in time; undefined when it is empty. */
  readonly nextDueMs?: bigint;
}

export type QueryResult =
  | { readonly ok: true; readonly value: CborValue; readonly height: bigint }
  | { readonly ok: false; readonly code: number };

/** A snapshot while it is made, so that nobody has to stand still for it. */
export interface SlicedSnapshot {
  readonly height: bigint;
  /**
   * Each step takes a moment and yields the next chunk, whose bytes are good until the next step, or undefined while it still grows; the
   * last one returns the manifest.
   */
  readonly slices: Generator<Uint8Array | undefined, Uint8Array, void>;
}

export interface Snapshot {
  readonly height: bigint;
  /** CBOR manifest: format, height, chunk hashes, log frontier and size, state root. */
  readonly manifest: Uint8Array;
  readonly chunks: readonly Uint8Array[];
}
