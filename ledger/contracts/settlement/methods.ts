import type { Method } from '#ledger/core/transaction.ts';

/** Contract id of `settlement`. */
export const SETTLEMENT = 6;

/**
 * The agent's cumulative meter for one agreement, never shrinking. `served` is a bitmap: bit i (byte i/8, least significant first) says
 * that the agent could serve during the i-th interval of the window. `untilMs` is the time the claim covers.
 */
export const ClaimUsage = {
  name: 'ClaimUsage',
  contract: SETTLEMENT,
  types: {
    ClaimUsage: [
      { name: 'agreement', type: 'uint64' },
      { name: 'calls', type: 'uint64' },
      { name: 'rows', type: 'uint64' },
      { name: 'bytes', type: 'uint64' },
      { name: 'served', type: 'bytes' },
      { name: 'untilMs', type: 'uint64' },
    ],
  },
} as const satisfies Method;
export type ClaimUsageArgs = {
  agreement: bigint;
  calls: bigint;
  rows: bigint;
  bytes: bigint;
  served: Uint8Array;
  untilMs: bigint;
};

/** The customer disputes the meter before settlement: 'not-served' | 'wrong-usage'. Marked in both histories. */
export const ContestClaim = {
  name: 'ContestClaim',
  contract: SETTLEMENT,
  types: {
    ContestClaim: [
      { name: 'agreement', type: 'uint64' },
      { name: 'reason', type: 'string' },
    ],
  },
} as const satisfies Method;
export type ContestClaimArgs = { agreement: bigint; reason: string };

export const settlementMethods = [ClaimUsage, ContestClaim] as const;
