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
