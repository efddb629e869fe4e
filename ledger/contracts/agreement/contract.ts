import { assert } from '#ledger/core/assert.ts';
import type { CommandContext, Decision, DueContext, StateReader, StateWriter } from '#ledger/core/decision.ts';
import { fail, ok, type Result } from '#ledger/core/result.ts';
import {
  agreementCodes,
  agreementEvent,
  type AgreementArgs,
  type AgreementCommand,
  type AgreementEvent,
} from './definition.ts';
import { askedByApplication, askedByOrder, placeOrder } from './order.ts';
import { dueItem, waiting, type AgreementDueKind } from './due-items.ts';
import { mayGiveReason } from './end-reason.ts';
import { end, endUnidentified, type EndingNeeds } from './ending.ts';
import {
  agreementOf,
  agreementTables,
  change,
  countContestLost,
  countFault,
  newRecord,
  readAgreement,
  readCounters,
  rejudge,
  remember,
  type AgreementRecord,
} from './record.ts';
import { enlist, strike } from './running.ts';
import { isDescriptor, isNearStart, isOpenWindow } from './window.ts';

export type AgreementNeeds<Event> = EndingNeeds<Event>;

const codes = agreementCodes;

export function decide<Event>(
  state: StateReader,
  command: AgreementCommand,
  ctx: CommandContext,
  needs: AgreementNeeds<Event>,
): Result<Decision<AgreementEvent | Event>> {
  if (command.method === 'Apply' || command.method === 'PlaceOrder') {
    const asked = command.method === 'Apply' ? askedByApplication(command.args) : askedByOrder(command.args);
    const { encryptionKey, voucherKey } = command.args;
    if (asked === undefined) return fail(codes.PARTS_INVALID);
    return placeOrder(state, { asked, encryptionKey, voucherKey }, ctx, needs);
  }
  const record = readAgreement(state, command.args.agreement);
  if (record === undefined) return fail(codes.AGREEMENT_UNKNOWN);
  switch (command.method) {
    case 'Prepare':
      return prepare(state, record, command.args, ctx, needs);
    case 'RequestReissue':
      return requestReissue(record, command.args, ctx, needs);
    case 'Reissue':
      return reissue(record, command.args, ctx);
    case 'ReportErasure':
      return reportErasure(record, command.args, ctx, needs);
    case 'EndAgreement':
      return endByParty(state, record, command.args, ctx, needs);
  }
}

/** The provider's own key or the agent's key that the resource was published with. */
function isProvider(record: AgreementRecord, ctx: CommandContext): boolean {
  return ctx.account === record.provider && (ctx.key === 0n || ctx.key === record.agentKey);
}

function prepare<Event>(
  state: StateReader,
  record: AgreementRecord,
  args: AgreementArgs<'Prepare'>,
  ctx: CommandContext,
  needs: AgreementNeeds<Event>,
): Result<Decision<AgreementEvent | Event>> {
  if (!isProvider(record, ctx)) return fail(codes.NOT_A_PARTY);
  if (record.status !== 'reserved' || ctx.nowMs > record.prepareByMs) return fail(codes.STATUS_DOES_NOT_ALLOW);
  const { agreement, descriptor } = args;
  // A clock that is slow may name a time before there was an order; nobody pays for that time.
  const startsAtMs = args.startsAtMs > record.reservedAtMs ? args.startsAtMs : record.reservedAtMs;
  const endsAtMs = startsAtMs + record.durationMs;
  const isSound = isNearStart(args.startsAtMs, ctx.nowMs) && startsAtMs <= record.prepareByMs && endsAtMs > ctx.nowMs;
  if (!isSound) return fail(codes.WINDOW_START_INVALID);
  if (!isDescriptor(descriptor)) return fail(codes.DESCRIPTOR_INVALID);
  const { encryptionKey } = record;
  const prepared = agreementEvent('AgreementPrepared', {
    agreement,
    from: 'reserved',
    to: 'prepared',
    by: ctx.account,
    startsAtMs,
    endsAtMs,
    issue: 1n,
    encryptionKey,
    descriptor,
  });
  const due = [dueItem(agreement, 'end', endsAtMs)];
  const cancel = [waiting(agreement, 'prepare-by')];
  const data = { agreement, startsAtMs, endsAtMs };
  if (startsAtMs > ctx.nowMs)
    return ok({ events: [prepared], due: [dueItem(agreement, 'start', startsAtMs), ...due], cancel, data });
  const begun = begin(state, { agreement, record }, ctx.nowMs, needs);
  return ok({
    events: [prepared, ...begun.events],
    due: [...due, ...(begun.due ?? [])],
    cancel: [...cancel, ...(begun.cancel ?? [])],
    data,
  });
}

function requestReissue<Event>(
  record: AgreementRecord,
  args: AgreementArgs<'RequestReissue'>,
  ctx: CommandContext,
  needs: AgreementNeeds<Event>,
): Result<Decision<AgreementEvent>> {
  if (ctx.account !== record.customer) return fail(codes.NOT_A_PARTY);
  if (!isOpenWindow(record, ctx.nowMs)) return fail(codes.STATUS_DOES_NOT_ALLOW);
  const { agreement, encryptionKey } = args;
  if (!needs.isEncryptionKey(encryptionKey)) return fail(codes.ENCRYPTION_KEY_INVALID);
  const issue = record.issue + 1n;
  const event = agreementEvent('ReissueRequested', { agreement, by: ctx.account, issue, encryptionKey });
  return ok({ events: [event], data: { issue } });
}

function reissue(
  record: AgreementRecord,
  args: AgreementArgs<'Reissue'>,
  ctx: CommandContext,
): Result<Decision<AgreementEvent>> {
  if (!isProvider(record, ctx)) return fail(codes.NOT_A_PARTY);
  if (!isOpenWindow(record, ctx.nowMs) || !record.isReissuePending) return fail(codes.STATUS_DOES_NOT_ALLOW);
  const { agreement, issue, descriptor } = args;
  if (!isDescriptor(descriptor)) return fail(codes.DESCRIPTOR_INVALID);
  if (issue !== record.issue + 1n) return fail(codes.ISSUE_MISMATCH);
  const { encryptionKey } = record;
  const event = agreementEvent('DescriptorReissued', { agreement, by: ctx.account, issue, encryptionKey, descriptor });
  return ok({ events: [event] });
}

/** The room is free again when its provider says so: what is stored there no validator sees. */
function reportErasure<Event>(
  record: AgreementRecord,
  { agreement }: AgreementArgs<'ReportErasure'>,
  ctx: CommandContext,
  needs: AgreementNeeds<Event>,
): Result<Decision<AgreementEvent | Event>> {
  if (!isProvider(record, ctx)) return fail(codes.NOT_A_PARTY);
  const { resource, amounts, graceUntilMs, erasedAtMs, continuedBy } = record;
  if (graceUntilMs === 0n) return fail(codes.STATUS_DOES_NOT_ALLOW);
  if (erasedAtMs !== 0n) return fail(codes.ERASED_ALREADY);
  if (continuedBy !== 0n) return fail(codes.CONTINUED_ALREADY);
  if (ctx.nowMs < graceUntilMs) return fail(codes.GRACE_NOT_OVER);
  const event = agreementEvent('ErasureReported', { agreement, by: ctx.account, erasedAtMs: ctx.nowMs });
  return ok({ events: [event, ...needs.release(resource, { agreement, amounts })] });
}

function endByParty<Event>(
  state: StateReader,
  record: AgreementRecord,
  args: AgreementArgs<'EndAgreement'>,
  ctx: CommandContext,
  needs: AgreementNeeds<Event>,
): Result<Decision<AgreementEvent | Event>> {
  const isCustomer = ctx.account === record.customer;
  if (!isCustomer && !isProvider(record, ctx)) return fail(codes.NOT_A_PARTY);
  const isRunning = record.status === 'reserved' || record.status === 'prepared' || record.status === 'active';
  if (!isRunning) return fail(codes.STATUS_DOES_NOT_ALLOW);
  const { agreement, reason } = args;
  if (!mayGiveReason(isCustomer ? 'customer' : 'provider', reason)) return fail(codes.REASON_INVALID);
  return ok(end(state, { agreement, record, by: ctx.account, reason }, ctx.nowMs, needs));
}

/** Work that time brings: nothing delivered, the window's start and end, settlement after the contest time, the rest of an identification's end. */
export function due<Event>(
  state: StateReader,
  item: { kind: string; subject: bigint },
  ctx: DueContext,
  needs: AgreementNeeds<Event>,
): Decision<AgreementEvent | Event> {
  const agreement = item.subject;
  const record = agreementOf(state, agreement);
  switch (item.kind as AgreementDueKind) {
    case 'prepare-by':
      assert(record.status === 'reserved', 'delivery is awaited only while reserved');
      return end(state, { agreement, record, by: 0n, reason: 'not-delivered' }, ctx.nowMs, needs);
    case 'start':
      assert(record.status === 'prepared', 'the start is awaited only while prepared');
      return begin(state, { agreement, record }, ctx.nowMs, needs);
    case 'end':
      assert(record.status === 'active', 'the end is awaited only while active');
      return end(state, { agreement, record, by: 0n, reason: 'time-up' }, ctx.nowMs, needs);
    case 'settle':
      return { events: needs.settle(agreement, record, ctx.nowMs) };
    case 'identity':
      return endUnidentified(state, { customer: record.customer, upTo: agreement }, ctx.nowMs, needs);
  }
}

/** The window begins; an agreement that it continues, and that runs, ends with that. */
function begin<Event>(
  state: StateReader,
  { agreement, record }: { agreement: bigint; record: AgreementRecord },
  nowMs: bigint,
  needs: AgreementNeeds<Event>,
): Decision<AgreementEvent | Event> {
  const activated = agreementEvent('AgreementActivated', { agreement, from: 'prepared', to: 'active' });
  const continued = record.continues === 0n ? undefined : readAgreement(state, record.continues);
  if (continued === undefined || continued.endedAtMs !== 0n) return { events: [activated] };
  const before = { agreement: record.continues, record: continued, by: 0n, reason: 'continued' } as const;
  const { events, due = [], cancel = [] } = end(state, before, nowMs, needs);
  return { events: [activated, ...events], due, cancel };
}

export function evolve(state: StateWriter, event: AgreementEvent): void {
  switch (event.type) {
    case 'ApplicationRefused':
      state.write(agreementTables.counters, 0n, { ...readCounters(state), nextApplication: event.application + 1n });
      return;
    case 'AgreementReserved': {
      const { agreement, order, part } = event;
      state.write(agreementTables.agreements, agreement, newRecord(event));
      state.write(agreementTables.counters, 0n, { ...readCounters(state), nextAgreement: agreement + 1n });
      enlist(state, agreement, event);
      if (agreement !== order) change(state, order, { nextPart: part + 1n });
      return;
    }
    case 'AgreementPrepared': {
      const { startsAtMs, endsAtMs, issue, to: status } = event;
      change(state, event.agreement, { startsAtMs, endsAtMs, issue, status });
      return;
    }
    case 'AgreementActivated':
      change(state, event.agreement, { status: event.to });
      return;
    case 'ReissueRequested':
      change(state, event.agreement, { encryptionKey: event.encryptionKey, isReissuePending: true });
      return;
    case 'DescriptorReissued':
      change(state, event.agreement, { issue: event.issue, isReissuePending: false });
      return;
    case 'AgreementReplaced':
      change(state, event.agreement, { holdMicro: event.holdMicro });
      return;
    case 'AgreementContinued':
      change(state, event.agreement, { continuedBy: event.continuation });
      return;
    case 'ContinuationDropped':
      change(state, event.agreement, { continuedBy: 0n });
      return;
    case 'BackupUnavailable':
      return;
    case 'AgreementEnded': {
      const { endedAtMs, settleAtMs, graceUntilMs, reason, to: status } = event;
      const times = { endedAtMs, settleAtMs, graceUntilMs };
      const record = agreementOf(state, event.agreement);
      change(state, event.agreement, { ...times, endReason: reason, status, backup: [] });
      remember(state, event);
      strike(state, event.agreement, record);
      return;
    }
    case 'AgreementJudged': {
      const { agreement, settleAtMs, reason, to: status } = event;
      change(state, agreement, { settleAtMs, endReason: reason, status });
      rejudge(state, event);
      return;
    }
    case 'ErasureReported':
      change(state, event.agreement, { erasedAtMs: event.erasedAtMs });
      return;
  }
}

/** Settlement's `AgreementSettled` also closes the agreement; the machine passes it on. */
export function evolveSettled(
  state: StateWriter,
  settled: Parameters<typeof countFault>[1] & { readonly agreement: bigint },
): void {
  change(state, settled.agreement, { status: 'settled' });
  countFault(state, settled);
}

/** A voucher that was shown: the bill waits for the other side's, and who showed an older one than that has lost a contest; the machine passes it on. */
export function evolveShown(
  state: StateWriter,
  shown: { readonly agreement: bigint; readonly settleAtMs: bigint; readonly outdone: bigint },
): void {
  const { agreement, settleAtMs, outdone } = shown;
  if (agreementOf(state, agreement).settleAtMs !== settleAtMs) change(state, agreement, { settleAtMs });
  if (outdone !== 0n) countContestLost(state, outdone);
}
