import { assert } from '#ledger/core/assert.ts';
import type { StateReader, Table } from '#ledger/core/decision.ts';
import { incentiveDefinition, NO_FACTS, type RewardFacts, type RewardRates } from './definition.ts';
import type { Trail } from './trail.ts';

/** An epoch from its first fact until its last account is paid. */
export type EpochRecord = {
  rates: { [Name in keyof RewardRates]: bigint };
  /** Accounts that a fact is about, and their points together. */
  accounts: bigint;
  points: bigint;
  /** How many of them are paid, in the order of their first facts. */
  paid: bigint;
  /** What there is to share, from its end on; null before. */
  poolMicro: bigint | null;
};

export type FactsRecord = { [Name in keyof RewardFacts]: bigint };

export const incentiveTables = {
  /** id 0: the newest epoch, and whether it still takes facts. */
  counters: { contract: incentiveDefinition.id, table: 0 } as Table<{ epoch: bigint; isOpen: boolean }>,
  epochs: { contract: incentiveDefinition.id, table: 1 } as Table<EpochRecord>,
  /** Accounts of an epoch in the order of their first facts, under epoch × 2^32 + place. */
  members: { contract: incentiveDefinition.id, table: 2 } as Table<bigint>,
  /** Under epoch × 2^32 + account, until it is paid. */
  facts: { contract: incentiveDefinition.id, table: 3 } as Table<FactsRecord>,
  /** Who voted on a proposal that is not decided, under the proposal. */
  voters: { contract: incentiveDefinition.id, table: 5 } as Table<bigint[]>,
  /** Who sent tokens to an account, under the account. */
  trails: { contract: incentiveDefinition.id, table: 4 } as Table<Trail>,
} as const;

const ACCOUNT_BITS = 32n;

/** Where what is known of an account, or of a place, stands in an epoch. */
export function within(epoch: bigint, account: bigint): bigint {
  assert(account < 1n << ACCOUNT_BITS, 'an account id fits 32 bits');
  return (epoch << ACCOUNT_BITS) | account;
}

export function readCounters(state: StateReader): { epoch: bigint; isOpen: boolean } {
  return state.read(incentiveTables.counters, 0n) ?? { epoch: 0n, isOpen: false };
}

export function epochOf(state: StateReader, epoch: bigint): EpochRecord {
  const record = state.read(incentiveTables.epochs, epoch);
  assert(record !== undefined, 'an event or due work names an epoch that is not paid');
  return record;
}

/** undefined where nothing is recorded of the account. */
export function readFacts(state: StateReader, epoch: bigint, account: bigint): FactsRecord | undefined {
  return state.read(incentiveTables.facts, within(epoch, account));
}

export function factsOf(state: StateReader, epoch: bigint, account: bigint): FactsRecord {
  return readFacts(state, epoch, account) ?? { ...NO_FACTS };
}
