import {
  CONTEST_REASONS,
  type SettlementArgs,
  type SettlementCommand,
  type SettlementEvent,
  settlementCodes,
  settlementDefinition,
} from './definition.ts';
import type { CommandContext, Decision, StateReader, StateWriter, Table } from '#ledger/core/decision.ts';
import { fail, ok, type Result } from '#ledger/core/result.ts';
import { bill } from './bill.ts';
import { fitsWindow, includesBits } from './served-bitmap.ts';

/** The newest claim and the customer's contest; zeros and '' until there is one. */
export type ClaimRecord = {
  calls: bigint;
  rows: bigint;
  bytes: bigint;
  served: Uint8Array;
  untilMs: bigint;
  /** Reason of the contest, '' when there is none. */
  contested: string;
};
export type BillRecord = {
  intervalsServed: bigint;
  intervalsDown: bigint;
  chargeMicro: bigint;
  feeMicro: bigint;
  refundMicro: bigint;
  contested: boolean;
  settledAtMs: bigint;
};

export const settlementTables = {
  /** Both under the agreement. */
  claims: { contract: settlementDefinition.id, table: 1 } as Table<ClaimRecord>,
  bills: { contract: settlementDefinition.id, table: 2 } as Table<BillRecord>,
} as const;

/** What settlement must know of an agreement; times are 0 until they are known. */
export type AgreementFacts = {
  customer: bigint;
  provider: bigint;
  agentKey: bigint;
  status: 'reserved' | 'prepared' | 'active' | 'completed' | 'terminated' | 'failed' | 'settled';
  startsAtMs: bigint;
  endsAtMs: bigint;
  endedAtMs: bigint;
  settleAtMs: bigint;
  intervalMs: bigint;
  callsMax: bigint;
  bytesMax: bigint;
  priceUnit: string;
  priceMicro: bigint;
  holdMicro: bigint;
  feePerMille: bigint;
};

export interface SettlementNeeds<Event> {
  agreement(agreement: bigint): AgreementFacts | undefined;
  /** Closes the agreement's hold. */
  settleHold(of: { agreement: bigint; payee: bigint; chargeMicro: bigint; feeMicro: bigint }): readonly Event[];
}

/** How far a claim may be ahead of block time: the agent's clock. */
const CLAIM_AHEAD_MS_MAX = 30_000n;
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
  const { agreement, calls, rows, bytes, served, untilMs } = args;
  const last = readClaim(state, agreement);
  const grows =
    calls >= last.calls &&
    rows >= last.rows &&
    bytes >= last.bytes &&
    untilMs >= last.untilMs &&
    includesBits(served, last.served);
  if (!grows) return fail(codes.CLAIM_SHRINKS);
  if (calls > facts.callsMax || bytes > facts.bytesMax) return fail(codes.CLAIM_EXCEEDS_ALLOWANCE);
  const isFuture = untilMs > ctx.nowMs + CLAIM_AHEAD_MS_MAX;
  if (isFuture || !fitsWindow(served, { ...facts, untilMs })) return fail(codes.BITMAP_INVALID);
  if (facts.settleAtMs !== 0n && ctx.nowMs >= facts.settleAtMs) return fail(codes.CLAIM_TOO_LATE);
  const claimed = { contract: 'settlement', version: 1n, type: 'UsageClaimed', agreement, by: ctx.account } as const;
  return ok({ events: [{ ...claimed, calls, rows, bytes, served, untilMs }] });
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
    events: [{ contract: 'settlement', version: 1n, type: 'ClaimContested', agreement, by: ctx.account, reason }],
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
  needs: Pick<SettlementNeeds<Event>, 'settleHold'>,
): (SettlementEvent | Event)[] {
  const { agreement, facts, nowMs } = of;
  const { customer, provider, priceUnit, priceMicro, intervalMs, holdMicro } = facts;
  const { calls, rows, bytes, contested, served: claimed } = readClaim(state, agreement);
  const amounts = bill(facts, { bytes, served: claimed });
  const { chargeMicro, feeMicro } = amounts;
  const settled: SettlementEvent = {
    ...{ contract: 'settlement', version: 1n, type: 'AgreementSettled', agreement, customer, provider },
    ...{ priceUnit, priceMicro, calls, rows, bytes, intervalMs, ...amounts, holdMicro },
    ...{ contested: contested !== '', settledAtMs: nowMs },
  };
  return [...needs.settleHold({ agreement, payee: provider, chargeMicro, feeMicro }), settled];
}

export function evolve(state: StateWriter, event: SettlementEvent): void {
  switch (event.type) {
    case 'UsageClaimed': {
      const { calls, rows, bytes, served, untilMs } = event;
      const { contested } = readClaim(state, event.agreement);
      state.write(settlementTables.claims, event.agreement, { calls, rows, bytes, served, untilMs, contested });
      return;
    }
    case 'ClaimContested':
      state.write(settlementTables.claims, event.agreement, {
        ...readClaim(state, event.agreement),
        contested: event.reason,
      });
      return;
    case 'AgreementSettled': {
      const { intervalsServed, intervalsDown, chargeMicro, feeMicro, refundMicro, contested, settledAtMs } = event;
      const record = { intervalsServed, intervalsDown, chargeMicro, feeMicro, refundMicro, contested, settledAtMs };
      state.write(settlementTables.bills, event.agreement, record);
      return;
    }
  }
}

const NO_CLAIM: ClaimRecord = { calls: 0n, rows: 0n, bytes: 0n, served: new Uint8Array(0), untilMs: 0n, contested: '' };

export function readClaim(state: StateReader, agreement: bigint): ClaimRecord {
  return state.read(settlementTables.claims, agreement) ?? NO_CLAIM;
}

export function readBill(state: StateReader, agreement: bigint): BillRecord | undefined {
  return state.read(settlementTables.bills, agreement);
}
