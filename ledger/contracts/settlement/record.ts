import type { StateReader, Table } from '#ledger/core/decision.ts';
import type { Quantity } from '#ledger/contracts/shared/terms.ts';
import { settlementDefinition } from './definition.ts';

/** What was claimed so far, and the customer's contest; zeros and '' until there is one. The three sums are of the window until `untilMs`. */
export type ClaimRecord = {
  used: Quantity[];
  untilMs: bigint;
  keptMs: bigint;
  degradedMs: bigint;
  downMs: bigint;
  /** Reason of the contest, '' when there is none. */
  contested: string;
};
export type BillRecord = {
  keptMs: bigint;
  degradedMs: bigint;
  downMs: bigint;
  chargeMicro: bigint;
  feeMicro: bigint;
  refundMicro: bigint;
  contested: boolean;
  settledAtMs: bigint;
};

export const settlementTables = {
  /** Both under the agreement. */
  claims: { contract: settlementDefinition.id, table: 1 } as Table<ClaimRecord>,
  bills: { contract: settlementDefinition.id, table: 2 } as Table<BillRecord>,
} as const;

const NO_CLAIM: ClaimRecord = { used: [], untilMs: 0n, keptMs: 0n, degradedMs: 0n, downMs: 0n, contested: '' };

export function readClaim(state: StateReader, agreement: bigint): ClaimRecord {
  return state.read(settlementTables.claims, agreement) ?? NO_CLAIM;
}

export function readBill(state: StateReader, agreement: bigint): BillRecord | undefined {
  return state.read(settlementTables.bills, agreement);
}
