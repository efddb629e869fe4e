import type { Struct } from '#ledger/contracts/shared/fields.ts';
import { assert } from '#ledger/core/assert.ts';
import type { StateReader, Table } from '#ledger/core/decision.ts';
import { planDefinition, type TaskOutcome } from './definition.ts';

/** Plans of an open demand; they can be chosen until they expire. */
export type PlansRecord = {
  plans: Struct<'Plan'>[];
  /** Number of the demand's next plan: none is used twice, so that nobody chooses another than they saw. */
  nextPlan: bigint;
  expiresAtMs: bigint;
};

/** A demand's work that is divided over the agreements of an order. */
export type TaskRecord = {
  customer: bigint;
  order: bigint;
  /** Agreements that may run ranges, replacements behind those they replaced. */
  agreements: bigint[];
  work: Struct<'Work'>[];
  keys: Struct<'SealedKey'>[];
  /** Number of its ranges, and of those that are not decided yet. */
  ranges: bigint;
  undecided: bigint;
  outcome: TaskOutcome | '';
};

export type RunState = 'assigned' | 'started' | 'finished' | 'failed' | 'dropped' | 'rejected';
/** One agreement's try at a range. `resultRoot` is empty until it is finished; `isFatal`: it failed by a fault that would repeat elsewhere. */
export type RunRecord = { agreement: bigint; state: RunState; resultRoot: Uint8Array; isFatal: boolean };
export type RangeRecord = {
  first: bigint;
  count: bigint;
  runs: RunRecord[];
  lateAtMs: bigint;
  isDecided: boolean;
};

/** The best match that a broker proposed for the end of this epoch. */
export type MatchRecord = { broker: bigint; pairs: Struct<'Pair'>[]; served: bigint; costMicro: bigint };

export const planTables = {
  /** Under the demand. */
  plans: { contract: planDefinition.id, table: 0 } as Table<PlansRecord>,
  /** Under the demand. */
  tasks: { contract: planDefinition.id, table: 1 } as Table<TaskRecord>,
  /** Under demand × 2^16 + range. */
  ranges: { contract: planDefinition.id, table: 2 } as Table<RangeRecord>,
  /** The demand of an agreement that may run ranges, until its task is over. */
  byAgreement: { contract: planDefinition.id, table: 3 } as Table<bigint>,
  /** id 0. */
  match: { contract: planDefinition.id, table: 4 } as Table<MatchRecord>,
  /** id 0: next matching. */
  matchings: { contract: planDefinition.id, table: 5 } as Table<bigint>,
} as const;

const RANGE_BITS = 16n;

export function rangeId(demand: bigint, range: bigint): bigint {
  return (demand << RANGE_BITS) | range;
}

/** The demand and the number of the range that an id names. */
export function rangeOf(id: bigint): { demand: bigint; range: bigint } {
  return { demand: id >> RANGE_BITS, range: id & ((1n << RANGE_BITS) - 1n) };
}

export function readPlans(state: StateReader, demand: bigint): PlansRecord {
  return state.read(planTables.plans, demand) ?? { plans: [], nextPlan: 1n, expiresAtMs: 0n };
}

export function readProposedMatch(state: StateReader): MatchRecord | undefined {
  return state.read(planTables.match, 0n);
}

/** Number of the next match. */
export function readMatchings(state: StateReader): bigint {
  return state.read(planTables.matchings, 0n) ?? 1n;
}

export function readTask(state: StateReader, demand: bigint): TaskRecord | undefined {
  return state.read(planTables.tasks, demand);
}

export function readRange(state: StateReader, demand: bigint, range: bigint): RangeRecord | undefined {
  return state.read(planTables.ranges, rangeId(demand, range));
}

/** A run that may still bring a result. */
export function isLive({ state }: RunRecord): boolean {
  return state === 'assigned' || state === 'started';
}

/** True while a copy of an undecided range was finished by this agreement, and the task goes on. */
export function hasUndecidedCopy(state: StateReader, agreement: bigint): boolean {
  const demand = state.read(planTables.byAgreement, agreement);
  const ranges = demand === undefined ? [] : rangesOfTask(state, demand);
  return ranges.some(
    ({ isDecided, runs }) => !isDecided && runs.some((run) => run.agreement === agreement && run.state === 'finished'),
  );
}

/** The task of a demand that is known to have one. */
export function taskOf(state: StateReader, demand: bigint): TaskRecord {
  const task = readTask(state, demand);
  assert(task !== undefined, 'the task has begun');
  return task;
}

/** All ranges of a task, in order. */
export function rangesOfTask(state: StateReader, demand: bigint): RangeRecord[] {
  const { ranges } = taskOf(state, demand);
  return Array.from({ length: Number(ranges) }, (_, range) => rangeOfTask(state, demand, BigInt(range)));
}

/** A range that is known to be one of its task's. */
export function rangeOfTask(state: StateReader, demand: bigint, range: bigint): RangeRecord {
  const record = readRange(state, demand, range);
  assert(record !== undefined, 'a task has its ranges');
  return record;
}
