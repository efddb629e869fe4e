import { assert } from '#ledger/core/assert.ts';
import type {
  CommandContext,
  Decision,
  DueContext,
  DueItem,
  StateReader,
  StateWriter,
  Table,
} from '#ledger/core/decision.ts';
import { fail, ok, type Result } from '#ledger/core/result.ts';
import {
  GOVERNANCE,
  type ProposeGrantArgs,
  type ProposeParameterArgs,
  type RequestRoleArgs,
  type VoteArgs,
} from './methods.ts';
import { isWithinBounds } from './parameter-bounds.ts';

export type ProposalKind = 'role' | 'parameter' | 'grant';

/** Genesis gives every one a value; votes change them. Times in milliseconds of block time. */
export const PARAMETERS = [
  'contestMs',
  'deliveryMs',
  'intervalMs',
  'votingMs',
  'epochMs',
  'validityMsMax',
  'newAccountGrantMicro',
  'feePerMille',
  'openAgreementsMax',
  'createPerEpochMax',
  'transactionsPerEpochMax',
  'bytesPerEpochMax',
  'testAgeMsMax',
] as const;
export type Parameter = (typeof PARAMETERS)[number];

export type GovernanceEvent =
  | {
      contract: 'governance';
      version: 1n;
      type: 'ProposalOpened';
      proposal: bigint;
      kind: ProposalKind;
      by: bigint;
      /** role: the role; parameter: its name; grant: ''. */
      subject: string;
      /** role: the account; grant: the recipient; parameter: 0. */
      account: bigint;
      /** parameter: the new value; grant: micro-units; role: 0. */
      value: bigint;
      closesAtMs: bigint;
    }
  | { contract: 'governance'; version: 1n; type: 'VoteCast'; proposal: bigint; by: bigint; approve: boolean }
  | {
      contract: 'governance';
      version: 1n;
      type: 'ProposalDecided';
      proposal: bigint;
      outcome: 'passed' | 'rejected' | 'expired';
      approvals: bigint;
      rejections: bigint;
      electorate: bigint;
    }
  | {
      contract: 'governance';
      version: 1n;
      type: 'ParameterChanged';
      parameter: Parameter;
      from: bigint;
      to: bigint;
      proposal: bigint;
    };

export type ProposalRecord = {
  kind: ProposalKind;
  by: bigint;
  subject: string;
  account: bigint;
  value: bigint;
  closesAtMs: bigint;
  approvals: bigint;
  rejections: bigint;
  status: 'open' | 'passed' | 'rejected' | 'expired';
};

export const governanceTables = {
  /** id 0: next proposal id. */
  counters: { contract: GOVERNANCE, table: 0 } as Table<{ nextProposal: bigint }>,
  /** Under the parameter's place in PARAMETERS. */
  parameters: { contract: GOVERNANCE, table: 1 } as Table<bigint>,
  proposals: { contract: GOVERNANCE, table: 2 } as Table<ProposalRecord>,
  /** Under proposal × 2^32 + voter. */
  votes: { contract: GOVERNANCE, table: 3 } as Table<boolean>,
  /** Open proposals that an account made, under the account. */
  open: { contract: GOVERNANCE, table: 4 } as Table<bigint[]>,
} as const;

export const governanceCodes = {
  ROLE_UNKNOWN: 701,
  ROLE_ALREADY_HELD: 702,
  REQUEST_ALREADY_OPEN: 703,
  PARAMETER_UNKNOWN: 704,
  VALUE_OUT_OF_BOUNDS: 705,
  NODE_PROVIDER_ROLE_REQUIRED: 706,
  PROPOSAL_UNKNOWN: 707,
  PROPOSAL_CLOSED: 708,
  ALREADY_VOTED: 709,
  RECIPIENT_UNKNOWN: 710,
  AMOUNT_INVALID: 711,
  TREASURY_TOO_LOW: 712,
} as const;

export interface GovernanceNeeds<Event> {
  /** undefined for what is no role. */
  role(
    name: string,
  ): { isHeldBy(account: bigint): boolean; grant(account: bigint, proposal: bigint): readonly Event[] } | undefined;
  accountExists(account: bigint): boolean;
  /** Network resource node service providers: they vote. */
  isNodeProvider(account: bigint): boolean;
  nodeProviders(): bigint;
  /** Events of a grant from the treasury; a failure when it holds less. */
  grant(to: bigint, amountMicro: bigint): Result<readonly Event[]>;
}

export type GovernanceCommand =
  | { method: 'RequestRole'; args: RequestRoleArgs }
  | { method: 'ProposeParameter'; args: ProposeParameterArgs }
  | { method: 'ProposeGrant'; args: ProposeGrantArgs }
  | { method: 'Vote'; args: VoteArgs };

/** Proposals of one account that may be open at a time. */
const OPEN_MAX = 16;
const VOTER_BITS = 32n;
const MICRO_END = 1n << 63n;
const codes = governanceCodes;

export function decide<Event>(
  state: StateReader,
  command: GovernanceCommand,
  ctx: CommandContext,
  needs: GovernanceNeeds<Event>,
): Result<Decision<GovernanceEvent | Event>> {
  switch (command.method) {
    case 'RequestRole':
      return requestRole(state, command.args, ctx, needs);
    case 'ProposeParameter':
      return proposeParameter(state, command.args, ctx, needs);
    case 'ProposeGrant':
      return proposeGrant(state, command.args, ctx, needs);
    case 'Vote':
      return vote(state, command.args, ctx, needs);
  }
}

type Draft = Pick<ProposalRecord, 'kind' | 'subject' | 'account' | 'value'>;

function requestRole<Event>(
  state: StateReader,
  args: RequestRoleArgs,
  ctx: CommandContext,
  needs: GovernanceNeeds<Event>,
): Result<Decision<GovernanceEvent>> {
  const role = needs.role(args.role);
  if (role === undefined) return fail(codes.ROLE_UNKNOWN);
  if (role.isHeldBy(ctx.account)) return fail(codes.ROLE_ALREADY_HELD);
  return open(state, { kind: 'role', subject: args.role, account: ctx.account, value: 0n }, ctx);
}

function proposeParameter<Event>(
  state: StateReader,
  args: ProposeParameterArgs,
  ctx: CommandContext,
  needs: GovernanceNeeds<Event>,
): Result<Decision<GovernanceEvent>> {
  const parameter = PARAMETERS.find((name) => name === args.parameter);
  if (parameter === undefined) return fail(codes.PARAMETER_UNKNOWN);
  if (!isWithinBounds(parameter, args.value)) return fail(codes.VALUE_OUT_OF_BOUNDS);
  if (!needs.isNodeProvider(ctx.account)) return fail(codes.NODE_PROVIDER_ROLE_REQUIRED);
  return open(state, { kind: 'parameter', subject: parameter, account: 0n, value: args.value }, ctx);
}

function proposeGrant<Event>(
  state: StateReader,
  { to, amountMicro }: ProposeGrantArgs,
  ctx: CommandContext,
  needs: GovernanceNeeds<Event>,
): Result<Decision<GovernanceEvent>> {
  if (!needs.isNodeProvider(ctx.account)) return fail(codes.NODE_PROVIDER_ROLE_REQUIRED);
  if (!needs.accountExists(to)) return fail(codes.RECIPIENT_UNKNOWN);
  if (amountMicro === 0n || amountMicro >= MICRO_END) return fail(codes.AMOUNT_INVALID);
  if (!needs.grant(to, amountMicro).ok) return fail(codes.TREASURY_TOO_LOW);
  return open(state, { kind: 'grant', subject: '', account: to, value: amountMicro }, ctx);
}

function open(state: StateReader, draft: Draft, ctx: CommandContext): Result<Decision<GovernanceEvent>> {
  const mine = state.read(governanceTables.open, ctx.account) ?? [];
  const isAsked = mine.map((id) => proposalOf(state, id)).some((other) => isSame(other, draft));
  if (isAsked || mine.length >= OPEN_MAX) return fail(codes.REQUEST_ALREADY_OPEN);
  const proposal = state.read(governanceTables.counters, 0n)?.nextProposal ?? 1n;
  const closesAtMs = ctx.nowMs + readParameter(state, 'votingMs');
  const opened = {
    contract: 'governance',
    version: 1n,
    type: 'ProposalOpened',
    proposal,
    by: ctx.account,
    ...draft,
    closesAtMs,
  } as const;
  return ok({ events: [opened], due: [{ atMs: closesAtMs, ...closing(proposal) }], data: { proposal } });
}

/** One question at a time: the same role, parameter or recipient. */
function isSame(left: Draft, right: Draft): boolean {
  return left.kind === right.kind && left.subject === right.subject && left.account === right.account;
}

function vote<Event>(
  state: StateReader,
  { proposal, approve }: VoteArgs,
  ctx: CommandContext,
  needs: GovernanceNeeds<Event>,
): Result<Decision<GovernanceEvent | Event>> {
  if (!needs.isNodeProvider(ctx.account)) return fail(codes.NODE_PROVIDER_ROLE_REQUIRED);
  const record = state.read(governanceTables.proposals, proposal);
  if (record === undefined) return fail(codes.PROPOSAL_UNKNOWN);
  if (record.status !== 'open' || ctx.nowMs >= record.closesAtMs) return fail(codes.PROPOSAL_CLOSED);
  if (state.read(governanceTables.votes, voteId(proposal, ctx.account)) !== undefined) return fail(codes.ALREADY_VOTED);
  const approvals = record.approvals + (approve ? 1n : 0n);
  const rejections = record.rejections + (approve ? 0n : 1n);
  const electorate = needs.nodeProviders();
  const cast = { contract: 'governance', version: 1n, type: 'VoteCast', proposal, by: ctx.account, approve } as const;
  const outcome = outcomeOf({ approvals, rejections, electorate });
  if (outcome === 'open') return ok({ events: [cast] });
  const decided = {
    contract: 'governance',
    version: 1n,
    type: 'ProposalDecided',
    proposal,
    outcome,
    approvals,
    rejections,
    electorate,
  } as const;
  const effects: Result<readonly (GovernanceEvent | Event)[]> =
    outcome === 'passed' ? carryOut(state, proposal, record, needs) : ok([]);
  if (!effects.ok) return effects;
  return ok({ events: [cast, decided, ...effects.value], cancel: [closing(proposal)], data: { outcome } });
}

/** Two thirds of the node providers of the moment pass it; it is rejected as soon as they can no longer be reached. */
function outcomeOf(votes: {
  approvals: bigint;
  rejections: bigint;
  electorate: bigint;
}): 'open' | 'passed' | 'rejected' {
  const { approvals, rejections, electorate } = votes;
  if (approvals * 3n >= electorate * 2n) return 'passed';
  return (electorate - rejections) * 3n < electorate * 2n ? 'rejected' : 'open';
}

/** What a passed proposal does. A grant that the treasury cannot pay now fails the vote, which can be cast again later. */
function carryOut<Event>(
  state: StateReader,
  proposal: bigint,
  record: ProposalRecord,
  needs: GovernanceNeeds<Event>,
): Result<readonly (GovernanceEvent | Event)[]> {
  const { kind, subject, account, value } = record;
  switch (kind) {
    case 'role': {
      const role = needs.role(subject);
      assert(role !== undefined, 'a proposal names a known role');
      return ok(role.isHeldBy(account) ? [] : role.grant(account, proposal));
    }
    case 'parameter': {
      const parameter = PARAMETERS.find((name) => name === subject);
      assert(parameter !== undefined, 'a proposal names a known parameter');
      const from = readParameter(state, parameter);
      return ok([
        { contract: 'governance', version: 1n, type: 'ParameterChanged', parameter, from, to: value, proposal },
      ]);
    }
    case 'grant': {
      const granted = needs.grant(account, value);
      return granted.ok ? granted : fail(codes.TREASURY_TOO_LOW);
    }
  }
}

/** The voting time is over and nothing was decided. */
export function due<Event>(
  state: StateReader,
  item: { kind: string; subject: bigint },
  _ctx: DueContext,
  needs: Pick<GovernanceNeeds<Event>, 'nodeProviders'>,
): Decision<GovernanceEvent> {
  const { approvals, rejections, status } = proposalOf(state, item.subject);
  assert(item.kind === 'close' && status === 'open', 'only open proposals wait for their end');
  const decided = {
    contract: 'governance',
    version: 1n,
    type: 'ProposalDecided',
    proposal: item.subject,
    outcome: 'expired',
  } as const;
  return { events: [{ ...decided, approvals, rejections, electorate: needs.nodeProviders() }] };
}

function closing(proposal: bigint): Omit<DueItem, 'atMs'> {
  return { contract: GOVERNANCE, kind: 'close', subject: proposal };
}

export function evolve(state: StateWriter, event: GovernanceEvent): void {
  switch (event.type) {
    case 'ProposalOpened': {
      const { proposal, kind, by, subject, account, value, closesAtMs } = event;
      const record = {
        kind,
        by,
        subject,
        account,
        value,
        closesAtMs,
        approvals: 0n,
        rejections: 0n,
        status: 'open',
      } as const;
      state.write(governanceTables.proposals, proposal, record);
      state.write(governanceTables.counters, 0n, { nextProposal: proposal + 1n });
      state.write(governanceTables.open, by, [...(state.read(governanceTables.open, by) ?? []), proposal]);
      return;
    }
    case 'VoteCast': {
      const record = proposalOf(state, event.proposal);
      const counted = event.approve ? { approvals: record.approvals + 1n } : { rejections: record.rejections + 1n };
      state.write(governanceTables.proposals, event.proposal, { ...record, ...counted });
      state.write(governanceTables.votes, voteId(event.proposal, event.by), event.approve);
      return;
    }
    case 'ProposalDecided': {
      const record = proposalOf(state, event.proposal);
      state.write(governanceTables.proposals, event.proposal, { ...record, status: event.outcome });
      const left = (state.read(governanceTables.open, record.by) ?? []).filter((id) => id !== event.proposal);
      if (left.length === 0) state.erase(governanceTables.open, record.by);
      else state.write(governanceTables.open, record.by, left);
      return;
    }
    case 'ParameterChanged':
      writeParameter(state, event.parameter, event.to);
      return;
  }
}

/** Genesis: every parameter's first value. */
export function writeParameter(state: StateWriter, parameter: Parameter, value: bigint): void {
  assert(isWithinBounds(parameter, value), `the parameter ${parameter} is within its bounds`);
  state.write(governanceTables.parameters, BigInt(PARAMETERS.indexOf(parameter)), value);
}

export function readParameter(state: StateReader, parameter: Parameter): bigint {
  const value = state.read(governanceTables.parameters, BigInt(PARAMETERS.indexOf(parameter)));
  assert(value !== undefined, 'genesis gives every parameter a value');
  return value;
}

export function readProposal(state: StateReader, proposal: bigint): ProposalRecord | undefined {
  return state.read(governanceTables.proposals, proposal);
}

function proposalOf(state: StateReader, proposal: bigint): ProposalRecord {
  const record = readProposal(state, proposal);
  assert(record !== undefined, 'an event or due work names an existing proposal');
  return record;
}

function voteId(proposal: bigint, voter: bigint): bigint {
  assert(voter < 1n << VOTER_BITS, 'an account id fits 32 bits');
  return (proposal << VOTER_BITS) | voter;
}
