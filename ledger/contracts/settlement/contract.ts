import type { AgreementStatus } from '#ledger/contracts/agreement/definition.ts';
import type { CommandContext, Decision, StateReader, StateWriter } from '#ledger/core/decision.ts';
import { fail, ok, type Result } from '#ledger/core/result.ts';
import {
  CONTEST_REASONS,
  settlementCodes,
  settlementEvent,
  type SettlementArgs,
  type SettlementCommand,
  type SettlementEvent,
} from './definition.ts';
import { bill, billInChannel, type Agreed, type BillTerms } from './bill.ts';
import { readClaim, settlementTables } from './record.ts';
import { claimedTime, grows, isWithinAllowance, type ClaimTerms } from '#ledger/contracts/shared/claim.ts';

/** What settlement must know of an agreement, with the terms that it was granted under; times are 0 until they are known. */
export type AgreementFacts = ClaimTerms &
  BillTerms & {
    readonly customer: bigint;
    readonly provider: bigint;
    readonly agentKey: bigint;
    readonly status: AgreementStatus;
    readonly settleAtMs: bigint;
  };

export interface SettlementNeeds<Event> {
  agreement(agreement: bigint): AgreementFacts | undefined;
  /** Closes the agreement's hold. */
  settleHold(of: { agreement: bigint; payee: bigint; chargeMicro: bigint; feeMicro: bigint }): readonly Event[];
  /** What both agreed on by vouchers; undefined for an order without a channel. */
  channel(agreement: bigint): Agreed | undefined;
  /** Closes the order's channel, where it has one. */
  closeChannel(of: {
    agreement: bigint;
    customer: bigint;
    provider: bigint;
    agreedMicro: bigint;
    claimedMicro: bigint;
  }): readonly Event[];
}

const codes = settlementCodes;

export function decide<Event>(
  state: StateReader,
  command: SettlementCommand,
  ctx: CommandContext,
  needs: SettlementNeeds<Event>,
): Result<Decision<SettlementEvent | Event>> {
  const facts = needs.agreement(command.args.agreement);
  if (facts === undefined) return fail(codes.AGREEMENT_UNKNOWN);
  switch (command.method) {
    case 'ClaimUsage':
      return claim(state, facts, command.args, ctx);
    case 'ContestClaim':
      return contest(state, facts, command.args, ctx);
  }
}

function claim(
  state: StateReader,
  facts: AgreementFacts,
  args: SettlementArgs<'ClaimUsage'>,
  ctx: CommandContext,
): Result<Decision<SettlementEvent>> {
  const isProvider = ctx.account === facts.provider && (ctx.key === 0n || ctx.key === facts.agentKey);
  if (!isProvider) return fail(codes.NOT_THE_PROVIDER);
  if (!isBillable(facts)) return fail(codes.STATUS_DOES_NOT_ALLOW);
  const { agreement, used, runs, untilMs } = args;
  const last = readClaim(state, agreement);
  if (untilMs < last.untilMs || !grows(used, last.used)) return fail(codes.CLAIM_SHRINKS);
  if (!isWithinAllowance(used, facts)) return fail(codes.CLAIM_EXCEEDS_ALLOWANCE);
  const time = claimedTime({ runs, untilMs }, last, facts, ctx.nowMs);
  if (time === undefined) return fail(codes.RUNS_INVALID);
  if (facts.settleAtMs !== 0n && ctx.nowMs >= facts.settleAtMs) return fail(codes.CLAIM_TOO_LATE);
  const sums = {
    keptMs: last.keptMs + time.kept,
    degradedMs: last.degradedMs + time.degraded,
    downMs: last.downMs + time.down,
  };
  const fromMs = last.untilMs === 0n ? facts.startsAtMs : last.untilMs;
  const claimed = { agreement, by: ctx.account, used, runs, fromMs, untilMs, ...sums };
  return ok({ events: [settlementEvent('UsageClaimed', claimed)] });
}

function contest(
  state: StateReader,
  facts: AgreementFacts,
  { agreement, reason }: SettlementArgs<'ContestClaim'>,
  ctx: CommandContext,
): Result<Decision<SettlementEvent>> {
  if (ctx.account !== facts.customer) return fail(codes.NOT_THE_CUSTOMER);
  if (!isBillable(facts)) return fail(codes.STATUS_DOES_NOT_ALLOW);
  if (readClaim(state, agreement).contested !== '') return fail(codes.ALREADY_CONTESTED);
  if (!(CONTEST_REASONS as readonly string[]).includes(reason)) return fail(codes.REASON_INVALID);
  return ok({
    events: [settlementEvent('ClaimContested', { agreement, by: ctx.account, reason })],
  });
}

/** From delivery until the bill is made. */
function isBillable(facts: AgreementFacts): boolean {
  const { status } = facts;
  return (
    status === 'prepared' ||
    status === 'active' ||
    ((status === 'completed' || status === 'terminated') && facts.startsAtMs !== 0n)
  );
}

/** The bill and the tokens' way, when the contest time is over or nothing was delivered. */
export function settle<Event>(
  state: StateReader,
  of: { agreement: bigint; facts: AgreementFacts; nowMs: bigint },
  needs: Pick<SettlementNeeds<Event>, 'settleHold' | 'channel' | 'closeChannel'>,
): (SettlementEvent | Event)[] {
  const { agreement, facts, nowMs } = of;
  const { customer, provider, holdMicro } = facts;
  const claimed = readClaim(state, agreement);
  const agreed = needs.channel(agreement);
  const billed =
    agreed === undefined
      ? { ...bill(facts, claimed), used: claimed.used, agreedMicro: 0n }
      : billInChannel(facts, claimed, agreed);
  const { agreedMicro, used, ...amounts } = billed;
  const { chargeMicro, feeMicro } = amounts;
  const claimedMicro = chargeMicro - agreedMicro;
  const settled = settlementEvent('AgreementSettled', {
    agreement,
    customer,
    provider,
    used: [...used],
    ...amounts,
    holdMicro,
    contested: claimed.contested !== '',
    settledAtMs: nowMs,
  });
  const closed = needs.closeChannel({ agreement, customer, provider, agreedMicro, claimedMicro });
  return [...closed, ...needs.settleHold({ agreement, payee: provider, chargeMicro, feeMicro }), settled];
}

export function evolve(state: StateWriter, event: SettlementEvent): void {
  switch (event.type) {
    case 'UsageClaimed': {
      const { agreement, used, untilMs, keptMs, degradedMs, downMs } = event;
      const { contested } = readClaim(state, agreement);
      const record = { used, untilMs, keptMs, degradedMs, downMs, contested };
      state.write(settlementTables.claims, agreement, record);
      return;
    }
    case 'ClaimContested':
      state.write(settlementTables.claims, event.agreement, {
        ...readClaim(state, event.agreement),
        contested: event.reason,
      });
      return;
    case 'AgreementSettled': {
      const { keptMs, degradedMs, downMs, chargeMicro, feeMicro, refundMicro, contested, settledAtMs } = event;
      const time = { keptMs, degradedMs, downMs };
      const record = { ...time, chargeMicro, feeMicro, refundMicro, contested, settledAtMs };
      state.write(settlementTables.bills, event.agreement, record);
      return;
    }
  }
}
