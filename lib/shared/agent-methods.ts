import type { MethodName } from '#ledger/contracts/definitions.ts';

/** What an agent needs to sign by itself: deliver, seal again, end what is used up, claim usage, close payment channels, report erasure, suspend what no longer matches, say how far parts of tasks are and how a relay's connections were, stand in the register of nodes, answer what it is ordered to repair. */
export const AGENT_METHODS = [
  'Prepare',
  'Reissue',
  'EndAgreement',
  'ClaimUsage',
  'CloseChannel',
  'ReportErasure',
  'SuspendResource',
  'StartRange',
  'FinishRange',
  'FailRange',
  'MeasureSession',
  'RegisterNode',
  'UpdateNode',
  'AnswerRepair',
] as const satisfies readonly MethodName[];

/** What a customer's program needs to buy, use and end by itself; it can neither move tokens elsewhere nor allow another key. */
export const PROGRAM_METHODS = [
  'Apply',
  'EndAgreement',
  'RequestReissue',
  'CloseChannel',
] as const satisfies readonly MethodName[];

/** What a maintainer's program needs to record what was measured of nodes, and to shift cores as far as a vote lets programs; it changes nothing else. */
export const MAINTAINER_METHODS = ['RecordDigest', 'ShiftShares'] as const satisfies readonly MethodName[];

/** What an operator's identity program needs to offer its key and to answer requests; revoking stays with people. */
export const IDENTITY_METHODS = [
  'OfferIdentification',
  'AttestIdentity',
  'RefuseIdentity',
] as const satisfies readonly MethodName[];

/** What a validators' keeper needs to say what came of a repair; its heartbeats are no transactions. */
export const KEEPER_METHODS = ['AnswerRepair'] as const satisfies readonly MethodName[];

/** What a portal's keeper needs to stand in the register of nodes; its heartbeats are no transactions. */
export const PORTAL_METHODS = ['RegisterNode', 'UpdateNode'] as const satisfies readonly MethodName[];

/** What a broker's program needs to forward requests, to propose plans and to propose matches; it can neither buy nor move tokens. */
export const BROKER_METHODS = ['ProposePlan', 'SendNotice', 'ProposeMatch'] as const satisfies readonly MethodName[];
