import { isWithinBounds, parameterDefinition, type Parameter } from '#ledger/contracts/definitions.ts';
import { assert } from '#ledger/core/assert.ts';
import type { StateReader, StateWriter, Table } from '#ledger/core/decision.ts';
import { governanceDefinition, type ProposalStatus } from './definition.ts';

export type ProposalRecord = {
  by: bigint;
  /** A method that needs a vote, with its arguments as deterministic CBOR. */
  method: string;
  args: Uint8Array;
  closesAtMs: bigint;
  approvals: bigint;
  rejections: bigint;
  status: ProposalStatus;
};

/** A contract whose version is not the founding one, or is about to be another. */
export type VersionRecord = {
  /** Id of the contract. */
  contract: bigint;
  /** In force, with what the vote named; null where it is the founding version. */
  active: { version: bigint; digest: Uint8Array; proposal: bigint; height: bigint; atMs: bigint } | null;
  /** Decided, and in force from the first block whose time is this or later. */
  scheduled: { version: bigint; digest: Uint8Array; proposal: bigint; activatesAtMs: bigint } | null;
};

export const governanceTables = {
  /** id 0: next proposal id. */
  counters: { contract: governanceDefinition.id, table: 0 } as Table<{ nextProposal: bigint }>,
  /** Under the parameter's id. */
  parameters: { contract: governanceDefinition.id, table: 1 } as Table<bigint>,
  proposals: { contract: governanceDefinition.id, table: 2 } as Table<ProposalRecord>,
  /** Under proposal × 2^32 + voter. */
  votes: { contract: governanceDefinition.id, table: 3 } as Table<boolean>,
  /** Open proposals that an account made, under the account. */
  open: { contract: governanceDefinition.id, table: 4 } as Table<bigint[]>,
  /** id 0: contracts by their ids in ascending order; absent until a first change is decided. One record, because every block reads it. */
  versions: { contract: governanceDefinition.id, table: 5 } as Table<VersionRecord[]>,
} as const;

const VOTER_BITS = 32n;

/** Genesis: every parameter's first value. */
export function writeParameter(state: StateWriter, parameter: Parameter, value: bigint): void {
  assert(isWithinBounds(parameter, value), `the parameter ${parameter} is within its bounds`);
  state.write(governanceTables.parameters, BigInt(parameterDefinition(parameter).id), value);
}

export function readParameter(state: StateReader, parameter: Parameter): bigint {
  const value = state.read(governanceTables.parameters, BigInt(parameterDefinition(parameter).id));
  assert(value !== undefined, 'genesis gives every parameter a value');
  return value;
}

export function readProposal(state: StateReader, proposal: bigint): ProposalRecord | undefined {
  return state.read(governanceTables.proposals, proposal);
}

export function proposalOf(state: StateReader, proposal: bigint): ProposalRecord {
  const record = readProposal(state, proposal);
  assert(record !== undefined, 'an event or due work names an existing proposal');
  return record;
}

export function voteId(proposal: bigint, voter: bigint): bigint {
  assert(voter < 1n << VOTER_BITS, 'an account id fits 32 bits');
  return (proposal << VOTER_BITS) | voter;
}
