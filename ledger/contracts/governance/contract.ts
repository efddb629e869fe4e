export type ProposalKind = 'role' | 'parameter' | 'grant';

/** Genesis gives every one a value; votes change them. Times in milliseconds of block time. */
export const PARAMETERS = [
  'contestMs',
  'deliveryMs',
  'intervalMs',
  'votingMs',
  'epochMs',
  'validityMsMax',
  'newAccountGrantMicro',
  'feePerMille',
  'openAgreementsMax',
  'createPerEpochMax',
  'transactionsPerEpochMax',
  'bytesPerEpochMax',
  'testAgeMsMax',
] as const;
export type Parameter = (typeof PARAMETERS)[number];

export type GovernanceEvent =
  | {
      contract: 'governance';
      version: 1n;
      type: 'ProposalOpened';
      proposal: bigint;
      kind: ProposalKind;
      by: bigint;
      /** role: the role; parameter: its name; grant: ''. */
      subject: string;
      /** role: the account; grant: the recipient; parameter: 0. */
      account: bigint;
      /** parameter: the new value; grant: micro-units; role: 0. */
      value: bigint;
      closesAtMs: bigint;
    }
  | { contract: 'governance'; version: 1n; type: 'VoteCast'; proposal: bigint; by: bigint; approve: boolean }
  | {
      contract: 'governance';
      version: 1n;
      type: 'ProposalDecided';
      proposal: bigint;
      outcome: 'passed' | 'rejected' | 'expired';
      approvals: bigint;
      rejections: bigint;
      electorate: bigint;
    }
  | { contract: 'governance'; version: 1n; type: 'ParameterChanged'; parameter: Parameter; from: bigint; to: bigint; proposal: bigint };

export const governanceCodes = {
  ROLE_UNKNOWN: 701,
  ROLE_ALREADY_HELD: 702,
  REQUEST_ALREADY_OPEN: 703,
  PARAMETER_UNKNOWN: 704,
  VALUE_OUT_OF_BOUNDS: 705,
  NODE_PROVIDER_ROLE_REQUIRED: 706,
  PROPOSAL_UNKNOWN: 707,
  PROPOSAL_CLOSED: 708,
  ALREADY_VOTED: 709,
  RECIPIENT_UNKNOWN: 710,
  AMOUNT_INVALID: 711,
  TREASURY_TOO_LOW: 712,
} as const;
