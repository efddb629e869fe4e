import { assert } from '#ledger/core/assert.ts';
import type { CommandContext, StateReader } from '#ledger/core/decision.ts';
import { ok } from '#ledger/core/result.ts';
import * as account from './account/contract.ts';
import { isEncryptionKey } from './account/key-rules.ts';
import type * as agreement from './agreement/contract.ts';
import { readAgreement, readHistory } from './agreement/record.ts';
import { findMethod, type ContractEvent, type MethodArgs } from './definitions.ts';
import type * as governance from './governance/contract.ts';
import { readParameter } from './governance/record.ts';
import * as node from './node/contract.ts';
import * as resource from './resource/contract.ts';
import * as settlement from './settlement/contract.ts';
import { ROLES } from './shared/roles.ts';
import * as strategy from './strategy/contract.ts';
import { FIELDS_OF_BUSINESS, PURPOSES, type FailedCondition } from './strategy/definition.ts';
import * as token from './token/contract.ts';

/** What each contract asks of the others: declared by the contract, answered here. */

export function accountNeeds(state: StateReader): account.AccountNeeds<ContractEvent> {
  return {
    isDelegable: (name) => findMethod(name)?.definition.delegation.to === 'any-key',
    resourceOwner: (id) => resource.readResource(state, id)?.owner,
    welcomeGrant: (to) => {
      const amountMicro = readParameter(state, 'newAccountGrantMicro');
      const granted = amountMicro === 0n ? ok([]) : token.grant(state, to, amountMicro);
      return granted.ok ? granted.value : [];
    },
  };
}

export function tokenNeeds(state: StateReader): token.TokenNeeds<ContractEvent> {
  return {
    accountExists: (id) => account.readAccount(state, id) !== undefined,
    spend: (by) => account.spend(state, by),
  };
}

export function resourceNeeds(state: StateReader, ctx: CommandContext): resource.ResourceNeeds<ContractEvent> {
  return {
    isProvider: (id) => account.hasRole(state, id, 'NRP'),
    agentAddress: (owner, id) => {
      const key = account.readKey(state, owner, id);
      const mayServe =
        key !== undefined && !key.revoked && key.expiresAtMs > ctx.nowMs && key.methods.includes('Prepare');
      // A key limited to some resources cannot serve one that does not exist yet.
      return mayServe && key.resources.length === 0 ? key.address : undefined;
    },
    testAgeMsMax: () => readParameter(state, 'testAgeMsMax'),
    recordStrategy: (of) => strategy.record(state, { ...of, by: ctx.account, nowMs: ctx.nowMs }),
  };
}

export function strategyNeeds(state: StateReader): strategy.StrategyNeeds<ContractEvent> {
  return {
    resource: (id) => {
      const record = resource.readResource(state, id);
      if (record === undefined) return undefined;
      const isRetired = resource.readListing(state, id)?.status === 'retired';
      return { owner: record.owner, isRetired, columns: resource.readColumns(state, id) };
    },
    resize: (id, simultaneousMax) => resource.resize(state, id, simultaneousMax),
  };
}

/** What the rules see of an account and of the use it intends. */
export function failedConditions(
  state: StateReader,
  of: { account: bigint; resource: bigint; use: strategy.IntendedUse; nowMs: bigint },
): FailedCondition[] {
  const { use, nowMs } = of;
  const applicant = account.readAccount(state, of.account);
  const offered = resource.readResource(state, of.resource);
  assert(applicant !== undefined && offered !== undefined, 'the applicant and the resource are known');
  const history = readHistory(state, of.account);
  return strategy.evaluate(state, of.resource, {
    applicant: {
      account: of.account,
      roles: applicant.roles,
      accountAgeMs: nowMs - applicant.createdAtMs,
      completedOrders: history.completed,
      brokenOrders: history.broken,
    },
    use,
    resource: { tags: offered.tags, kind: offered.kind },
    nowMs,
  });
}

export function agreementNeeds(state: StateReader): agreement.AgreementNeeds<ContractEvent> {
  return {
    offer: (id) => offer(state, id),
    isPurpose: (purpose) => (PURPOSES as readonly string[]).includes(purpose),
    isFieldOfBusiness: (field) => (FIELDS_OF_BUSINESS as readonly string[]).includes(field),
    isEncryptionKey,
    isCustomer: (id) => account.hasRole(state, id, 'NRC'),
    failedConditions: (args: MethodArgs['Apply'], applicant, nowMs) =>
      failedConditions(state, { account: applicant, resource: args.resource, use: intendedUse(args), nowMs }),
    reserve: (id, order) => resource.reserve(state, id, order),
    release: (id, order) => resource.release(state, id, order),
    hold: (of) => token.hold(state, of),
    unsettled: (id) => token.readBalance(state, id).holds,
    spend: (by) => account.spend(state, by),
    settle: (order, facts, nowMs) =>
      settlement.settle<ContractEvent>(state, { agreement: order, facts, nowMs }, settlementNeeds(state)),
    contestMs: () => readParameter(state, 'contestMs'),
    parameters: () => ({
      intervalMs: readParameter(state, 'intervalMs'),
      deliveryMs: readParameter(state, 'deliveryMs'),
      openAgreementsMax: readParameter(state, 'openAgreementsMax'),
      feePerMille: readParameter(state, 'feePerMille'),
    }),
  };
}

function intendedUse(args: MethodArgs['Apply']): strategy.IntendedUse {
  const { purpose, fieldOfBusiness: field, durationMs, format, callsMax: calls, bytesMax: bytes } = args;
  return { purpose, field, durationMs, format, calls, bytes };
}

function offer(state: StateReader, id: bigint): ReturnType<agreement.AgreementNeeds<ContractEvent>['offer']> {
  const record = resource.readResource(state, id);
  if (record === undefined) return undefined;
  const strategyVersion = strategy.currentVersion(state, id);
  const current = strategy.readStrategy(state, id, strategyVersion);
  assert(current !== undefined, 'a published resource has a strategy');
  const { owner, agentKey, sourceId } = record;
  const isPublished = resource.readListing(state, id)?.status === 'published';
  return { owner, isPublished, agentKey, sourceId, strategyVersion, strategy: current.strategy };
}

export function settlementNeeds(state: StateReader): settlement.SettlementNeeds<ContractEvent> {
  return {
    agreement: (id) => readAgreement(state, id),
    settleHold: (of) => token.settleHold(state, of),
  };
}

export function nodeNeeds(state: StateReader): node.NodeNeeds {
  return {
    accountExists: (id) => account.readAccount(state, id) !== undefined,
    epochMs: () => readParameter(state, 'epochMs'),
  };
}

export function governanceNeeds(state: StateReader, ctx: CommandContext): governance.GovernanceNeeds<ContractEvent> {
  return {
    role: (name) => {
      const role = ROLES.find((known) => known === name);
      if (role === undefined) return undefined;
      return {
        isHeldBy: (id) => account.hasRole(state, id, role),
        grant: (id, proposal) => [account.grantRole(id, role, proposal)],
      };
    },
    accountExists: (id) => account.readAccount(state, id) !== undefined,
    isNodeProvider: (id) => account.hasRole(state, id, 'NRNSP'),
    nodeProviders: () => account.countRole(state, 'NRNSP'),
    grant: (to, amountMicro) => token.grant(state, to, amountMicro),
    checkValidator: (candidate) => node.checkCandidate(state, candidate, ctx, nodeNeeds(state)),
    checkValidatorRemoval: (id) => node.checkRemoval(state, id),
    admitValidator: (candidate) => node.admit(state, candidate, ctx, nodeNeeds(state)),
    removeValidator: (of) => node.remove(state, of, ctx, nodeNeeds(state)),
  };
}
