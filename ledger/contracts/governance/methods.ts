import type { Method } from '#ledger/core/transaction.ts';

/** Contract id of `governance`. */
export const GOVERNANCE = 7;

/** Opens a proposal that the NRNSPs decide: at least two thirds of them in favour. */
export const RequestRole = {
  name: 'RequestRole',
  contract: GOVERNANCE,
  types: { RequestRole: [{ name: 'role', type: 'string' }] },
} as const satisfies Method;
export type RequestRoleArgs = { role: string };

export const ProposeParameter = {
  name: 'ProposeParameter',
  contract: GOVERNANCE,
  types: {
    ProposeParameter: [
      { name: 'parameter', type: 'string' },
      { name: 'value', type: 'uint64' },
    ],
  },
} as const satisfies Method;
export type ProposeParameterArgs = { parameter: string; value: bigint };

export const ProposeGrant = {
  name: 'ProposeGrant',
  contract: GOVERNANCE,
  types: {
    ProposeGrant: [
      { name: 'to', type: 'uint64' },
      { name: 'amountMicro', type: 'uint64' },
    ],
  },
} as const satisfies Method;
export type ProposeGrantArgs = { to: bigint; amountMicro: bigint };

export const Vote = {
  name: 'Vote',
  contract: GOVERNANCE,
  types: {
    Vote: [
      { name: 'proposal', type: 'uint64' },
      { name: 'approve', type: 'bool' },
    ],
  },
} as const satisfies Method;
export type VoteArgs = { proposal: bigint; approve: boolean };

export const governanceMethods = [RequestRole, ProposeParameter, ProposeGrant, Vote] as const;
