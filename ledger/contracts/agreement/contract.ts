import { assert } from '../../core/assert.ts';
import type {
  CommandContext,
  Decision,
  DueContext,
  DueItem,
  StateReader,
  StateWriter,
  Table,
} from '../../core/decision.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { FailedCondition } from '../strategy/contract.ts';
import { apply, type ApplyNeeds } from './apply.ts';
import {
  AGREEMENT,
  type ApplyArgs,
  type EndAgreementArgs,
  type PrepareArgs,
  type ReissueArgs,
  type RequestReissueArgs,
} from './methods.ts';
import { brokenBy, endedStatus, mayGiveReason } from './end-reason.ts';

/** reserved → prepared → active → completed | terminated | failed → settled (DOMAIN, life of an order). */
export type AgreementStatus = 'reserved' | 'prepared' | 'active' | 'completed' | 'terminated' | 'failed' | 'settled';

/** Why it ended. time-up and not-delivered come from the due queue. */
export const END_REASONS = [
  'time-up',
  'not-delivered',
  'done',
  'no-longer-needed',
  'not-as-described',
  'used-up',
  'misuse',
  'withdrawn',
] as const;
export type EndReason = (typeof END_REASONS)[number];

export type AgreementEvent =
  | {
      contract: 'agreement';
      version: 1n;
      type: 'ApplicationRefused';
      /** Dense id over refused applications. */
      application: bigint;
      customer: bigint;
      provider: bigint;
      resource: bigint;
      strategyVersion: bigint;
      purpose: string;
      fieldOfBusiness: string;
      format: string;
      durationMs: bigint;
      failed: FailedCondition[];
      refusedAtMs: bigint;
    }
  | {
      contract: 'agreement';
      version: 1n;
      type: 'AgreementReserved';
      agreement: bigint;
      customer: bigint;
      provider: bigint;
      resource: bigint;
      strategyVersion: bigint;
      purpose: string;
      fieldOfBusiness: string;
      format: string;
      columns: string[];
      rowFilter: string;
      durationMs: bigint;
      callsMax: bigint;
      bytesMax: bigint;
      priceUnit: string;
      priceMicro: bigint;
      /** Bears the agreement's id. */
      hold: bigint;
      holdMicro: bigint;
      encryptionKey: Uint8Array;
      /** Agent key that has to deliver. */
      agentKey: bigint;
      sourceId: string;
      intervalMs: bigint;
      /** The treasury's part of the charge, as it stands at reservation. */
      feePerMille: bigint;
      reservedAtMs: bigint;
      /** Not prepared by then: full refund. */
      prepareByMs: bigint;
    }
  /** `issue` 1 is the first descriptor. */
  | {
      contract: 'agreement';
      version: 1n;
      type: 'AgreementPrepared';
      agreement: bigint;
      from: AgreementStatus;
      to: AgreementStatus;
      by: bigint;
      startsAtMs: bigint;
      endsAtMs: bigint;
      issue: bigint;
      encryptionKey: Uint8Array;
      descriptor: Uint8Array;
    }
  | {
      contract: 'agreement';
      version: 1n;
      type: 'AgreementActivated';
      agreement: bigint;
      from: AgreementStatus;
      to: AgreementStatus;
    }
  | {
      contract: 'agreement';
      version: 1n;
      type: 'ReissueRequested';
      agreement: bigint;
      by: bigint;
      issue: bigint;
      encryptionKey: Uint8Array;
    }
  | {
      contract: 'agreement';
      version: 1n;
      type: 'DescriptorReissued';
      agreement: bigint;
      by: bigint;
      issue: bigint;
      encryptionKey: Uint8Array;
      descriptor: Uint8Array;
    }
  /** `by` 0: the due queue. `settleAtMs`: after the contest time. */
  | {
      contract: 'agreement';
      version: 1n;
      type: 'AgreementEnded';
      agreement: bigint;
      customer: bigint;
      provider: bigint;
      from: AgreementStatus;
      to: AgreementStatus;
      by: bigint;
      reason: EndReason;
      endedAtMs: bigint;
      settleAtMs: bigint;
    };

/** Times are 0 until they are known. */
export type AgreementRecord = {
  customer: bigint;
  provider: bigint;
  resource: bigint;
  strategyVersion: bigint;
  purpose: string;
  fieldOfBusiness: string;
  format: string;
  durationMs: bigint;
  callsMax: bigint;
  bytesMax: bigint;
  priceUnit: string;
  priceMicro: bigint;
  holdMicro: bigint;
  feePerMille: bigint;
  agentKey: bigint;
  intervalMs: bigint;
  reservedAtMs: bigint;
  prepareByMs: bigint;
  status: AgreementStatus;
  startsAtMs: bigint;
  endsAtMs: bigint;
  endedAtMs: bigint;
  settleAtMs: bigint;
  endReason: EndReason | '';
  /** Number of the newest descriptor; 0 before the first. */
  issue: bigint;
  /** Key that the newest, or the awaited, descriptor is sealed to. */
  encryptionKey: Uint8Array;
  isReissuePending: boolean;
};
/** What others see of an account's past orders; both parties' orders count. */
export type HistoryRecord = { completed: bigint; broken: bigint };

export const agreementTables = {
  /** id 0: next agreement and next refused application. */
  counters: { contract: AGREEMENT, table: 0 } as Table<{ nextAgreement: bigint; nextApplication: bigint }>,
  agreements: { contract: AGREEMENT, table: 1 } as Table<AgreementRecord>,
  /** Under the account. */
  histories: { contract: AGREEMENT, table: 2 } as Table<HistoryRecord>,
} as const;

export const agreementCodes = {
  RESOURCE_UNKNOWN: 501,
  RESOURCE_NOT_PUBLISHED: 502,
  OWN_RESOURCE: 503,
  STRATEGY_CHANGED: 504,
  PROVIDER_MISMATCH: 505,
  PURPOSE_UNKNOWN: 506,
  FIELD_UNKNOWN: 507,
  FORMAT_NOT_OFFERED: 508,
  DURATION_INVALID: 509,
  ALLOWANCE_INVALID: 510,
  HOLD_MISMATCH: 511,
  ENCRYPTION_KEY_INVALID: 512,
  NO_CAPACITY: 513,
  BALANCE_TOO_LOW: 514,
  TOO_MANY_OPEN: 515,
  CUSTOMER_ROLE_REQUIRED: 516,
  AGREEMENT_UNKNOWN: 517,
  NOT_A_PARTY: 518,
  STATUS_DOES_NOT_ALLOW: 519,
  WINDOW_START_INVALID: 520,
  DESCRIPTOR_INVALID: 521,
  ISSUE_MISMATCH: 522,
  REASON_INVALID: 523,
  SPENDING_CAP_EXCEEDED: 524,
} as const;

export interface AgreementNeeds<Event> extends ApplyNeeds<Event> {
  /** Gives the place back. */
  release(resource: bigint, agreement: bigint): readonly Event[];
  /** The bill of an ended agreement and its tokens. */
  settle(agreement: bigint, record: AgreementRecord, nowMs: bigint): readonly Event[];
  contestMs(): bigint;
}

export type AgreementCommand =
  | { method: 'Apply'; args: ApplyArgs }
  | { method: 'Prepare'; args: PrepareArgs }
  | { method: 'RequestReissue'; args: RequestReissueArgs }
  | { method: 'Reissue'; args: ReissueArgs }
  | { method: 'EndAgreement'; args: EndAgreementArgs };

/** Most that the window's start may differ from block time. */
const START_SKEW_MS_MAX = 30_000n;
const DESCRIPTOR_BYTES_MAX = 1_024;
const codes = agreementCodes;

export function decide<Event>(
  state: StateReader,
  command: AgreementCommand,
  ctx: CommandContext,
  needs: AgreementNeeds<Event>,
): Result<Decision<AgreementEvent | Event>> {
  if (command.method === 'Apply') return apply(state, command.args, ctx, needs);
  const record = readAgreement(state, command.args.agreement);
  if (record === undefined) return fail(codes.AGREEMENT_UNKNOWN);
  switch (command.method) {
    case 'Prepare':
      return prepare(record, command.args, ctx);
    case 'RequestReissue':
      return requestReissue(record, command.args, ctx, needs);
    case 'Reissue':
      return reissue(record, command.args, ctx);
    case 'EndAgreement':
      return endByParty(record, command.args, ctx, needs);
  }
}

/** The provider's own key or the agent's key that the resource was published with. */
function isProvider(record: AgreementRecord, ctx: CommandContext): boolean {
  return ctx.account === record.provider && (ctx.key === 0n || ctx.key === record.agentKey);
}

function prepare(record: AgreementRecord, args: PrepareArgs, ctx: CommandContext): Result<Decision<AgreementEvent>> {
  if (!isProvider(record, ctx)) return fail(codes.NOT_A_PARTY);
  if (record.status !== 'reserved' || ctx.nowMs > record.prepareByMs) return fail(codes.STATUS_DOES_NOT_ALLOW);
  const { agreement, startsAtMs, descriptor } = args;
  const endsAtMs = startsAtMs + record.durationMs;
  const isNear = startsAtMs + START_SKEW_MS_MAX >= ctx.nowMs && startsAtMs <= ctx.nowMs + START_SKEW_MS_MAX;
  if (!isNear || startsAtMs > record.prepareByMs || endsAtMs <= ctx.nowMs) return fail(codes.WINDOW_START_INVALID);
  if (!isDescriptor(descriptor)) return fail(codes.DESCRIPTOR_INVALID);
  const { encryptionKey } = record;
  const prepared: AgreementEvent = {
    ...{ contract: 'agreement', version: 1n, type: 'AgreementPrepared', agreement, from: 'reserved', to: 'prepared' },
    ...{ by: ctx.account, startsAtMs, endsAtMs, issue: 1n, encryptionKey, descriptor },
  };
  const isStarted = startsAtMs <= ctx.nowMs;
  const end = dueItem(agreement, 'end', endsAtMs);
  return ok({
    events: isStarted ? [prepared, activated(agreement)] : [prepared],
    due: isStarted ? [end] : [dueItem(agreement, 'start', startsAtMs), end],
    cancel: [waiting(agreement, 'prepare-by')],
    data: { agreement, startsAtMs, endsAtMs },
  });
}

function requestReissue<Event>(
  record: AgreementRecord,
  args: RequestReissueArgs,
  ctx: CommandContext,
  needs: AgreementNeeds<Event>,
): Result<Decision<AgreementEvent>> {
  if (ctx.account !== record.customer) return fail(codes.NOT_A_PARTY);
  if (!isOpenWindow(record, ctx.nowMs)) return fail(codes.STATUS_DOES_NOT_ALLOW);
  const { agreement, encryptionKey } = args;
  if (!needs.isEncryptionKey(encryptionKey)) return fail(codes.ENCRYPTION_KEY_INVALID);
  const issue = record.issue + 1n;
  const event = {
    contract: 'agreement',
    version: 1n,
    type: 'ReissueRequested',
    agreement,
    by: ctx.account,
    issue,
    encryptionKey,
  } as const;
  return ok({ events: [event], data: { issue } });
}

function reissue(record: AgreementRecord, args: ReissueArgs, ctx: CommandContext): Result<Decision<AgreementEvent>> {
  if (!isProvider(record, ctx)) return fail(codes.NOT_A_PARTY);
  if (!isOpenWindow(record, ctx.nowMs) || !record.isReissuePending) return fail(codes.STATUS_DOES_NOT_ALLOW);
  const { agreement, issue, descriptor } = args;
  if (!isDescriptor(descriptor)) return fail(codes.DESCRIPTOR_INVALID);
  if (issue !== record.issue + 1n) return fail(codes.ISSUE_MISMATCH);
  const { encryptionKey } = record;
  const reissued = {
    contract: 'agreement',
    version: 1n,
    type: 'DescriptorReissued',
    agreement,
    by: ctx.account,
  } as const;
  return ok({ events: [{ ...reissued, issue, encryptionKey, descriptor }] });
}

function endByParty<Event>(
  record: AgreementRecord,
  args: EndAgreementArgs,
  ctx: CommandContext,
  needs: AgreementNeeds<Event>,
): Result<Decision<AgreementEvent | Event>> {
  const isCustomer = ctx.account === record.customer;
  if (!isCustomer && !isProvider(record, ctx)) return fail(codes.NOT_A_PARTY);
  const isRunning = record.status === 'reserved' || record.status === 'prepared' || record.status === 'active';
  if (!isRunning) return fail(codes.STATUS_DOES_NOT_ALLOW);
  const reason = END_REASONS.find((name) => name === args.reason);
  if (reason === undefined || !mayGiveReason(isCustomer ? 'customer' : 'provider', reason))
    return fail(codes.REASON_INVALID);
  return ok(end(record, { agreement: args.agreement, by: ctx.account, reason }, ctx.nowMs, needs));
}

/** Ends it, returns the place, and settles now when the window never began, else after the contest time. */
function end<Event>(
  record: AgreementRecord,
  how: { agreement: bigint; by: bigint; reason: EndReason },
  nowMs: bigint,
  needs: AgreementNeeds<Event>,
): Decision<AgreementEvent | Event> {
  const { agreement, by, reason } = how;
  const { customer, provider, status: from } = record;
  const wasStarted = record.startsAtMs !== 0n && nowMs > record.startsAtMs;
  const endedAtMs = record.endsAtMs !== 0n && nowMs > record.endsAtMs ? record.endsAtMs : nowMs;
  const settleAtMs = wasStarted ? nowMs + needs.contestMs() : nowMs;
  const to = endedStatus(reason, wasStarted);
  const ended: AgreementEvent = {
    ...{ contract: 'agreement', version: 1n, type: 'AgreementEnded', agreement, customer, provider },
    ...{ from, to, by, reason, endedAtMs, settleAtMs },
  };
  const events = [ended, ...needs.release(record.resource, agreement)];
  const cancel = (['prepare-by', 'start', 'end'] as const).map((kind) => waiting(agreement, kind));
  if (wasStarted) return { events, cancel, due: [dueItem(agreement, 'settle', settleAtMs)], data: { settleAtMs } };
  const after = { ...record, status: to, endedAtMs, settleAtMs, endReason: reason };
  return { events: [...events, ...needs.settle(agreement, after, nowMs)], cancel, data: { settleAtMs } };
}

export type AgreementDueKind = 'prepare-by' | 'start' | 'end' | 'settle';

/** Work that time brings: nothing delivered, the window's start and end, settlement after the contest time. */
export function due<Event>(
  state: StateReader,
  item: { kind: string; subject: bigint },
  ctx: DueContext,
  needs: AgreementNeeds<Event>,
): Decision<AgreementEvent | Event> {
  const agreement = item.subject;
  const record = readAgreement(state, agreement);
  assert(record !== undefined, 'due work names an existing agreement');
  switch (item.kind as AgreementDueKind) {
    case 'prepare-by':
      assert(record.status === 'reserved', 'delivery is awaited only while reserved');
      return end(record, { agreement, by: 0n, reason: 'not-delivered' }, ctx.nowMs, needs);
    case 'start':
      assert(record.status === 'prepared', 'the start is awaited only while prepared');
      return { events: [activated(agreement)] };
    case 'end':
      assert(record.status === 'active', 'the end is awaited only while active');
      return end(record, { agreement, by: 0n, reason: 'time-up' }, ctx.nowMs, needs);
    case 'settle':
      return { events: needs.settle(agreement, record, ctx.nowMs) };
  }
}

function isOpenWindow(record: AgreementRecord, nowMs: bigint): boolean {
  return (record.status === 'prepared' || record.status === 'active') && nowMs < record.endsAtMs;
}

function isDescriptor(descriptor: Uint8Array): boolean {
  return descriptor.length > 0 && descriptor.length <= DESCRIPTOR_BYTES_MAX;
}

function activated(agreement: bigint): AgreementEvent {
  return { contract: 'agreement', version: 1n, type: 'AgreementActivated', agreement, from: 'prepared', to: 'active' };
}

function waiting(agreement: bigint, kind: AgreementDueKind): Omit<DueItem, 'atMs'> {
  return { contract: AGREEMENT, kind, subject: agreement };
}

function dueItem(agreement: bigint, kind: AgreementDueKind, atMs: bigint): DueItem {
  return { atMs, ...waiting(agreement, kind) };
}

export function evolve(state: StateWriter, event: AgreementEvent): void {
  switch (event.type) {
    case 'ApplicationRefused':
      state.write(agreementTables.counters, 0n, { ...readCounters(state), nextApplication: event.application + 1n });
      return;
    case 'AgreementReserved': {
      const {
        contract: _contract,
        version: _version,
        type: _type,
        agreement,
        columns: _columns,
        rowFilter: _filter,
        ...rest
      } = event;
      const { hold: _hold, sourceId: _source, ...terms } = rest;
      const times = { startsAtMs: 0n, endsAtMs: 0n, endedAtMs: 0n, settleAtMs: 0n };
      const record = {
        ...terms,
        ...times,
        status: 'reserved',
        endReason: '',
        issue: 0n,
        isReissuePending: false,
      } as const;
      state.write(agreementTables.agreements, agreement, record);
      state.write(agreementTables.counters, 0n, { ...readCounters(state), nextAgreement: agreement + 1n });
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
    case 'AgreementEnded': {
      const { endedAtMs, settleAtMs, reason, to: status } = event;
      change(state, event.agreement, { endedAtMs, settleAtMs, endReason: reason, status });
      remember(state, event);
      return;
    }
  }
}

/** Settlement's `AgreementSettled` also closes the agreement; the machine passes it on. */
export function evolveSettled(state: StateWriter, agreement: bigint): void {
  change(state, agreement, { status: 'settled' });
}

function change(state: StateWriter, agreement: bigint, fields: Partial<AgreementRecord>): void {
  const record = readAgreement(state, agreement);
  assert(record !== undefined, 'an event names an existing agreement');
  state.write(agreementTables.agreements, agreement, { ...record, ...fields });
}

function remember(
  state: StateWriter,
  ended: { customer: bigint; provider: bigint; to: AgreementStatus; reason: EndReason },
): void {
  const broken = brokenBy(ended.reason);
  for (const party of ['customer', 'provider'] as const) {
    const history = readHistory(state, ended[party]);
    const completed = ended.to === 'completed' ? history.completed + 1n : history.completed;
    const record = { completed, broken: broken === party ? history.broken + 1n : history.broken };
    const isChanged = record.completed !== history.completed || record.broken !== history.broken;
    if (isChanged) state.write(agreementTables.histories, ended[party], record);
  }
}

export function readAgreement(state: StateReader, agreement: bigint): AgreementRecord | undefined {
  return state.read(agreementTables.agreements, agreement);
}

export function readHistory(state: StateReader, account: bigint): HistoryRecord {
  return state.read(agreementTables.histories, account) ?? { completed: 0n, broken: 0n };
}

export function readCounters(state: StateReader): { nextAgreement: bigint; nextApplication: bigint } {
  return state.read(agreementTables.counters, 0n) ?? { nextAgreement: 1n, nextApplication: 1n };
}
