import {
  type FailedCondition,
  type StrategyArgs,
  type StrategyCommand,
  type StrategyEvent,
  strategyCodes,
  strategyDefinition,
} from './definition.ts';
import type { ArgsOf } from '#ledger/contracts/shared/definition.ts';
import { assert } from '#ledger/core/assert.ts';
import type { CommandContext, Decision, StateReader, StateWriter, Table } from '#ledger/core/decision.ts';
import { fail, ok, type Result } from '#ledger/core/result.ts';
import { failedConditions, type Application } from './admission.ts';
import { compileRule } from './rule.ts';
import { areTermsValid, isPriceValid } from './terms.ts';

/** What an applicant brings, as the rules see it: `applicant.*`, `use.*`, `resource.*`, `nowMs`. */
export type Applicant = {
  account: bigint;
  roles: string[];
  accountAgeMs: bigint;
  completedOrders: bigint;
  brokenOrders: bigint;
};
export type IntendedUse = {
  purpose: string;
  field: string;
  durationMs: bigint;
  format: string;
  calls: bigint;
  bytes: bigint;
};

export type StrategyRecord = { strategy: StrategyArgs; by: bigint; recordedAtMs: bigint };

export const strategyTables = {
  /** Version in force, under the resource. */
  current: { contract: strategyDefinition.id, table: 1 } as Table<{ strategyVersion: bigint }>,
  /** Every version, under resource × 2^16 + version. */
  versions: { contract: strategyDefinition.id, table: 2 } as Table<StrategyRecord>,
} as const;

export interface StrategyNeeds<Event> {
  /** What must be known of the resource; undefined when there is none. */
  resource(resource: bigint): { owner: bigint; isRetired: boolean; columns: readonly string[] } | undefined;
  /** Events that give the resource another number of places. */
  resize(resource: bigint, simultaneousMax: bigint): readonly Event[];
}

const VERSION_BITS = 16n;
const VERSIONS_MAX = 65_535n;

export function decide<Event>(
  state: StateReader,
  command: StrategyCommand,
  ctx: CommandContext,
  needs: StrategyNeeds<Event>,
): Result<Decision<StrategyEvent | Event>> {
  const { resource, strategy } = command.args;
  const facts = needs.resource(resource);
  if (facts === undefined) return fail(strategyCodes.RESOURCE_UNKNOWN);
  if (facts.owner !== ctx.account) return fail(strategyCodes.NOT_THE_OWNER);
  if (facts.isRetired) return fail(strategyCodes.RESOURCE_RETIRED);
  const recorded = record(state, { resource, columns: facts.columns, strategy, by: ctx.account, nowMs: ctx.nowMs });
  if (!recorded.ok) return recorded;
  const strategyVersion = currentVersion(state, resource) + 1n;
  return ok({
    events: [...recorded.value, ...needs.resize(resource, strategy.simultaneousMax)],
    data: { strategyVersion },
  });
}

/** The event of a new version, or the first fault: terms (401), a rule (402, 403), the price (404). */
export function record(
  state: StateReader,
  of: { resource: bigint; columns: readonly string[]; strategy: StrategyArgs; by: bigint; nowMs: bigint },
): Result<StrategyEvent[]> {
  const { resource, columns, strategy, by, nowMs } = of;
  if (!areTermsValid(strategy, columns)) return fail(strategyCodes.STRATEGY_INVALID);
  const faults = strategy.conditions.map(({ rule }) => compileRule(rule)).filter((rule) => typeof rule === 'string');
  if (faults.includes('invalid')) return fail(strategyCodes.RULE_INVALID);
  if (faults.length > 0) return fail(strategyCodes.RULE_TOO_COSTLY);
  if (!isPriceValid(strategy.price)) return fail(strategyCodes.PRICE_INVALID);
  const strategyVersion = currentVersion(state, resource) + 1n;
  if (strategyVersion > VERSIONS_MAX) return fail(strategyCodes.TOO_MANY_VERSIONS);
  const event = {
    contract: 'strategy',
    version: 1n,
    type: 'StrategyRecorded',
    resource,
    strategyVersion,
    by,
    strategy,
  } as const;
  return ok([{ ...event, recordedAtMs: nowMs }]);
}

export function evolve(state: StateWriter, event: StrategyEvent): void {
  switch (event.type) {
    case 'StrategyRecorded': {
      const { resource, strategyVersion, strategy, by, recordedAtMs } = event;
      state.write(strategyTables.current, resource, { strategyVersion });
      state.write(strategyTables.versions, versionId(resource, strategyVersion), { strategy, by, recordedAtMs });
      return;
    }
  }
}

/** 0 when nothing was recorded. */
export function currentVersion(state: StateReader, resource: bigint): bigint {
  return state.read(strategyTables.current, resource)?.strategyVersion ?? 0n;
}

export function readStrategy(
  state: StateReader,
  resource: bigint,
  strategyVersion: bigint,
): StrategyRecord | undefined {
  if (strategyVersion > VERSIONS_MAX) return undefined;
  return state.read(strategyTables.versions, versionId(resource, strategyVersion));
}

/** Evaluates the version in force: every condition that does not hold, none when admitted. */
export function evaluate(state: StateReader, resource: bigint, application: Application): FailedCondition[] {
  const current = readStrategy(state, resource, currentVersion(state, resource));
  assert(current !== undefined, 'a published resource has a strategy');
  return failedConditions(current.strategy, application);
}

function versionId(resource: bigint, strategyVersion: bigint): bigint {
  return (resource << VERSION_BITS) | strategyVersion;
}
