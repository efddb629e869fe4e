import { assert } from '#ledger/core/assert.ts';
import { equal } from '#ledger/core/bytes.ts';
import { decode, encode, type CborValue } from '#ledger/core/codec.ts';
import type { CommandContext, Decision, DueItem, StateReader, StateWriter } from '#ledger/core/decision.ts';
import { fail, ok, type Result } from '#ledger/core/result.ts';
import { isParameter } from '#ledger/contracts/definitions.ts';
import type { MethodDefinition } from '#ledger/contracts/shared/definition.ts';
import {
  governanceCodes,
  governanceDefinition,
  governanceEvent,
  type GovernanceArgs,
  type GovernanceEvent,
} from './definition.ts';
import { governanceTables, proposalOf, readParameter, voteId, writeParameter } from './record.ts';
import { evolveVersion } from './versions.ts';

/** What a method that needs a vote is about: may it be proposed, and what does a passed vote bring about. */
export interface Ballot<Event> {
  /** Asked when it is proposed; a failure carries the code of the contract that owns the method. */
  check(): Result<unknown>;
  /** What a passed vote brings about, now or by work that comes due; a failure when it cannot be any more. */
  carryOut(proposal: bigint): Result<Decision<Event>>;
}

/** A method with its arguments. */
export interface Proposed {
  readonly method: string;
  readonly args: Readonly<Record<string, CborValue>>;
}

export interface GovernanceNeeds<Event> {
  /** Network resource node service providers: they vote. */
  isNodeProvider(account: bigint): boolean;
  nodeProviders(): bigint;
  /** The ballot of a method that is marked `byVote`, proposed by this account. */
  ballot(proposed: Proposed, by: bigint): Ballot<Event>;
  /** Definition of a method that is marked `byVote`. */
  byVote(method: string): NonNullable<MethodDefinition['byVote']>;
}

/** Proposals of one account that may be open at a time. */
const OPEN_MAX = 16;
const codes = governanceCodes;

/** Opens a proposal that carries a method of any contract; it is carried out when the vote passes. */
export function propose<Event>(
  state: StateReader,
  proposed: Proposed,
  ctx: CommandContext,
  needs: GovernanceNeeds<Event>,
): Result<Decision<GovernanceEvent>> {
  const checked = needs.ballot(proposed, ctx.account).check();
  if (!checked.ok) return checked;
  const { method } = proposed;
  const args = encode(proposed.args);
  const { about, concerns } = needs.byVote(method);
  const mine = state.read(governanceTables.open, ctx.account) ?? [];
  const isAsked = mine.map((id) => proposalOf(state, id)).some((other) => isSame(other, { method, args }, about));
  if (isAsked || mine.length >= OPEN_MAX) return fail(codes.REQUEST_ALREADY_OPEN);
  const proposal = state.read(governanceTables.counters, 0n)?.nextProposal ?? 1n;
  const closesAtMs = ctx.nowMs + readParameter(state, 'votingMs');
  const concerned = concerns === undefined ? ctx.account : concerns === null ? 0n : proposed.args[concerns];
  const facts = { proposal, by: ctx.account, method, args, concerns: concerned as bigint, closesAtMs };
  return ok({
    events: [governanceEvent('ProposalOpened', facts)],
    due: [{ atMs: closesAtMs, ...closing(proposal) }],
    data: { proposal },
  });
}

type Question = { readonly method: string; readonly args: Uint8Array };

/** One question at a time: the same role, parameter, recipient, key or node, whatever the definition of the method says. */
function isSame(left: Question, right: Question, about: readonly string[]): boolean {
  if (left.method !== right.method) return false;
  const [mine, other] = [argsOf(left), argsOf(right)];
  return about.every((name) => equal(encode(mine[name]!), encode(other[name]!)));
}

/** Arguments of a recorded proposal, which this contract encoded. */
function argsOf({ args }: Question): Readonly<Record<string, CborValue>> {
  const decoded = decode(args, args.length);
  assert(decoded.ok, 'a proposal’s arguments were encoded by this contract');
  return decoded.value as Readonly<Record<string, CborValue>>;
}

/** Two thirds of the node providers decide; a passed vote carries the proposed method out in the same transaction. */
export function vote<Event>(
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
  const cast = governanceEvent('VoteCast', { proposal, by: ctx.account, approve });
  const outcome = outcomeOf({ approvals, rejections, electorate });
  if (outcome === 'open') return ok({ events: [cast] });
  const decided = governanceEvent('ProposalDecided', { proposal, outcome, approvals, rejections, electorate });
  // What cannot be done now (too little in the treasury, a node's key taken) fails the vote, which can be cast again later.
  const { method, by } = record;
  const ballot = needs.ballot({ method, args: argsOf(record) }, by);
  const effects: Result<Decision<Event>> = outcome === 'passed' ? ballot.carryOut(proposal) : ok({ events: [] });
  if (!effects.ok) return effects;
  const events = [cast, decided, ...effects.value.events];
  const cancel = [closing(proposal), ...(effects.value.cancel ?? [])];
  return ok({ events, due: effects.value.due ?? [], cancel, data: { outcome } });
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

/** The voting time is over and nothing was decided. */
export function due<Event>(
  state: StateReader,
  item: { kind: string; subject: bigint },
  needs: Pick<GovernanceNeeds<Event>, 'nodeProviders'>,
): Decision<GovernanceEvent> {
  const { approvals, rejections, status } = proposalOf(state, item.subject);
  assert(item.kind === 'close' && status === 'open', 'only open proposals wait for their end');
  const facts = { proposal: item.subject, approvals, rejections, electorate: needs.nodeProviders() };
  return { events: [governanceEvent('ProposalDecided', { ...facts, outcome: 'expired' })] };
}

function closing(proposal: bigint): Omit<DueItem, 'atMs'> {
  return { contract: governanceDefinition.id, kind: 'close', subject: proposal };
}

export function evolve(state: StateWriter, event: GovernanceEvent): void {
  switch (event.type) {
    case 'ProposalOpened': {
      const { proposal, by, method, args, closesAtMs } = event;
      const asked = { by, method, args, closesAtMs };
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
    case 'ContractVersionScheduled':
    case 'ContractVersionActivated':
      evolveVersion(state, event);
      return;
  }
}
