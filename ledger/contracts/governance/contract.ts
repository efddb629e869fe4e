import { PARAMETERS, type Parameter, isParameter, isWithinBounds } from '#ledger/contracts/definitions.ts';
import {
  type GovernanceArgs,
  type GovernanceCommand,
  type GovernanceEvent,
  type ProposalKind,
  governanceCodes,
  governanceDefinition,
} from './definition.ts';
import { assert } from '#ledger/core/assert.ts';
import type { CommandContext, Decision, DueItem, StateReader, StateWriter } from '#ledger/core/decision.ts';
import { EMPTY_BYTES, equal } from '#ledger/core/bytes.ts';
import { fail, ok, type Result } from '#ledger/core/result.ts';
import { governanceTables, proposalOf, readParameter, voteId, writeParameter, type ProposalRecord } from './record.ts';

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
  /** May this node be proposed, this one's removal? A failure carries the code of the contract that owns nodes. */
  checkValidator(candidate: GovernanceArgs<'ProposeValidator'>): Result<undefined>;
  checkValidatorRemoval(node: bigint): Result<undefined>;
  /** What a passed vote brings about, now or by work that comes due; a failure when it cannot be any more. */
  admitValidator(
    candidate: Omit<GovernanceArgs<'ProposeValidator'>, 'proof'> & { proposal: bigint },
  ): Result<Decision<Event>>;
  removeValidator(of: { node: bigint; proposal: bigint }): Result<Decision<Event>>;
}

/** Proposals of one account that may be open at a time. */
const OPEN_MAX = 16;
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
    case 'ProposeValidator':
      return proposeValidator(state, command.args, ctx, needs);
    case 'ProposeValidatorRemoval':
      return proposeValidatorRemoval(state, command.args, ctx, needs);
    case 'Vote':
      return vote(state, command.args, ctx, needs);
  }
}

type Draft = Pick<ProposalRecord, 'kind' | 'subject' | 'account' | 'value' | 'publicKey'>;

/** What a kind of proposal leaves out. */
const EMPTY = { subject: '', account: 0n, value: 0n, publicKey: EMPTY_BYTES };

function requestRole<Event>(
  state: StateReader,
  args: GovernanceArgs<'RequestRole'>,
  ctx: CommandContext,
  needs: GovernanceNeeds<Event>,
): Result<Decision<GovernanceEvent>> {
  const role = needs.role(args.role);
  if (role === undefined) return fail(codes.ROLE_UNKNOWN);
  if (role.isHeldBy(ctx.account)) return fail(codes.ROLE_ALREADY_HELD);
  return open(state, { ...EMPTY, kind: 'role', subject: args.role, account: ctx.account }, ctx);
}

function proposeParameter<Event>(
  state: StateReader,
  args: GovernanceArgs<'ProposeParameter'>,
  ctx: CommandContext,
  needs: GovernanceNeeds<Event>,
): Result<Decision<GovernanceEvent>> {
  const { parameter } = args;
  if (!isParameter(parameter)) return fail(codes.PARAMETER_UNKNOWN);
  if (!isWithinBounds(parameter, args.value)) return fail(codes.VALUE_OUT_OF_BOUNDS);
  if (!needs.isNodeProvider(ctx.account)) return fail(codes.NODE_PROVIDER_ROLE_REQUIRED);
  return open(state, { ...EMPTY, kind: 'parameter', subject: parameter, value: args.value }, ctx);
}

function proposeGrant<Event>(
  state: StateReader,
  { to, amountMicro }: GovernanceArgs<'ProposeGrant'>,
  ctx: CommandContext,
  needs: GovernanceNeeds<Event>,
): Result<Decision<GovernanceEvent>> {
  if (!needs.isNodeProvider(ctx.account)) return fail(codes.NODE_PROVIDER_ROLE_REQUIRED);
  if (!needs.accountExists(to)) return fail(codes.RECIPIENT_UNKNOWN);
  if (amountMicro === 0n || amountMicro >= MICRO_END) return fail(codes.AMOUNT_INVALID);
  if (!needs.grant(to, amountMicro).ok) return fail(codes.TREASURY_TOO_LOW);
  return open(state, { ...EMPTY, kind: 'grant', account: to, value: amountMicro }, ctx);
}

function proposeValidator<Event>(
  state: StateReader,
  args: GovernanceArgs<'ProposeValidator'>,
  ctx: CommandContext,
  needs: GovernanceNeeds<Event>,
): Result<Decision<GovernanceEvent>> {
  if (!needs.isNodeProvider(ctx.account)) return fail(codes.NODE_PROVIDER_ROLE_REQUIRED);
  const checked = needs.checkValidator(args);
  if (!checked.ok) return checked;
  const { name: subject, operator: account, publicKey } = args;
  return open(state, { ...EMPTY, kind: 'validator', subject, account, publicKey }, ctx);
}

function proposeValidatorRemoval<Event>(
  state: StateReader,
  { node }: GovernanceArgs<'ProposeValidatorRemoval'>,
  ctx: CommandContext,
  needs: GovernanceNeeds<Event>,
): Result<Decision<GovernanceEvent>> {
  if (!needs.isNodeProvider(ctx.account)) return fail(codes.NODE_PROVIDER_ROLE_REQUIRED);
  const checked = needs.checkValidatorRemoval(node);
  return checked.ok ? open(state, { ...EMPTY, kind: 'validator-removal', value: node }, ctx) : checked;
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

/** One question at a time: the same role, parameter, recipient, key or node. */
function isSame(left: Draft, right: Draft): boolean {
  if (left.kind !== right.kind) return false;
  if (left.kind === 'validator') return equal(left.publicKey, right.publicKey);
  if (left.kind === 'validator-removal') return left.value === right.value;
  return left.subject === right.subject && left.account === right.account;
}

function vote<Event>(
  state: StateReader,
  { proposal, approve }: GovernanceArgs<'Vote'>,
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
  const effects: Result<Decision<GovernanceEvent | Event>> =
    outcome === 'passed' ? carryOut(state, proposal, record, needs) : ok({ events: [] });
  if (!effects.ok) return effects;
  const events = [cast, decided, ...effects.value.events];
  return ok({ events, due: effects.value.due ?? [], cancel: [closing(proposal)], data: { outcome } });
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

/** What a passed proposal does. What cannot be done now (too little in the treasury, a node's key taken) fails the vote, which can be cast again later. */
function carryOut<Event>(
  state: StateReader,
  proposal: bigint,
  record: ProposalRecord,
  needs: GovernanceNeeds<Event>,
): Result<Decision<GovernanceEvent | Event>> {
  const { kind, subject, account, value, publicKey } = record;
  switch (kind) {
    case 'role': {
      const role = needs.role(subject);
      assert(role !== undefined, 'a proposal names a known role');
      return ok({ events: role.isHeldBy(account) ? [] : role.grant(account, proposal) });
    }
    case 'parameter': {
      assert(isParameter(subject), 'a proposal names a known parameter');
      const from = readParameter(state, subject);
      const facts = { parameter: subject, from, to: value, proposal };
      return ok({ events: [{ contract: 'governance', version: 1n, type: 'ParameterChanged', ...facts }] });
    }
    case 'grant': {
      const granted = needs.grant(account, value);
      return granted.ok ? ok({ events: granted.value }) : fail(codes.TREASURY_TOO_LOW);
    }
    case 'validator':
      return needs.admitValidator({ name: subject, publicKey, operator: account, proposal });
    case 'validator-removal':
      return needs.removeValidator({ node: value, proposal });
  }
}

/** The voting time is over and nothing was decided. */
export function due<Event>(
  state: StateReader,
  item: { kind: string; subject: bigint },
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
  return { contract: governanceDefinition.id, kind: 'close', subject: proposal };
}

export function evolve(state: StateWriter, event: GovernanceEvent): void {
  switch (event.type) {
    case 'ProposalOpened': {
      const { proposal, kind, by, subject, account, value, publicKey, closesAtMs } = event;
      const asked = { kind, by, subject, account, value, publicKey, closesAtMs };
      const record = { ...asked, approvals: 0n, rejections: 0n, status: 'open' } as const;
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
      assert(isParameter(event.parameter), 'an event names a known parameter');
      writeParameter(state, event.parameter, event.to);
      return;
  }
}
