import { assert } from '#ledger/core/assert.ts';
import type { StateReader } from '#ledger/core/decision.ts';
import { readAccount } from './account/contract.ts';
import type { Wanted } from './agreement/application.ts';
import { readHistory, type AgreementRecord } from './agreement/record.ts';
import { accountCredit } from './credit/permissions.ts';
import { identifiedBy } from './identity/record.ts';
import { permissionNeeds } from './permission-needs.ts';
import { readResource } from './resource/contract.ts';
import type { Application, IntendedUse } from './strategy/admission.ts';
import * as strategy from './strategy/contract.ts';
import type { FailedCondition } from './strategy/definition.ts';
import type { Judged } from './strategy/judgement.ts';

/** What a strategy's conditions are evaluated over: answered here for the contracts, for plans, and for who asks before applying. */

interface Question {
  readonly account: bigint;
  readonly resource: bigint;
  readonly use: IntendedUse;
  readonly nowMs: bigint;
}

export function failedConditions(state: StateReader, of: Question): FailedCondition[] {
  return strategy.evaluate(state, of.resource, applicationOf(state, of));
}

/** The use that an order says, as rules see it. */
function useOf(said: Omit<Wanted, 'provider' | 'strategyVersion'>): IntendedUse {
  const { purpose, fieldOfBusiness: field, durationMs, choices, amounts } = said;
  return { purpose, field, durationMs, choices, amounts };
}

/** The same of what an order would say. */
export function failedFor(state: StateReader, wanted: Wanted, applicant: bigint, nowMs: bigint): FailedCondition[] {
  return failedConditions(state, { account: applicant, resource: wanted.resource, use: useOf(wanted), nowMs });
}

export function judgedConditions(state: StateReader, of: Question): Judged[] {
  return strategy.judged(state, of.resource, applicationOf(state, of));
}

/** What the rules see of an account and of the use it intends; `identity`: as if this operator had identified it, 0 nobody. */
function applicationOf(state: StateReader, of: Question, identity?: bigint): Application {
  const { use, nowMs } = of;
  const applicant = readAccount(state, of.account);
  const offered = readResource(state, of.resource);
  assert(applicant !== undefined && offered !== undefined, 'the applicant and the resource are known');
  const history = readHistory(state, of.account);
  return {
    applicant: {
      account: of.account,
      roles: applicant.roles,
      accountAgeMs: nowMs - applicant.createdAtMs,
      completedOrders: history.completed,
      brokenOrders: history.broken,
      // Only where a rule reads it: it is asked of every node of the account, and offers are judged by the thousand.
      get credit() {
        return accountCredit(state, of.account, permissionNeeds(state));
      },
      get identifiedBy() {
        return identity ?? identifiedBy(state, of.account) ?? 0n;
      },
    },
    use,
    resource: { tags: offered.tags, kind: offered.kind },
    nowMs,
  };
}

/** The operator without whose identification of the applicant a condition would not hold for what is admitted; 0 where none is needed. */
export function identityBehind(state: StateReader, wanted: Wanted, applicant: bigint, nowMs: bigint): bigint {
  const operator = identifiedBy(state, applicant);
  if (operator === undefined) return 0n;
  const { resource } = wanted;
  const question = { account: applicant, resource, use: useOf(wanted), nowMs };
  const version = strategy.currentVersion(state, resource);
  const isNeeded = strategy.failsByIdentity(state, { resource, version }, applicationOf(state, question, 0n));
  return isNeeded ? operator : 0n;
}

/** Whether the conditions that an order was granted under take what its customer has of identifications now. */
export function isIdentifiedFor(state: StateReader, record: AgreementRecord, nowMs: bigint): boolean {
  const { customer: account, resource, strategyVersion: version } = record;
  const operator = identifiedBy(state, account);
  if (operator === undefined || operator === record.identifiedBy) return operator !== undefined;
  const question = { account, resource, use: useOf(record), nowMs };
  return !strategy.failsByIdentity(state, { resource, version }, applicationOf(state, question));
}
