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

/** Offers a consensus node. `proof` is the key's own signature over possessionDigest (core/validator-possession.ts), 64 bytes. */
export const ProposeValidator = {
  name: 'ProposeValidator',
  contract: GOVERNANCE,
  types: {
    ProposeValidator: [
      { name: 'name', type: 'string' },
      { name: 'publicKey', type: 'bytes' },
      { name: 'operator', type: 'uint64' },
      { name: 'proof', type: 'bytes' },
    ],
  },
} as const satisfies Method;
export type ProposeValidatorArgs = { name: string; publicKey: Uint8Array; operator: bigint; proof: Uint8Array };

export const ProposeValidatorRemoval = {
  name: 'ProposeValidatorRemoval',
  contract: GOVERNANCE,
  types: { ProposeValidatorRemoval: [{ name: 'node', type: 'uint64' }] },
} as const satisfies Method;
export type ProposeValidatorRemovalArgs = { node: bigint };

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

export const governanceMethods = [
  RequestRole,
  ProposeParameter,
  ProposeGrant,
  ProposeValidator,
  ProposeValidatorRemoval,
  Vote,
] as const;
