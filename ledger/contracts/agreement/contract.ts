import type { FailedCondition } from '../strategy/contract.ts';

/** reserved → prepared → active → completed | terminated | failed → settled (DOMAIN, life of an order). */
export type AgreementStatus =
  | 'reserved'
  | 'prepared'
  | 'active'
  | 'completed'
  | 'terminated'
  | 'failed'
  | 'settled';

/** Why it ended. time-up and not-delivered come from the due queue. */
export const END_REASONS = [
  'time-up',
  'not-delivered',
  'done',
  'no-longer-needed',
  'not-as-described',
  'used-up',
  'misuse',
  'withdrawn',
] as const;
export type EndReason = (typeof END_REASONS)[number];

export type AgreementEvent =
  | {
      contract: 'agreement';
      version: 1n;
      type: 'ApplicationRefused';
      /** Dense id over refused applications. */
      application: bigint;
      customer: bigint;
      provider: bigint;
      resource: bigint;
      strategyVersion: bigint;
      purpose: string;
      fieldOfBusiness: string;
      format: string;
      durationMs: bigint;
      failed: FailedCondition[];
      refusedAtMs: bigint;
    }
  | {
      contract: 'agreement';
      version: 1n;
      type: 'AgreementReserved';
      agreement: bigint;
      customer: bigint;
      provider: bigint;
      resource: bigint;
      strategyVersion: bigint;
      purpose: string;
      fieldOfBusiness: string;
      format: string;
      columns: string[];
      rowFilter: string;
      durationMs: bigint;
      callsMax: bigint;
      bytesMax: bigint;
      priceUnit: string;
      priceMicro: bigint;
      hold: bigint;
      holdMicro: bigint;
      encryptionKey: Uint8Array;
      /** Agent key that has to deliver. */
      agentKey: bigint;
      sourceId: string;
      intervalMs: bigint;
      reservedAtMs: bigint;
      /** Not prepared by then: full refund. */
      prepareByMs: bigint;
    }
  /** `issue` 1 is the first descriptor. */
  | {
      contract: 'agreement';
      version: 1n;
      type: 'AgreementPrepared';
      agreement: bigint;
      from: AgreementStatus;
      to: AgreementStatus;
      by: bigint;
      startsAtMs: bigint;
      endsAtMs: bigint;
      issue: bigint;
      encryptionKey: Uint8Array;
      descriptor: Uint8Array;
    }
  | {
      contract: 'agreement';
      version: 1n;
      type: 'AgreementActivated';
      agreement: bigint;
      from: AgreementStatus;
      to: AgreementStatus;
    }
  | {
      contract: 'agreement';
      version: 1n;
      type: 'ReissueRequested';
      agreement: bigint;
      by: bigint;
      issue: bigint;
      encryptionKey: Uint8Array;
    }
  | {
      contract: 'agreement';
      version: 1n;
      type: 'DescriptorReissued';
      agreement: bigint;
      by: bigint;
      issue: bigint;
      encryptionKey: Uint8Array;
      descriptor: Uint8Array;
    }
  /** `by` 0: the due queue. `settleAtMs`: after the contest time. */
  | {
      contract: 'agreement';
      version: 1n;
      type: 'AgreementEnded';
      agreement: bigint;
      customer: bigint;
      provider: bigint;
      from: AgreementStatus;
      to: AgreementStatus;
      by: bigint;
      reason: EndReason;
      endedAtMs: bigint;
      settleAtMs: bigint;
    };

export const agreementCodes = {
  RESOURCE_UNKNOWN: 501,
  RESOURCE_NOT_PUBLISHED: 502,
  OWN_RESOURCE: 503,
  STRATEGY_CHANGED: 504,
  PROVIDER_MISMATCH: 505,
  PURPOSE_UNKNOWN: 506,
  FIELD_UNKNOWN: 507,
  FORMAT_NOT_OFFERED: 508,
  DURATION_INVALID: 509,
  ALLOWANCE_INVALID: 510,
  HOLD_MISMATCH: 511,
  ENCRYPTION_KEY_INVALID: 512,
  NO_CAPACITY: 513,
  BALANCE_TOO_LOW: 514,
  TOO_MANY_OPEN: 515,
  CUSTOMER_ROLE_REQUIRED: 516,
  AGREEMENT_UNKNOWN: 517,
  NOT_A_PARTY: 518,
  STATUS_DOES_NOT_ALLOW: 519,
  WINDOW_START_INVALID: 520,
  DESCRIPTOR_INVALID: 521,
  ISSUE_MISMATCH: 522,
  REASON_INVALID: 523,
  SPENDING_CAP_EXCEEDED: 524,
} as const;
