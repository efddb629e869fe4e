export type SettlementEvent =
  | {
      contract: 'settlement';
      version: 1n;
      type: 'UsageClaimed';
      agreement: bigint;
      by: bigint;
      calls: bigint;
      rows: bigint;
      bytes: bigint;
      served: Uint8Array;
      untilMs: bigint;
    }
  | { contract: 'settlement'; version: 1n; type: 'ClaimContested'; agreement: bigint; by: bigint; reason: string }
  /**
   * The bill. Every interval from start to end counts as served or down; down costs nothing. chargeMicro + refundMicro = holdMicro;
   * feeMicro is the treasury's part of the charge.
   */
  | {
      contract: 'settlement';
      version: 1n;
      type: 'AgreementSettled';
      agreement: bigint;
      customer: bigint;
      provider: bigint;
      priceUnit: string;
      priceMicro: bigint;
      calls: bigint;
      rows: bigint;
      bytes: bigint;
      intervalMs: bigint;
      intervalsServed: bigint;
      intervalsDown: bigint;
      served: Uint8Array;
      holdMicro: bigint;
      chargeMicro: bigint;
      feeMicro: bigint;
      refundMicro: bigint;
      contested: boolean;
      settledAtMs: bigint;
    };

export const settlementCodes = {
  AGREEMENT_UNKNOWN: 601,
  NOT_THE_PROVIDER: 602,
  NOT_THE_CUSTOMER: 603,
  STATUS_DOES_NOT_ALLOW: 604,
  CLAIM_SHRINKS: 605,
  CLAIM_EXCEEDS_ALLOWANCE: 606,
  BITMAP_INVALID: 607,
  CLAIM_TOO_LATE: 608,
  ALREADY_CONTESTED: 609,
  REASON_INVALID: 610,
} as const;
