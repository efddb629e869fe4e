import type { CommandContext, Decision, StateReader } from '#ledger/core/decision.ts';
import { fail, ok, type Result } from '#ledger/core/result.ts';
import * as account from './account/contract.ts';
import {
  isParameter,
  isWithinBounds,
  type ContractEvent,
  type ContractName,
  type MethodArgs,
  type MethodName,
  type Parameter,
  type definitions,
} from './definitions.ts';
import type { Ballot } from './governance/contract.ts';
import { thresholdChanged } from './credit/contract.ts';
import { accountCredit } from './credit/permissions.ts';
import * as demand from './demand/contract.ts';
import { governanceCodes as codes, governanceEvent } from './governance/definition.ts';
import { readParameter } from './governance/record.ts';
import { checkVersion, schedule } from './governance/versions.ts';
import * as node from './node/contract.ts';
import { changeAccessRules, checkAccessRules } from './node/register.ts';
import { permissionNeeds } from './permission-needs.ts';
import { ROLES, type Role } from './shared/roles.ts';
import * as token from './token/contract.ts';
import { MICRO_END } from './token/contract.ts';

/** Parameters by which credit permits something. */
const THRESHOLDS: ReadonlySet<Parameter> = new Set(['consensusCreditMin', 'publishCreditMin', 'ordersCreditMin']);

type VotedIn<Methods> = {
  [Name in keyof Methods]: Methods[Name] extends { readonly byVote: object } ? Name : never;
}[keyof Methods];
/** Methods that a vote carries out, of every contract. */
export type BallotName = MethodName &
  { [Contract in ContractName]: VotedIn<(typeof definitions)[Contract]['methods']> }[ContractName];

type Ballots = {
  readonly [Name in BallotName]: (
    state: StateReader,
    args: MethodArgs[Name],
    by: { readonly account: bigint; readonly ctx: CommandContext },
  ) => Ballot<ContractEvent>;
};

/** What each method that is marked `byVote` asks before it is proposed, and brings about when it passes. Leaving one out does not compile. */
export const ballots: Ballots = {
  RequestRole: (state, { role: name }, { account: by }) => {
    const role = ROLES.find((known) => known === name);
    return {
      check: () => (role === undefined ? fail(codes.ROLE_UNKNOWN) : notHeld(state, by, role)),
      carryOut: (proposal) => {
        const isNew = role !== undefined && !account.hasRole(state, by, role);
        return ok({ events: isNew ? [account.grantRole(by, role, proposal)] : [] });
      },
    };
  },
  ProposeParameter: (state, { parameter, value: to }, { account: by, ctx }) => ({
    check: () => {
      if (!isParameter(parameter)) return fail(codes.PARAMETER_UNKNOWN);
      return isWithinBounds(parameter, to) ? asNodeProvider(state, by) : fail(codes.VALUE_OUT_OF_BOUNDS);
    },
    carryOut: (proposal) => {
      if (!isParameter(parameter)) return fail(codes.PARAMETER_UNKNOWN);
      const facts = { parameter, from: readParameter(state, parameter), to, proposal };
      // What credit permits follows at once, of so many accounts a block.
      const follows = THRESHOLDS.has(parameter) ? thresholdChanged(ctx.nowMs) : {};
      return ok({ ...follows, events: [governanceEvent('ParameterChanged', facts)] });
    },
  }),
  ProposeGrant: (state, { to, amountMicro }, { account: by }) => ({
    check: () => {
      const allowed = asNodeProvider(state, by);
      if (!allowed.ok) return allowed;
      if (account.readAccount(state, to) === undefined) return fail(codes.RECIPIENT_UNKNOWN);
      if (amountMicro === 0n || amountMicro >= MICRO_END) return fail(codes.AMOUNT_INVALID);
      return grant(state, to, amountMicro);
    },
    carryOut: () => grant(state, to, amountMicro),
  }),
  ProposeValidator: (state, candidate, { account: by, ctx }) => ({
    check: () => {
      const allowed = asNodeProvider(state, by);
      return allowed.ok ? node.checkCandidate(state, candidate, ctx, nodeNeeds(state)) : allowed;
    },
    carryOut: (proposal) => {
      const { name, publicKey, operator } = candidate;
      return node.admit(state, { name, publicKey, operator, proposal }, ctx, nodeNeeds(state));
    },
  }),
  ProposeValidatorRemoval: (state, { node: id }, { account: by, ctx }) => ({
    check: () => {
      const allowed = asNodeProvider(state, by);
      return allowed.ok ? node.checkRemoval(state, id) : allowed;
    },
    carryOut: (proposal) => node.remove(state, { node: id, proposal }, ctx, nodeNeeds(state)),
  }),
  ProposeAccessRules: (state, { rules }, { account: by }) => ({
    check: () => {
      const allowed = asNodeProvider(state, by);
      return allowed.ok ? checkAccessRules(rules) : allowed;
    },
    carryOut: (proposal) => ok({ events: [changeAccessRules(rules, proposal)] }),
  }),
  ProposeContractVersion: (state, args, { account: by, ctx }) => ({
    check: () => {
      const allowed = asNodeProvider(state, by);
      return allowed.ok ? checkVersion(state, args) : allowed;
    },
    carryOut: (proposal) => {
      // Another vote may have brought this version, or a later one, since it was proposed.
      const checked = checkVersion(state, args);
      return checked.ok ? ok({ events: [schedule(state, args, { proposal, nowMs: ctx.nowMs })] }) : checked;
    },
  }),
  ProposeAlgorithmRefusal: (state, args, { account: by }) => ({
    check: () => {
      const allowed = asNodeProvider(state, by);
      return allowed.ok ? demand.refusalFault(state, args) : allowed;
    },
    carryOut: (proposal) => ok({ events: [demand.refuse(args, proposal)] }),
  }),
};

export function nodeNeeds(state: StateReader): node.NodeNeeds {
  return {
    accountExists: (id) => account.readAccount(state, id) !== undefined,
    mayOperateValidator: (id) =>
      accountCredit(state, id, permissionNeeds(state)) >= readParameter(state, 'consensusCreditMin'),
    epochMs: () => readParameter(state, 'epochMs'),
  };
}

function asNodeProvider(state: StateReader, by: bigint): Result<undefined> {
  return account.hasRole(state, by, 'NRNSP') ? ok(undefined) : fail(codes.NODE_PROVIDER_ROLE_REQUIRED);
}

function notHeld(state: StateReader, by: bigint, role: Role): Result<undefined> {
  return account.hasRole(state, by, role) ? fail(codes.ROLE_ALREADY_HELD) : ok(undefined);
}

function grant(state: StateReader, to: bigint, amountMicro: bigint): Result<Decision<ContractEvent>> {
  const granted = token.grant(state, to, amountMicro);
  return granted.ok ? ok({ events: granted.value }) : fail(codes.TREASURY_TOO_LOW);
}
