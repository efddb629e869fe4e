import type { CborValue } from './codec.ts';

/** What a transaction or a due item left behind, as every validator computed it. */
export interface ExecutedItem {
  /** Set for transactions, absent for due items. */
  readonly txId?: Uint8Array;
  /** Encoded signed transaction; absent for due items. */
  readonly bytes?: Uint8Array;
  /** 0 or a result code. */
  readonly code: number;
  readonly data: CborValue;
  readonly events: readonly LedgerEvent[];
  /** Position of the item's leaf in the receipt log. */
  readonly logIndex: bigint;
}

/** phase 0 is due work, 1 transactions; (height, phase, index, sequence) is the event's id. */
export interface LedgerEvent {
  readonly phase: 0 | 1;
  readonly index: number;
  readonly sequence: number;
  readonly payload: { readonly [field: string]: CborValue };
}

export interface CommittedBlock {
  readonly height: bigint;
  readonly hash: Uint8Array;
  readonly timeMs: bigint;
  readonly proposer: Uint8Array;
  /** Round in which the block before was decided, as this block's own last commit says; 0 in block 1. */
  readonly lastRound: number;
  /** App hash after this block (it stands in the next header). */
  readonly appHash: Uint8Array;
  /** Validators in set order, with whether this block carries their precommit for the block before; empty in block 1. */
  readonly signers: readonly { readonly address: Uint8Array; readonly signed: boolean }[];
  readonly evidence: number;
  readonly items: readonly ExecutedItem[];
}

export type SubmitResult =
  | { readonly ok: true; readonly txId: Uint8Array }
  /** `retryAfterMs`: the ledger has all that it can decide for now, and takes nobody's any sooner. */
  | { readonly ok: false; readonly code: number; readonly retryAfterMs?: number };

export interface TransactionOutcome {
  readonly txId: Uint8Array;
  readonly height: bigint;
  readonly code: number;
  readonly data: CborValue;
}

export const VALIDATOR_STATES = ['running', 'stopped', 'catching-up', 'halted', 'silent'] as const;

export const ENGINES = ['embedded', 'cometbft'] as const;
export type EngineName = (typeof ENGINES)[number];

export const CONTROL_KINDS = ['stop-validator', 'start-validator', 'rebuild-validator'] as const;

/** `rebuild-validator`: what it has on its disk is set aside, and it begins again by what the others prove. */
export interface ControlCommand {
  readonly kind: (typeof CONTROL_KINDS)[number];
  readonly index: number;
}

export interface EngineStatus {
  readonly engine: EngineName;
  readonly height: bigint;
  /** Lowest height whose block can be had here: 1, or higher on a node that joined by a snapshot. */
  readonly firstHeight: bigint;
  /** genesisHash. */
  readonly network: Uint8Array;
  /** Members of the set, in set order where the engine knows only the set; and whoever runs beside them without a vote. */
  readonly validators: readonly ValidatorStatus[];
  /** What is wrong here, a sentence each, for everybody: no paths of this machine. Empty when all is well. */
  readonly troubles: readonly string[];
}

/** What the ledger process measures of itself. Null: nobody there can tell now. */
export interface EngineFigures {
  /** Transactions that were admitted and are not decided yet. */
  readonly waiting: number | null;
  /** Work that the ledger will do by itself when its time has come. */
  readonly dueItems: number | null;
  /** Of it, what should have been done by now. */
  readonly dueBacklog: number | null;
  /** Records of the committed state. */
  readonly stateRecords: number | null;
  /** What each journal of this process takes on the disk, by its folder: `validator-0`, `application`. */
  readonly journals: readonly { readonly name: string; readonly bytes: number }[];
}

export interface ValidatorStatus {
  readonly address: Uint8Array;
  readonly publicKey: Uint8Array;
  /** silent: it runs elsewhere, and did not sign the last block. */
  readonly state: (typeof VALIDATOR_STATES)[number];
  readonly height: bigint;
  readonly round: number;
  /** Why it halted, a sentence; absent otherwise. */
  readonly reason?: string;
  /** false: it follows without a vote, not a member yet or not any more; absent for members. */
  readonly isMember?: false;
}
