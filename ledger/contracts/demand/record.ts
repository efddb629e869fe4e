import type { Struct } from '#ledger/contracts/shared/fields.ts';
import { equal, readU64 } from '#ledger/core/bytes.ts';
import type { StateReader, Table } from '#ledger/core/decision.ts';
import { demandDefinition, type DemandStatus, type NoticeStatus } from './definition.ts';

export type DemandRecord = {
  customer: bigint;
  purpose: string;
  fieldOfBusiness: string;
  needs: Struct<'Need'>[];
  work: Struct<'Work'>[];
  durationMs: bigint;
  budgetMicro: bigint;
  backup: boolean;
  batch: boolean;
  encryptionKey: Uint8Array;
  /** The key that signed it. */
  key: bigint;
  publishedAtMs: bigint;
  openUntilMs: bigint;
  status: DemandStatus;
};

export type NoticeRecord = {
  demand: bigint;
  broker: bigint;
  nodeProvider: bigint;
  provider: bigint;
  kind: string;
  status: NoticeStatus;
};

export const demandTables = {
  /** id 0: next demand id. */
  counters: { contract: demandDefinition.id, table: 0 } as Table<{ nextDemand: bigint }>,
  demands: { contract: demandDefinition.id, table: 1 } as Table<DemandRecord>,
  /** Open demands under their account. */
  openCounts: { contract: demandDefinition.id, table: 2 } as Table<bigint>,
  /** id 0: open demands that wait to be matched together, oldest first. */
  batch: { contract: demandDefinition.id, table: 7 } as Table<bigint[]>,
  /** id 0: next notice id. */
  noticeCounters: { contract: demandDefinition.id, table: 4 } as Table<{ nextNotice: bigint }>,
  notices: { contract: demandDefinition.id, table: 5 } as Table<NoticeRecord>,
  /** Open notices under their broker. */
  openNotices: { contract: demandDefinition.id, table: 6 } as Table<bigint>,
  /** Digests of refused algorithms, under their first eight bytes. */
  refused: { contract: demandDefinition.id, table: 3 } as Table<Uint8Array[]>,
} as const;

export function readDemand(state: StateReader, demand: bigint): DemandRecord | undefined {
  return state.read(demandTables.demands, demand);
}

export function readNextDemand(state: StateReader): bigint {
  return state.read(demandTables.counters, 0n)?.nextDemand ?? 1n;
}

export function readOpenCount(state: StateReader, account: bigint): bigint {
  return state.read(demandTables.openCounts, account) ?? 0n;
}

/** Open demands that wait to be matched together, oldest first. */
export function readBatch(state: StateReader): readonly bigint[] {
  return state.read(demandTables.batch, 0n) ?? [];
}

/** Where a digest of 32 bytes stands among the refused. */
export function refusedId(algorithm: Uint8Array): bigint {
  return readU64(algorithm, 0);
}

/** True when a vote refused the module of this SHA-256. */
export function isRefused(state: StateReader, algorithm: Uint8Array): boolean {
  const there = state.read(demandTables.refused, refusedId(algorithm)) ?? [];
  return there.some((digest) => equal(digest, algorithm));
}
