import { assert } from '#ledger/core/assert.ts';
import type { CommandContext, Decision, StateReader, StateWriter } from '#ledger/core/decision.ts';
import { fail, ok, type Result } from '#ledger/core/result.ts';
import type { Role } from '#ledger/contracts/shared/roles.ts';
import {
  NOTICE_ANSWERS,
  OPEN_NOTICES_MAX,
  demandCodes as codes,
  demandEvent,
  type DemandArgs,
  type DemandEvent,
  type NoticeStatus,
} from './definition.ts';
import { demandTables, readDemand, type NoticeRecord } from './record.ts';

export interface NoticeNeeds {
  hasRole(account: bigint, role: Role): boolean;
  /** Kind of a resource of this owner; undefined when it is none of theirs. */
  offeredKind(resource: bigint, owner: bigint): string | undefined;
}

/** A broker asks a provider to share, through a node provider [6.2.6-e, 8.4.2-e]. */
export function sendNotice(
  state: StateReader,
  args: DemandArgs<'SendNotice'>,
  ctx: CommandContext,
  needs: NoticeNeeds,
): Result<Decision<DemandEvent>> {
  const { demand, provider, nodeProvider, kind } = args;
  const record = readDemand(state, demand);
  if (record === undefined) return fail(codes.DEMAND_UNKNOWN);
  if (!needs.hasRole(ctx.account, 'NRB')) return fail(codes.BROKER_ROLE_REQUIRED);
  if (record.status !== 'open') return fail(codes.DEMAND_CLOSED);
  const isSound =
    record.needs.some((need) => need.kind === kind) &&
    needs.hasRole(provider, 'NRP') &&
    needs.hasRole(nodeProvider, 'NRNSP') &&
    provider !== ctx.account &&
    provider !== record.customer;
  if (!isSound) return fail(codes.NOTICE_INVALID);
  if (readOpenNotices(state, ctx.account) >= OPEN_NOTICES_MAX) return fail(codes.TOO_MANY_NOTICES);
  const notice = readNextNotice(state);
  const facts = { notice, demand, broker: ctx.account, nodeProvider, provider, kind, sentAtMs: ctx.nowMs };
  return ok({ events: [demandEvent('NoticeSent', facts)], data: { notice } });
}

export function relayNotice(
  state: StateReader,
  { notice, passes }: DemandArgs<'RelayNotice'>,
  ctx: CommandContext,
): Result<Decision<DemandEvent>> {
  const record = readNotice(state, notice);
  if (record === undefined) return fail(codes.NOTICE_UNKNOWN);
  if (record.nodeProvider !== ctx.account) return fail(codes.NOT_ADDRESSED);
  if (record.status !== 'sent') return fail(codes.NOTICE_OVER);
  const { broker, nodeProvider, provider } = record;
  const to: NoticeStatus = passes ? 'relayed' : 'stopped';
  const facts = { notice, broker, nodeProvider, provider, to, relayedAtMs: ctx.nowMs };
  return ok({ events: [demandEvent('NoticeRelayed', facts)] });
}

/** Who said that they will share may say later that they do, or that they do not. */
export function answerNotice(
  state: StateReader,
  { notice, answer, resource }: DemandArgs<'AnswerNotice'>,
  ctx: CommandContext,
  needs: NoticeNeeds,
): Result<Decision<DemandEvent>> {
  const record = readNotice(state, notice);
  if (record === undefined) return fail(codes.NOTICE_UNKNOWN);
  if (record.provider !== ctx.account) return fail(codes.NOT_ADDRESSED);
  const { demand, broker, provider, status: from, kind } = record;
  if (from !== 'relayed' && from !== 'will-share') return fail(codes.NOTICE_OVER);
  const to = NOTICE_ANSWERS.find((known) => known === answer);
  const isNamed = to === 'shared' ? needs.offeredKind(resource, provider) === kind : resource === 0n;
  if (to === undefined || to === from || !isNamed) return fail(codes.ANSWER_INVALID);
  const customer = readDemand(state, demand)?.customer;
  assert(customer !== undefined, 'a notice has its demand');
  const facts = { notice, demand, customer, broker, provider, from, to, resource, answeredAtMs: ctx.nowMs };
  return ok({ events: [demandEvent('NoticeAnswered', facts)] });
}

type NoticeEvent = Extract<DemandEvent, { type: 'NoticeSent' | 'NoticeRelayed' | 'NoticeAnswered' }>;

export function evolveNotice(state: StateWriter, event: NoticeEvent): void {
  if (event.type === 'NoticeSent') {
    const { notice, demand, broker, nodeProvider, provider, kind } = event;
    state.write(demandTables.notices, notice, { demand, broker, nodeProvider, provider, kind, status: 'sent' });
    state.write(demandTables.noticeCounters, 0n, { nextNotice: notice + 1n });
    state.write(demandTables.openNotices, broker, readOpenNotices(state, broker) + 1n);
    return;
  }
  const record = readNotice(state, event.notice);
  assert(record !== undefined, 'an event names an existing notice');
  state.write(demandTables.notices, event.notice, { ...record, status: event.to });
  if (isOpenNotice({ status: event.to })) return;
  const left = readOpenNotices(state, record.broker) - 1n;
  if (left === 0n) state.erase(demandTables.openNotices, record.broker);
  else state.write(demandTables.openNotices, record.broker, left);
}

/** Somebody still has to say something about it. */
export function isOpenNotice({ status }: Pick<NoticeRecord, 'status'>): boolean {
  return status === 'sent' || status === 'relayed' || status === 'will-share';
}

function readNotice(state: StateReader, notice: bigint): NoticeRecord | undefined {
  return state.read(demandTables.notices, notice);
}

export function readNextNotice(state: StateReader): bigint {
  return state.read(demandTables.noticeCounters, 0n)?.nextNotice ?? 1n;
}

export function readOpenNotices(state: StateReader, broker: bigint): bigint {
  return state.read(demandTables.openNotices, broker) ?? 0n;
}
