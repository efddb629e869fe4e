import type { AsOf, AccountRef, EventDto, ResourceSummary } from './dto.ts';

/* What the explorer shows: blocks, transactions, accounts, and the network in figures. */

export interface BlockSummary {
  height: number;
  hash: string;
  timeMs: number;
  /** Validator address, and its node's name where the read model knows it. */
  proposer: string;
  proposerName: string | null;
  /** Null until the next block, which says it, is decided. */
  round: number | null;
  transactions: number;
  dueItems: number;
}

export interface BlockDetail extends BlockSummary {
  appHash: string;
  /** Empty until the next block, which carries them, is decided. */
  signers: { address: string; name: string | null; signed: boolean }[];
  items: TransactionSummary[];
  events: EventDto[];
}

export interface TransactionSummary {
  tx: string | null;
  logIndex: number;
  height: number;
  timeMs: number;
  method: string;
  account: AccountRef | null;
  code: number;
  /** 'done' or the code's sentence. */
  outcome: string;
}

export interface TransactionDetail extends TransactionSummary {
  key: number;
  nonce: number;
  validUntilMs: number;
  /** The readable fields that were signed, in order. */
  fields: { name: string; value: string }[];
  events: EventDto[];
  /** The viewer may have its receipt. */
  hasReceipt: boolean;
}

export interface AccountDetail extends AccountRef {
  roles: string[];
  createdAtMs: number;
  completedOrders: number;
  brokenOrders: number;
  keys: {
    key: number;
    address: string;
    label: string;
    methods: string[];
    expiresAtMs: number | null;
    revoked: boolean;
  }[];
  resources: ResourceSummary[];
  transactions: TransactionSummary[];
}

/** Last 50 blocks × validators: signed or missed. */
export interface ConsensusStripDto {
  validators: { address: string; name: string; state: string }[];
  /** Oldest first; `signed` in validator order, null where that validator was no member. No block for too long: `stillForMs`. */
  blocks: { height: number; timeMs: number; signed: (boolean | null)[] }[];
  stillForMs: number | null;
  /** What is wrong with the ledger, a sentence each. */
  troubles: readonly string[];
  asOf: AsOf;
}

export interface NetworkDto {
  name: string;
  network: string;
  asOf: AsOf;
  transactions: number;
  accounts: number;
  resources: number;
  orders: number;
  blocksLastHour: number;
  validatorsRunning: number;
  validatorsTotal: number;
}
