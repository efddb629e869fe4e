import { assert } from '#ledger/core/assert.ts';
import type { CommandContext, Decision, DueItem, StateReader, StateWriter } from '#ledger/core/decision.ts';
import { fail, ok, type Result } from '#ledger/core/result.ts';
import { DURATION_MS_MAX, DURATION_MS_MIN } from '#ledger/contracts/agreement/definition.ts';
import { FIELDS_OF_BUSINESS, PURPOSES } from '#ledger/contracts/strategy/definition.ts';
import {
  BATCH_MAX,
  OPEN_MS_MAX,
  OPEN_MS_MIN,
  REFUSAL_REASONS,
  demandCodes as codes,
  demandDefinition,
  demandEvent,
  type DemandArgs,
  type DemandCommand,
  type DemandEvent,
  type DemandStatus,
} from './definition.ts';
import type { DemandFacts } from './facts.ts';
import { answerNotice, evolveNotice, relayNotice, sendNotice, type NoticeNeeds } from './notices.ts';
import {
  demandTables,
  isRefused,
  readBatch,
  readDemand,
  readNextDemand,
  readOpenCount,
  refusedId,
  type DemandRecord,
} from './record.ts';

const BUDGET_MICRO_END = 1n << 63n;

export interface DemandNeeds<Event> extends NoticeNeeds {
  isCustomer(account: bigint): boolean;
  openDemandsMax(): bigint;
  /** The first fault of what is needed, in words of this contract's codes. */
  needFault(facts: DemandFacts): 'NEEDS_INVALID' | 'AMOUNTS_INVALID' | 'WORK_INVALID' | undefined;
  /** Looks for plans now, or says when they will be looked for. */
  plan(demand: bigint, record: DemandRecord, nowMs: bigint): Decision<Event>;
  /** Demands are matched together when the epoch ends. */
  awaitMatch(nowMs: bigint): Decision<Event>;
  isEncryptionKey(key: Uint8Array): boolean;
  /** What stops to wait when a demand closes. */
  unplan(demand: bigint): readonly Omit<DueItem, 'atMs'>[];
}

export function decide<Event>(
  state: StateReader,
  command: Exclude<DemandCommand, { method: 'ProposeAlgorithmRefusal' }>,
  ctx: CommandContext,
  needs: DemandNeeds<Event>,
): Result<Decision<DemandEvent | Event>> {
  switch (command.method) {
    case 'PublishDemand':
      return publish(state, command.args, ctx, needs);
    case 'WithdrawDemand':
      return withdraw(state, command.args, ctx, needs);
    case 'SendNotice':
      return sendNotice(state, command.args, ctx, needs);
    case 'RelayNotice':
      return relayNotice(state, command.args, ctx);
    case 'AnswerNotice':
      return answerNotice(state, command.args, ctx, needs);
  }
}

function publish<Event>(
  state: StateReader,
  args: DemandArgs<'PublishDemand'>,
  ctx: CommandContext,
  needs: DemandNeeds<Event>,
): Result<Decision<DemandEvent | Event>> {
  const { openMs, ...asked } = args;
  const customer = ctx.account;
  const fault = faultOf(state, args, needs);
  if (fault !== undefined) return fail(codes[fault]);
  if (!needs.isCustomer(customer)) return fail(codes.CUSTOMER_ROLE_REQUIRED);
  if (readOpenCount(state, customer) >= needs.openDemandsMax()) return fail(codes.TOO_MANY_DEMANDS);
  if (args.batch && readBatch(state).length >= BATCH_MAX) return fail(codes.TOO_MANY_WAIT);
  const demand = readNextDemand(state);
  const times = { publishedAtMs: ctx.nowMs, openUntilMs: ctx.nowMs + openMs };
  const { key } = ctx;
  const published = demandEvent('DemandPublished', { demand, customer, ...asked, key, ...times });
  const record: DemandRecord = { customer, ...asked, key, ...times, status: 'open' };
  const planned = args.batch ? needs.awaitMatch(ctx.nowMs) : needs.plan(demand, record, ctx.nowMs);
  return ok({
    events: [published, ...planned.events],
    due: [{ ...waiting(demand), atMs: times.openUntilMs }, ...(planned.due ?? [])],
    data: { demand },
  });
}

function faultOf<Event>(
  state: StateReader,
  args: DemandArgs<'PublishDemand'>,
  needs: DemandNeeds<Event>,
): keyof typeof codes | undefined {
  const { purpose, fieldOfBusiness, durationMs, openMs, budgetMicro, work } = args;
  const isListed =
    (PURPOSES as readonly string[]).includes(purpose) &&
    (FIELDS_OF_BUSINESS as readonly string[]).includes(fieldOfBusiness);
  if (!isListed) return 'PURPOSE_UNKNOWN';
  const isTimely =
    durationMs >= DURATION_MS_MIN && durationMs <= DURATION_MS_MAX && openMs >= OPEN_MS_MIN && openMs <= OPEN_MS_MAX;
  if (!isTimely) return 'DURATION_INVALID';
  if (budgetMicro === 0n || budgetMicro >= BUDGET_MICRO_END) return 'BUDGET_INVALID';
  const fault = needs.needFault({ ...args, customer: 0n });
  if (fault !== undefined) return fault;
  if (args.batch && (args.needs.length > 1 || work.length > 0 || args.backup)) return 'BATCH_INVALID';
  if (args.batch && !needs.isEncryptionKey(args.encryptionKey)) return 'ENCRYPTION_KEY_INVALID';
  return work.some(({ algorithm }) => isRefused(state, algorithm)) ? 'ALGORITHM_REFUSED' : undefined;
}

function withdraw<Event>(
  state: StateReader,
  { demand }: DemandArgs<'WithdrawDemand'>,
  ctx: CommandContext,
  needs: DemandNeeds<Event>,
): Result<Decision<DemandEvent | Event>> {
  const record = readDemand(state, demand);
  if (record === undefined) return fail(codes.DEMAND_UNKNOWN);
  if (record.customer !== ctx.account) return fail(codes.NOT_THE_CUSTOMER);
  if (record.status !== 'open') return fail(codes.DEMAND_CLOSED);
  const event = closing(demand, record, { to: 'withdrawn', by: ctx.account, nowMs: ctx.nowMs });
  return ok({ events: [event], cancel: [waiting(demand), ...needs.unplan(demand)] });
}

/** Due work: nobody chose a plan in the demand's time. */
export function due<Event>(
  state: StateReader,
  demand: bigint,
  nowMs: bigint,
  needs: Pick<DemandNeeds<Event>, 'unplan'>,
): Decision<DemandEvent> {
  const record = readDemand(state, demand);
  assert(record?.status === 'open', 'only an open demand expires');
  return {
    events: [closing(demand, record, { to: 'expired', by: 0n, nowMs })],
    cancel: [...needs.unplan(demand)],
  };
}

/** A plan was chosen: the event, and what stops to wait. */
export function decided(
  demand: bigint,
  record: DemandRecord,
  nowMs: bigint,
): { event: DemandEvent; cancel: Omit<DueItem, 'atMs'> } {
  const event = closing(demand, record, { to: 'decided', by: record.customer, nowMs });
  return { event, cancel: waiting(demand) };
}

function closing(
  demand: bigint,
  { customer, status: from }: DemandRecord,
  { to, by, nowMs }: { to: DemandStatus; by: bigint; nowMs: bigint },
): DemandEvent {
  return demandEvent('DemandClosed', { demand, customer, from, to, by, closedAtMs: nowMs });
}

function waiting(demand: bigint): Omit<DueItem, 'atMs'> {
  return { contract: demandDefinition.id, kind: 'expire', subject: demand };
}

/** What a proposal to refuse an algorithm lacks (1113, 1114). */
export function refusalFault(
  state: StateReader,
  { algorithm, reason }: DemandArgs<'ProposeAlgorithmRefusal'>,
): Result<undefined> {
  if (!REFUSAL_REASONS.some((known) => known === reason)) return fail(codes.REASON_UNKNOWN);
  return isRefused(state, algorithm) ? fail(codes.ALREADY_REFUSED) : ok(undefined);
}

/** A passed vote: from now on no demand may name the algorithm, and no agent runs it. */
export function refuse(
  { algorithm, reason: word }: DemandArgs<'ProposeAlgorithmRefusal'>,
  proposal: bigint,
): DemandEvent {
  const reason = REFUSAL_REASONS.find((known) => known === word);
  assert(reason !== undefined, 'a proposal names a known reason');
  return demandEvent('AlgorithmRefused', { algorithm, reason, proposal });
}

export function evolve(state: StateWriter, event: DemandEvent): void {
  switch (event.type) {
    case 'DemandPublished': {
      const { contract: _contract, version: _version, type: _type, demand, ...record } = event;
      state.write(demandTables.demands, demand, { ...record, status: 'open' });
      state.write(demandTables.counters, 0n, { nextDemand: demand + 1n });
      state.write(demandTables.openCounts, record.customer, readOpenCount(state, record.customer) + 1n);
      if (record.batch) state.write(demandTables.batch, 0n, [...readBatch(state), demand]);
      return;
    }
    case 'DemandClosed': {
      const record = readDemand(state, event.demand);
      assert(record !== undefined, 'an event names an existing demand');
      // Nobody asks any more for what was not decided: what it said stands in the log.
      const said = event.to === 'decided' ? record : { ...record, needs: [], work: [] };
      state.write(demandTables.demands, event.demand, { ...said, status: event.to });
      if (record.batch) leaveBatch(state, event.demand);
      const left = readOpenCount(state, record.customer) - 1n;
      if (left === 0n) state.erase(demandTables.openCounts, record.customer);
      else state.write(demandTables.openCounts, record.customer, left);
      return;
    }
    case 'NoticeSent':
    case 'NoticeRelayed':
    case 'NoticeAnswered':
      evolveNotice(state, event);
      return;
    case 'AlgorithmRefused': {
      const id = refusedId(event.algorithm);
      const there = state.read(demandTables.refused, id) ?? [];
      state.write(demandTables.refused, id, [...there, event.algorithm]);
      return;
    }
  }
}

function leaveBatch(state: StateWriter, demand: bigint): void {
  const left = readBatch(state).filter((id) => id !== demand);
  if (left.length === 0) state.erase(demandTables.batch, 0n);
  else state.write(demandTables.batch, 0n, left);
}
