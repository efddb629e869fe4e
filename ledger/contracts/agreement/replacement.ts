import type { DueItem, StateReader } from '#ledger/core/decision.ts';
import { fail, ok, type Result } from '#ledger/core/result.ts';
import { lineChargeMicro, type Price } from '#ledger/contracts/shared/price.ts';
import { amountOf, type Quantity } from '#ledger/contracts/shared/terms.ts';
import { reservation } from './application.ts';
import { agreementCodes as codes, agreementEvent, type AgreementEvent, type EndReason } from './definition.ts';
import { dueItem } from './due-items.ts';
import { capacityCode, insteadOf, offered, type OrderNeeds } from './order.ts';
import { readAgreement, readCounters, type AgreementRecord } from './record.ts';

export interface ReplacementNeeds<Event> extends OrderNeeds<Event> {
  /** Price lines under which the agreement was granted. */
  pricesOf(record: AgreementRecord): readonly Price[];
  /** What it has claimed so far. */
  used(agreement: bigint): readonly Quantity[];
  /** The key that signs an agreement's vouchers; zeros where it has no channel. */
  voucherKey(agreement: bigint): Uint8Array;
  /** Part of an agreement's hold goes on for another agreement. */
  splitHold(of: { account: bigint; agreement: bigint; replacement: bigint; amountMicro: bigint }): readonly Event[];
}

/** Of meters that are counted: the most that the one that ends can have used, and what its backup needs. Others are as they were signed. */
export interface Handover {
  readonly usedMost: readonly Quantity[];
  readonly needed: readonly Quantity[];
}

const NOTHING_LOWERED: Handover = { usedMost: [], needed: [] };

interface Failed {
  readonly agreement: bigint;
  readonly record: AgreementRecord;
  readonly passedMs: bigint;
  readonly nowMs: bigint;
  readonly handover?: Handover | undefined;
}

export interface Replaced<Event> {
  readonly events: readonly (AgreementEvent | Event)[];
  readonly due: readonly DueItem[];
  /** What stays held for the failed agreement. */
  readonly holdMicro: bigint;
}

/** Reasons for which a backup takes a part's place: its provider did not deliver, or went away, or its node fell silent; or a copy of its has to be compared with a third. */
const REPLACED: readonly EndReason[] = ['not-delivered', 'not-reachable', 'withdrawn', 'compared'];

/**
 * A failed part's backup takes its place for the time that is left, when the customer's signature named one. The part's hold is split: what
 * it may still be charged stays, the backup is paid from the rest. undefined when there is nothing to replace.
 */
export function replace<Event>(
  state: StateReader,
  failed: Failed & { reason: EndReason },
  needs: ReplacementNeeds<Event>,
): Replaced<Event> | undefined {
  const { agreement, record, reason } = failed;
  const backup = record.backup[0];
  if (backup === undefined || !REPLACED.includes(reason)) return undefined;
  const replaced = takePlace(state, failed, needs);
  if (replaced.ok) return replaced.value;
  const event = agreementEvent('BackupUnavailable', {
    agreement,
    resource: backup.resource,
    code: BigInt(replaced.code),
  });
  return { events: [event], due: [], holdMicro: record.holdMicro };
}

function takePlace<Event>(state: StateReader, failed: Failed, needs: ReplacementNeeds<Event>): Result<Replaced<Event>> {
  const { agreement, record, passedMs, nowMs, handover = NOTHING_LOWERED } = failed;
  const { customer: account, order, encryptionKey } = record;
  const backup = record.backup[0]!;
  const needed = lowered(backup.amounts, handover.needed);
  const wanted = insteadOf(record, { ...backup, amounts: needed }, record.durationMs - passedMs);
  const asked = offered(wanted, account, needs);
  if (!asked.ok) return asked;
  const { offer, holdMicro } = asked.value;
  if (needs.failedConditions(wanted, account, nowMs).length > 0) return fail(codes.CONDITIONS_NOT_MET);
  const used = needs.used(agreement);
  const most = handover.usedMost.map(({ meter, amount }) => {
    const claimed = amountOf(used, meter);
    return { meter, amount: claimed > amount ? claimed : amount };
  });
  const leftMicro = record.holdMicro - mostMicro(needs.pricesOf(record), lowered(record.amounts, most), passedMs);
  if (holdMicro > leftMicro) return fail(codes.HOLD_TOO_LOW);
  const replacement = readCounters(state).nextAgreement;
  const taken = needs.reserve(wanted.resource, { agreement: replacement, amounts: wanted.amounts });
  if ('short' in taken) return fail(capacityCode(taken.short));
  const terms = needs.parameters();
  const part = readAgreement(state, order)?.nextPart ?? record.part + 1n;
  const identifiedBy = needs.identityBehind(wanted, account, nowMs);
  const names = { agreement: replacement, order, part, replaces: agreement, continues: 0n };
  const place = { ...names, customer: account, identifiedBy, nowMs };
  const reserved = reservation({ ...place, holdMicro, backup: [], encryptionKey }, wanted, offer, terms);
  const split = needs.splitHold({ account, agreement, replacement, amountMicro: holdMicro });
  const staysMicro = record.holdMicro - holdMicro;
  const event = agreementEvent('AgreementReplaced', { agreement, replacement, holdMicro: staysMicro });
  const channel = needs.openChannel({
    agreement: replacement,
    customer: account,
    provider: wanted.provider,
    voucherKey: needs.voucherKey(agreement),
    depositMicro: holdMicro,
  });
  return ok({
    events: [reserved, ...taken.events, ...split, event, ...channel],
    due: [dueItem(replacement, 'prepare-by', nowMs + terms.deliveryMs)],
    holdMicro: staysMicro,
  });
}

/** Amounts, none above what a limit of the same meter says. */
function lowered(amounts: readonly Quantity[], limits: readonly Quantity[]): Quantity[] {
  return amounts.map(({ meter, amount }) => {
    const limit = limits.find((each) => each.meter === meter)?.amount ?? amount;
    return { meter, amount: limit < amount ? limit : amount };
  });
}

/**
 * The most that a failed agreement may still be charged: what depends on time for the time that passed, everything else whole; nothing when its
 * window never began. Rounded down like the bill: rounded up, this and the backup at the same price would be more than a hold that was rounded up once.
 */
function mostMicro(prices: readonly Price[], amounts: readonly Quantity[], passedMs: bigint): bigint {
  const service = { keptMs: passedMs, degradedMs: 0n, degradedPerMille: 0n, wholeMs: passedMs };
  const all = { reserved: amounts, used: amounts, service };
  return prices.reduce((sum, price) => sum + lineChargeMicro(price, { isHeld: price.perMs > 0n, ...all }), 0n);
}
