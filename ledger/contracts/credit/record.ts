import type { StateReader, Table } from '#ledger/core/decision.ts';
import { creditDefinition, type Permission } from './definition.ts';
import type { CreditFacts } from './score.ts';

/** What one maintainer recorded at once. */
export type DigestRecord = { by: bigint; entries: Uint8Array };

/** A node's credit, and the facts that it followed from. */
export type CreditRecord = { credit: bigint; facts: { [Name in keyof CreditFacts]: bigint } };

export const creditTables = {
  /** id 0: next digest. */
  counters: { contract: creditDefinition.id, table: 0 } as Table<{ nextDigest: bigint }>,
  /** Until they are evaluated. */
  digests: { contract: creditDefinition.id, table: 1 } as Table<DigestRecord>,
  /** Numbers of an epoch's digests, under the epoch. */
  epochs: { contract: creditDefinition.id, table: 2 } as Table<bigint[]>,
  /** Of each node that was evaluated. */
  credits: { contract: creditDefinition.id, table: 3 } as Table<CreditRecord>,
  /** Epochs in a row in which a maintainer was far off, under its account; none when it was not in the last one. */
  farOff: { contract: creditDefinition.id, table: 4 } as Table<bigint>,
  /** What an account's credit does not permit, under the account; none when it permits everything. */
  refusals: { contract: creditDefinition.id, table: 5 } as Table<Permission[]>,
  /** Validators whose credit does not permit that they take part, under the node. */
  keptOut: { contract: creditDefinition.id, table: 6 } as Table<boolean>,
} as const;

/** undefined before the first evaluation. */
export function readCredit(state: StateReader, node: bigint): bigint | undefined {
  return state.read(creditTables.credits, node)?.credit;
}

/** What an account may do by its credit, as the last event about it said. */
export function isPermitted(
  state: StateReader,
  account: bigint,
  permission: Exclude<Permission, 'consensus'>,
): boolean {
  return !(state.read(creditTables.refusals, account) ?? []).includes(permission);
}

/** Whether a validator may take part in consensus by its credit; one that was never evaluated may. */
export function mayValidate(state: StateReader, node: bigint): boolean {
  return state.read(creditTables.keptOut, node) === undefined;
}

/** Digests of an epoch that wait for their evaluation, in order. */
export function digestsOf(state: StateReader, epoch: bigint): DigestRecord[] {
  const numbers = state.read(creditTables.epochs, epoch) ?? [];
  return numbers.flatMap((number) => state.read(creditTables.digests, number) ?? []);
}
