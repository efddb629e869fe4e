import type { Method } from '#ledger/core/transaction.ts';

/** Contract id of `agreement`. */
export const AGREEMENT = 5;

/**
 * Evaluate, then grant with reservation and hold, or refuse with every failing condition; one transaction. `holdMicro` is the most it
 * can cost (per use: the price; per hour: price × durationMs / 3 600 000 rounded up; per megabyte: price × bytesMax / 1 000 000 rounded up).
 */
export const Apply = {
  name: 'Apply',
  contract: AGREEMENT,
  types: {
    Apply: [
      { name: 'resource', type: 'uint64' },
      { name: 'provider', type: 'uint64' },
      { name: 'strategyVersion', type: 'uint32' },
      { name: 'purpose', type: 'string' },
      { name: 'fieldOfBusiness', type: 'string' },
      { name: 'format', type: 'string' },
      { name: 'durationMs', type: 'uint64' },
      { name: 'callsMax', type: 'uint64' },
      { name: 'bytesMax', type: 'uint64' },
      { name: 'holdMicro', type: 'uint64' },
      { name: 'encryptionKey', type: 'bytes32' },
    ],
  },
} as const satisfies Method;
export type ApplyArgs = {
  resource: bigint;
  provider: bigint;
  strategyVersion: bigint;
  purpose: string;
  fieldOfBusiness: string;
  format: string;
  durationMs: bigint;
  callsMax: bigint;
  bytesMax: bigint;
  holdMicro: bigint;
  encryptionKey: Uint8Array;
};

/** The agent's delivery: window start by its clock (at most 30 s from block time) and the sealed descriptor (≤ 1 KiB). */
export const Prepare = {
  name: 'Prepare',
  contract: AGREEMENT,
  types: {
    Prepare: [
      { name: 'agreement', type: 'uint64' },
      { name: 'startsAtMs', type: 'uint64' },
      { name: 'descriptor', type: 'bytes' },
    ],
  },
} as const satisfies Method;
export type PrepareArgs = { agreement: bigint; startsAtMs: bigint; descriptor: Uint8Array };

/** The customer asks for the descriptor sealed to another encryption key; free inside the window. */
export const RequestReissue = {
  name: 'RequestReissue',
  contract: AGREEMENT,
  types: {
    RequestReissue: [
      { name: 'agreement', type: 'uint64' },
      { name: 'encryptionKey', type: 'bytes32' },
    ],
  },
} as const satisfies Method;
export type RequestReissueArgs = { agreement: bigint; encryptionKey: Uint8Array };

/** The agent's answer; the link of every earlier issue is refused from then on. */
export const Reissue = {
  name: 'Reissue',
  contract: AGREEMENT,
  types: {
    Reissue: [
      { name: 'agreement', type: 'uint64' },
      { name: 'issue', type: 'uint32' },
      { name: 'descriptor', type: 'bytes' },
    ],
  },
} as const satisfies Method;
export type ReissueArgs = { agreement: bigint; issue: bigint; descriptor: Uint8Array };

/** Customer: done | not-as-described | no-longer-needed. Provider or its agent: used-up | misuse | withdrawn. */
export const EndAgreement = {
  name: 'EndAgreement',
  contract: AGREEMENT,
  types: {
    EndAgreement: [
      { name: 'agreement', type: 'uint64' },
      { name: 'reason', type: 'string' },
    ],
  },
} as const satisfies Method;
export type EndAgreementArgs = { agreement: bigint; reason: string };

export const agreementMethods = [Apply, Prepare, RequestReissue, Reissue, EndAgreement] as const;
