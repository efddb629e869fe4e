import type { StateReader, Table } from '#ledger/core/decision.ts';
import { proseDefinition } from './definition.ts';

/** What an operator pays on top; none in the state: nothing. */
export type Tariff = { microPerMinute: bigint; budgetMicro: bigint };

/** A relay in the pool. */
export type Member = {
  owner: bigint;
  /** Who had identified the owner when it joined, and still does. */
  operator: bigint;
  /** `47.6,-122.3`. */
  cell: string;
  joinedMs: bigint;
};

/** A session that was recorded. */
export type SessionRecord = {
  resource: bigint;
  serviceNode: bigint;
  userNode: bigint;
  operator: bigint;
  recordedMs: bigint;
  isEvaluated: boolean;
};

/** Sums over the sessions of one account. */
export type Standing = {
  sessions: bigint;
  begunSessions: bigint;
  keptPerMilleSum: bigint;
  disconnects: bigint;
  evaluations: bigint;
  scoreSum: bigint;
};

export type Payee = { account: bigint; sessions: bigint; paidMs: bigint; dueMicro: bigint };
/** What an operator owes at the end of the epoch, and the budget of the tariff that the last of it was counted by. */
export type Accrual = { budgetMicro: bigint; payees: Payee[] };

const contract = proseDefinition.id;

export const proseTables = {
  /** Under the operator. */
  tariffs: { contract, table: 0 } as Table<Tariff>,
  /** Under the resource. */
  members: { contract, table: 1 } as Table<Member>,
  /** Relays of an account that are in the pool, ascending, under the owner. */
  byOwner: { contract, table: 2 } as Table<bigint[]>,
  /** How many are in the pool, under the operator. */
  counts: { contract, table: 3 } as Table<bigint>,
  /** The operator of an order that was reserved while its relay was in the pool, under the agreement, until it is settled. */
  open: { contract, table: 4 } as Table<bigint>,
  /** Under the agreement. */
  sessions: { contract, table: 5 } as Table<SessionRecord>,
  /** Under the account of the service node. */
  standings: { contract, table: 6 } as Table<Standing>,
  /** Under the operator, while something is owed. */
  accruals: { contract, table: 7 } as Table<Accrual>,
  /** When the service node said what it measured of an order (ms), under the agreement, until the record of its session is made. */
  measured: { contract, table: 8 } as Table<bigint>,
} as const;

const NO_STANDING: Standing = {
  sessions: 0n,
  begunSessions: 0n,
  keptPerMilleSum: 0n,
  disconnects: 0n,
  evaluations: 0n,
  scoreSum: 0n,
};

/** undefined for a relay that is not in the pool. */
export function readMember(state: StateReader, resource: bigint): Member | undefined {
  return state.read(proseTables.members, resource);
}

/** Zeros for one that never served. */
export function readStanding(state: StateReader, serviceNode: bigint): Standing {
  return state.read(proseTables.standings, serviceNode) ?? NO_STANDING;
}

/** undefined for an operator that pays nothing on top. */
export function readTariff(state: StateReader, operator: bigint): Tariff | undefined {
  return state.read(proseTables.tariffs, operator);
}
