import type { DueItem } from '#ledger/core/decision.ts';
import { agreementDefinition } from './definition.ts';

/**
 * What an agreement waits for: delivery, the window's start and end, the end of the contest time; and `identity`: its customer's identification
 * ended, and it and older ones are not looked at yet.
 */
export type AgreementDueKind = 'prepare-by' | 'start' | 'end' | 'settle' | 'identity';

export function waiting(agreement: bigint, kind: AgreementDueKind): Omit<DueItem, 'atMs'> {
  return { contract: agreementDefinition.id, kind, subject: agreement };
}

export function dueItem(agreement: bigint, kind: AgreementDueKind, atMs: bigint): DueItem {
  return { atMs, ...waiting(agreement, kind) };
}
