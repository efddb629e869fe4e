import { fail, ok, type Result } from '#ledger/core/result.ts';
import type { CommandContext, Decision, DueItem, StateReader, StateWriter } from '#ledger/core/decision.ts';
import { assert } from '#ledger/core/assert.ts';
import { claimedTime, grows, isWithinAllowance } from '#ledger/contracts/shared/claim.ts';
import type { AgreementFacts } from '#ledger/contracts/settlement/contract.ts';
import { channelCodes as codes, channelEvent, type ChannelArgs, type ChannelEvent } from './definition.ts';
import { channelTables, readChannel, type ChannelRecord } from './record.ts';
import { isVoucherKey, isVoucherSigned } from '#ledger/contracts/shared/voucher.ts';

export interface ChannelNeeds {
  agreement(agreement: bigint): AgreementFacts | undefined;
  /** Address of the key that serves the provider's agreement, also after it was revoked. */
  agentAddress(of: { provider: bigint; agentKey: bigint }): Uint8Array | undefined;
  contestMs(): bigint;
  /** The agreement's settlement waits until then. */
  settleAt(agreement: bigint, atMs: bigint): { cancel: Omit<DueItem, 'atMs'>; due: DueItem };
}

/** What an agreement's reservation opens: nothing where its customer named no key. */
export function opened(of: {
  agreement: bigint;
  customer: bigint;
  provider: bigint;
  voucherKey: Uint8Array;
  depositMicro: bigint;
}): ChannelEvent[] {
  return isVoucherKey(of.voucherKey) ? [channelEvent('ChannelOpened', of)] : [];
}

/** The last voucher of an ended order, shown by one side with the other's signature; a newer one takes its place [8.1.2-a]. */
export function decide(
  state: StateReader,
  args: ChannelArgs,
  ctx: CommandContext,
  needs: ChannelNeeds,
): Result<Decision<ChannelEvent>> {
  const { agreement, amountMicro, interval, used, runs } = args;
  const record = readChannel(state, agreement);
  const facts = record === undefined ? undefined : needs.agreement(agreement);
  if (record === undefined || facts === undefined) return fail(codes.CHANNEL_UNKNOWN);
  const other = otherSide(record, facts, ctx, needs);
  if (other === undefined) return fail(codes.NOT_A_PARTY);
  if (facts.endedAtMs === 0n) return fail(codes.ORDER_RUNS);
  if (record.isClosed || ctx.nowMs >= facts.settleAtMs) return fail(codes.TOO_LATE);
  if (record.firstBy === ctx.account || record.secondBy === ctx.account) return fail(codes.SHOWN_ALREADY);
  if (amountMicro > facts.holdMicro) return fail(codes.ABOVE_DEPOSIT);
  const agreed = agreedTime(args, facts);
  if (agreed === undefined || !isWithinAllowance(used, facts)) return fail(codes.VOUCHER_INVALID);
  const signed = { signature: args.signature, address: other.address, network: ctx.network };
  if (!isVoucherSigned(args, signed, ctx.crypto)) return fail(codes.SIGNATURE_MISMATCH);
  if (interval <= record.interval) return fail(codes.NOT_NEWER);
  if (amountMicro < record.amountMicro || !grows(used, record.used)) return fail(codes.VOUCHER_SHRINKS);
  const contestedUntilMs = ctx.nowMs + needs.contestMs();
  const isFirst = record.firstBy === 0n;
  const settleAtMs = isFirst && contestedUntilMs > facts.settleAtMs ? contestedUntilMs : facts.settleAtMs;
  const { customer, provider } = facts;
  const said = { agreement, customer, provider, by: ctx.account, amountMicro, interval, used, runs };
  const shown = channelEvent('VoucherShown', { ...said, ...agreed, outdone: record.firstBy, settleAtMs });
  const { cancel, due } = needs.settleAt(agreement, settleAtMs);
  const waits = settleAtMs === facts.settleAtMs ? {} : { cancel: [cancel], due: [due] };
  return ok({ events: [shown], ...waits, data: { settleAtMs } });
}

/** Whose signature a party has to show: the voucher key's to the provider, the agent's to the customer. */
function otherSide(
  { voucherKey }: ChannelRecord,
  { customer, provider, agentKey }: AgreementFacts,
  ctx: CommandContext,
  needs: ChannelNeeds,
): { address: Uint8Array } | undefined {
  if (ctx.account === provider) return ctx.key === 0n || ctx.key === agentKey ? { address: voucherKey } : undefined;
  const address = ctx.account === customer ? needs.agentAddress({ provider, agentKey }) : undefined;
  return address && { address };
}

/** Time of each state that a voucher covers; undefined when its runs are not exactly its intervals, or contradict the promise. */
function agreedTime(
  { interval, runs }: ChannelArgs,
  facts: AgreementFacts,
): { untilMs: bigint; keptMs: bigint; degradedMs: bigint; downMs: bigint } | undefined {
  const { startsAtMs, endedAtMs, intervalMs } = facts;
  const coveredMs = startsAtMs + interval * intervalMs;
  const untilMs = coveredMs < endedAtMs ? coveredMs : endedAtMs;
  const time = interval === 0n ? undefined : claimedTime({ runs, untilMs }, { untilMs: 0n }, facts, endedAtMs);
  return time && { untilMs, keptMs: time.kept, degradedMs: time.degraded, downMs: time.down };
}

/** The channel is closed before anything of the hold is allocated [8.1.2-a]. */
export function closed(
  state: StateReader,
  of: { agreement: bigint; customer: bigint; provider: bigint; agreedMicro: bigint; claimedMicro: bigint },
): ChannelEvent[] {
  return readChannel(state, of.agreement) === undefined ? [] : [channelEvent('ChannelClosed', of)];
}

export function evolve(state: StateWriter, event: ChannelEvent): void {
  switch (event.type) {
    case 'ChannelOpened': {
      const nobody = { isClosed: false, firstBy: 0n, secondBy: 0n };
      const nothing = { amountMicro: 0n, interval: 0n, used: [], untilMs: 0n, keptMs: 0n, degradedMs: 0n };
      state.write(channelTables.channels, event.agreement, { voucherKey: event.voucherKey, ...nobody, ...nothing });
      return;
    }
    case 'VoucherShown': {
      const { agreement, by, outdone, amountMicro, interval, used, untilMs, keptMs, degradedMs } = event;
      const shownBy = outdone === 0n ? { firstBy: by } : { secondBy: by };
      const agreed = { amountMicro, interval, used, untilMs, keptMs, degradedMs };
      state.write(channelTables.channels, agreement, { ...channelOf(state, agreement), ...shownBy, ...agreed });
      return;
    }
    case 'ChannelClosed':
      state.write(channelTables.channels, event.agreement, { ...channelOf(state, event.agreement), isClosed: true });
      return;
  }
}

function channelOf(state: StateReader, agreement: bigint): ChannelRecord {
  const record = readChannel(state, agreement);
  assert(record !== undefined, 'an event of a channel follows its opening');
  return record;
}
