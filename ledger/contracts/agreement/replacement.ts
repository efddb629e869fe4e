import type { DueItem, StateReader } from '#ledger/core/decision.ts';
import { fail, ok, type Result } from '#ledger/core/result.ts';
import { lineChargeMicro, type Price } from '#ledger/contracts/shared/price.ts';
import type { Quantity } from '#ledger/contracts/shared/terms.ts';
import { reservation } from './application.ts';
import { agreementCodes as codes, agreementEvent, type AgreementEvent, type EndReason } from './definition.ts';
import { dueItem } from './due-items.ts';
import { capacityCode, insteadOf, offered, type OrderNeeds } from './order.ts';
import { readAgreement, readCounters, type AgreementRecord } from './record.ts';

export interface ReplacementNeeds<Event> extends OrderNeeds<Event> {
  /** Price lines under which the agreement was granted. */
  pricesOf(record: AgreementRecord): readonly Price[];
  /** Part of an agreement's hold goes on for another agreement. */
  splitHold(of: { account: bigint; agreement: bigint; replacement: bigint; amountMicro: bigint }): readonly Event[];
}

export interface Replaced<Event> {
  readonly events: readonly (AgreementEvent | Event)[];
  readonly due: readonly DueItem[];
  /** What stays held for the failed agreement. */
  readonly holdMicro: bigint;
}

/** Reasons for which a part has failed: its provider did not deliver, or went away. */
const FAILURES: readonly EndReason[] = ['not-delivered', 'withdrawn'];

/**
 * A failed part's backup takes its place for the time that is left, when the customer's signature named one. The part's hold is split: what
 * it may still be charged stays, the backup is paid from the rest. undefined when there is nothing to replace.
 */
export function replace<Event>(
  state: StateReader,
  failed: { agreement: bigint; record: AgreementRecord; reason: EndReason; passedMs: bigint; nowMs: bigint },
  needs: ReplacementNeeds<Event>,
): Replaced<Event> | undefined {
  const { agreement, record, reason } = failed;
  const backup = record.backup[0];
  if (backup === undefined || !FAILURES.includes(reason)) return undefined;
  const replaced = takePlace(state, failed, needs);
  if (replaced.ok) return replaced.value;
  const event = agreementEvent('BackupUnavailable', {
    agreement,
    resource: backup.resource,
    code: BigInt(replaced.code),
  });
  return { events: [event], due: [], holdMicro: record.holdMicro };
}

function takePlace<Event>(
  state: StateReader,
  failed: { agreement: bigint; record: AgreementRecord; passedMs: bigint; nowMs: bigint },
  needs: ReplacementNeeds<Event>,
): Result<Replaced<Event>> {
  const { agreement, record, passedMs, nowMs } = failed;
  const { customer: account, order, encryptionKey } = record;
  const wanted = insteadOf(record, record.backup[0]!, record.durationMs - passedMs);
  const asked = offered(wanted, account, needs);
  if (!asked.ok) return asked;
  const { offer, holdMicro } = asked.value;
  if (needs.failedConditions(wanted, account, nowMs).length > 0) return fail(codes.CONDITIONS_NOT_MET);
  const leftMicro = record.holdMicro - mostMicro(needs.pricesOf(record), record.amounts, passedMs);
  if (holdMicro > leftMicro) return fail(codes.HOLD_TOO_LOW);
  const replacement = readCounters(state).nextAgreement;
  const taken = needs.reserve(wanted.resource, { agreement: replacement, amounts: wanted.amounts });
  if ('short' in taken) return fail(capacityCode(taken.short));
  const terms = needs.parameters();
  const part = readAgreement(state, order)?.nextPart ?? record.part + 1n;
  const place = { agreement: replacement, order, part, replaces: agreement, continues: 0n, customer: account, nowMs };
  const reserved = reservation({ ...place, holdMicro, backup: [], encryptionKey }, wanted, offer, terms);
  const split = needs.splitHold({ account, agreement, replacement, amountMicro: holdMicro });
  const staysMicro = record.holdMicro - holdMicro;
  const event = agreementEvent('AgreementReplaced', { agreement, replacement, holdMicro: staysMicro });
  return ok({
    events: [reserved, ...taken.events, ...split, event],
    due: [dueItem(replacement, 'prepare-by', nowMs + terms.deliveryMs)],
    holdMicro: staysMicro,
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
