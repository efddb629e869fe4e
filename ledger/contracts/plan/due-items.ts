import type { DueItem } from '#ledger/core/decision.ts';
import { planDefinition } from './definition.ts';
import { rangeId } from './record.ts';

/** What the contract waits for: plans that expire, or are to be looked for, by demand; ranges that are late, by range id; the end of an epoch, 0. */
export type PlanDueKind = 'plans' | 'late' | 'batch';

export function plansWaiting(demand: bigint): Omit<DueItem, 'atMs'> {
  return { contract: planDefinition.id, kind: 'plans' satisfies PlanDueKind, subject: demand };
}

export function lateWaiting(demand: bigint, range: bigint): Omit<DueItem, 'atMs'> {
  return { contract: planDefinition.id, kind: 'late' satisfies PlanDueKind, subject: rangeId(demand, range) };
}

export function batchWaiting(): Omit<DueItem, 'atMs'> {
  return { contract: planDefinition.id, kind: 'batch' satisfies PlanDueKind, subject: 0n };
}
