import type { Table } from '#ledger/core/decision.ts';
import type { NonceWindow } from './nonce-window.ts';

/** Contract id 0: the machine's own records. */
export const MACHINE = 0;

/** What an account has sent: quota of the present epoch, and a nonce window for each key that ever signed. */
export type SenderRecord = {
  epoch: bigint;
  transactions: bigint;
  bytes: bigint;
  windows: { key: bigint; next: bigint; used: Uint8Array }[];
};
export type DueRecord = { atMs: bigint; contract: bigint; kind: string; subject: bigint };

export const machineTables = {
  /** id 0: next sequence of the due queue; accounts created in the present epoch. */
  globals: { contract: MACHINE, table: 0 } as Table<{ nextSequence: bigint; createEpoch: bigint; created: bigint }>,
  /** Under the account. */
  senders: { contract: MACHINE, table: 1 } as Table<SenderRecord>,
  /** Under the sequence. */
  due: { contract: MACHINE, table: 2 } as Table<DueRecord>,
} as const;

export type Globals = { nextSequence: bigint; createEpoch: bigint; created: bigint };
export const NO_GLOBALS: Globals = { nextSequence: 0n, createEpoch: 0n, created: 0n };
export const NO_SENDER: SenderRecord = { epoch: 0n, transactions: 0n, bytes: 0n, windows: [] };

/** How far a key that never signed may go: an empty window. */
export function windowOf(sender: SenderRecord, key: bigint): NonceWindow | undefined {
  return sender.windows.find((window) => window.key === key);
}
