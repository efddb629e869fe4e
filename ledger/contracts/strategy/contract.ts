import { askedMeters, type Kind } from '#ledger/contracts/kinds/kind.ts';
import { findKind } from '#ledger/contracts/kinds/kinds.ts';
import type { Quantity, Term } from '#ledger/contracts/shared/terms.ts';
import { assert } from '#ledger/core/assert.ts';
import type { CommandContext, Decision, StateReader, StateWriter, Table } from '#ledger/core/decision.ts';
import { fail, ok, type Result } from '#ledger/core/result.ts';
import {
  strategyCodes,
  strategyDefinition,
  strategyEvent,
  type FailedCondition,
  type StrategyArgs,
  type StrategyCommand,
  type StrategyEvent,
} from './definition.ts';
import { failedConditions, identityFails, type Application } from './admission.ts';
import { judge, type Judged } from './judgement.ts';
import { compileRule, namesOfKind } from './rule.ts';
import { arePricesValid, areTermsValid, isPromiseValid } from './terms.ts';

export type StrategyRecord = { strategy: StrategyArgs; by: bigint; recordedAtMs: bigint };

export const strategyTables = {
  /** Version in force, under the resource. */
  current: { contract: strategyDefinition.id, table: 1 } as Table<{ strategyVersion: bigint }>,
  /** Every version, under resource × 2^16 + version. */
  versions: { contract: strategyDefinition.id, table: 2 } as Table<StrategyRecord>,
} as const;

export interface StrategyNeeds<Event> {
  /** What must be known of the resource; undefined when there is none. */
  resource(
    resource: bigint,
  ): { owner: bigint; isRetired: boolean; kind: string; attributes: readonly Term[] } | undefined;
  /** Events that give the resource another capacity; a failure when it is none of its kind. */
  resize(resource: bigint, capacity: readonly Quantity[]): Result<readonly Event[]>;
}

const VERSION_BITS = 16n;
const VERSIONS_MAX = 65_535n;

export function decide<Event>(
  state: StateReader,
  command: StrategyCommand,
  ctx: CommandContext,
  needs: StrategyNeeds<Event>,
): Result<Decision<StrategyEvent | Event>> {
  const { resource, capacity, strategy } = command.args;
  const facts = needs.resource(resource);
  if (facts === undefined) return fail(strategyCodes.RESOURCE_UNKNOWN);
  if (facts.owner !== ctx.account) return fail(strategyCodes.NOT_THE_OWNER);
  if (facts.isRetired) return fail(strategyCodes.RESOURCE_RETIRED);
  const resized = needs.resize(resource, capacity);
  if (!resized.ok) return resized;
  const { kind, attributes } = facts;
  const of = { resource, kind, attributes, strategy, by: ctx.account, nowMs: ctx.nowMs };
  const recorded = record(state, of);
  if (!recorded.ok) return recorded;
  const strategyVersion = currentVersion(state, resource) + 1n;
  return ok({ events: [...recorded.value, ...resized.value], data: { strategyVersion } });
}

/** The event of a new version, or the first fault: terms (401), a rule (402, 403, 410), a price (404), the promise (409). */
export function record(
  state: StateReader,
  of: {
    resource: bigint;
    kind: string;
    attributes: readonly Term[];
    strategy: StrategyArgs;
    by: bigint;
    nowMs: bigint;
  },
): Result<StrategyEvent[]> {
  const { resource, attributes, strategy, by, nowMs } = of;
  const kind = findKind(of.kind);
  assert(kind !== undefined, 'a resource is of a known kind');
  if (!areTermsValid(strategy, kind, attributes)) return fail(strategyCodes.STRATEGY_INVALID);
  const fault = ruleFault(strategy, kind);
  if (fault !== undefined) return fail(strategyCodes[fault]);
  if (!arePricesValid(strategy.prices, kind)) return fail(strategyCodes.PRICE_INVALID);
  if (!isPromiseValid(strategy, kind)) return fail(strategyCodes.PROMISE_INVALID);
  const strategyVersion = currentVersion(state, resource) + 1n;
  if (strategyVersion > VERSIONS_MAX) return fail(strategyCodes.TOO_MANY_VERSIONS);
  return ok([strategyEvent('StrategyRecorded', { resource, strategyVersion, by, strategy, recordedAtMs: nowMs })]);
}

function ruleFault({ conditions }: StrategyArgs, kind: Kind): keyof typeof strategyCodes | undefined {
  const compiled = conditions.map(({ rule }) => compileRule(rule));
  if (compiled.includes('invalid')) return 'RULE_INVALID';
  if (compiled.includes('too-costly')) return 'RULE_TOO_COSTLY';
  const asked = askedMeters(kind);
  const areKnown = compiled.every((rule) => {
    if (typeof rule === 'string') return false;
    const { choices, amounts } = namesOfKind(rule);
    return (
      choices.every((name) => Object.hasOwn(kind.choices, name)) && amounts.every((meter) => asked.includes(meter))
    );
  });
  return areKnown ? undefined : 'RULE_NAME_UNKNOWN';
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
  const { strategy, kind } = inForce(state, resource, application);
  return failedConditions(strategy, kind, application);
}

/** Every condition of the version in force, with what would meet it: for who asks before applying. */
export function judged(state: StateReader, resource: bigint, application: Application): Judged[] {
  const { strategy, kind } = inForce(state, resource, application);
  return judge(strategy, kind, application);
}

/** Whether a condition of a version that reads by whom the applicant is identified does not hold. */
export function failsByIdentity(
  state: StateReader,
  { resource, version }: { readonly resource: bigint; readonly version: bigint },
  application: Application,
): boolean {
  const recorded = readStrategy(state, resource, version);
  const kind = findKind(application.resource.kind);
  assert(recorded !== undefined && kind !== undefined, 'what an order was granted under stays');
  return identityFails(recorded.strategy, kind, application);
}

function inForce(
  state: StateReader,
  resource: bigint,
  application: Application,
): { strategy: StrategyArgs; kind: Kind } {
  const current = readStrategy(state, resource, currentVersion(state, resource));
  assert(current !== undefined, 'a published resource has a strategy');
  const kind = findKind(application.resource.kind);
  assert(kind !== undefined, 'a resource is of a known kind');
  return { strategy: current.strategy, kind };
}

function versionId(resource: bigint, strategyVersion: bigint): bigint {
  return (resource << VERSION_BITS) | strategyVersion;
}
