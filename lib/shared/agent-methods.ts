import type { MethodName } from '#ledger/contracts/definitions.ts';

/** What an agent needs to sign by itself: deliver, seal again, end what is used up, claim usage, report erasure, suspend what no longer matches. */
export const AGENT_METHODS = [
  'Prepare',
  'Reissue',
  'EndAgreement',
  'ClaimUsage',
  'ReportErasure',
  'SuspendResource',
] as const satisfies readonly MethodName[];

/** What a customer's program needs to buy, use and end by itself; it can neither move tokens elsewhere nor allow another key. */
export const PROGRAM_METHODS = ['Apply', 'EndAgreement', 'RequestReissue'] as const satisfies readonly MethodName[];
