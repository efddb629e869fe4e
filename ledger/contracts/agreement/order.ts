import type { CommandContext, Decision, DueItem, StateReader, StateWriter } from '#ledger/core/decision.ts';
import { fail, ok, type Result } from '#ledger/core/result.ts';
import { DraftState } from '#ledger/contracts/shared/draft-state.ts';
import type { Struct } from '#ledger/contracts/shared/fields.ts';
import { holdMicroOf } from '#ledger/contracts/shared/price.ts';
import type { Quantity } from '#ledger/contracts/shared/terms.ts';
import type { FailedCondition } from '#ledger/contracts/strategy/definition.ts';
import { refusal, reservation, wantedFault, type Offer, type Place, type Terms, type Wanted } from './application.ts';
import { continuationFault, roomBeyond } from './continuation.ts';
import {
  CAPACITY_CODES,
  PARTS_MAX,
  agreementCodes as codes,
  agreementEvent,
  type AgreementArgs,
  type AgreementEvent,
} from './definition.ts';
import { dueItem } from './due-items.ts';
import { readCounters, type AgreementRecord } from './record.ts';

export interface OrderNeeds<Event> {
  /** The resource with its strategy in force; undefined when there is none. */
  offer(resource: bigint): Offer | undefined;
  isEncryptionKey(key: Uint8Array): boolean;
  isCustomer(account: bigint): boolean;
  /** Every condition of the strategy in force that does not hold for this account and use. */
  failedConditions(wanted: Wanted, account: bigint, nowMs: bigint): FailedCondition[];
  /** The operator without whose identification of the account a condition would not hold for what is admitted; 0 where none is needed. */
  identityBehind(wanted: Wanted, account: bigint, nowMs: bigint): bigint;
  /** Takes part of a resource's capacity: the events, or the meter that has too little left. */
  reserve(
    resource: bigint,
    of: { agreement: bigint; amounts: readonly Quantity[] },
  ): { readonly events: readonly Event[] } | { readonly short: string };
  hold(of: { account: bigint; amountMicro: bigint; agreement: bigint }): Result<readonly Event[]>;
  /** Opens the agreement's payment channel; nothing for a key of zeros. */
  openChannel(of: {
    agreement: bigint;
    customer: bigint;
    provider: bigint;
    voucherKey: Uint8Array;
    depositMicro: bigint;
  }): readonly Event[];
  /** Agreements of the account that are not settled yet. */
  unsettled(account: bigint): bigint;
  /** Whether the account's credit permits several agreements at a time [8.5.1-c]. */
  mayOrderSeveral(account: bigint): boolean;
  spend(by: { account: bigint; key: bigint; amountMicro: bigint }): readonly Event[] | undefined;
  /** How long what the agreement stored stays after its end; undefined when its kind stores nothing. */
  graceMs(record: AgreementRecord): bigint | undefined;
  parameters(): Terms;
  /** The same needs, answered from another state. */
  at(state: StateReader): OrderNeeds<Event>;
  /** Writes what an event of any contract says. */
  evolve(state: StateWriter, event: AgreementEvent | Event): void;
}

/** What a customer signs for all parts of an order: the key that links are sealed to, and the one that signs its vouchers (zero: none). */
interface CustomerKeys {
  readonly encryptionKey: Uint8Array;
  readonly voucherKey: Uint8Array;
}

/** Who buys, with which key, and when. */
export type Buyer = Pick<CommandContext, 'account' | 'key' | 'nowMs'>;

type Backup = Struct<'Backup'>;
type Asked = { wanted: Wanted; holdMicro: bigint; backup: Backup[]; continues: bigint };
type Part = Asked & { offer: Offer };

/** An application is an order of one part without a backup; it alone may continue an agreement. */
export function askedByApplication(args: AgreementArgs<'Apply'>): Asked[] {
  const { holdMicro, continues, encryptionKey: _key, voucherKey: _voucherKey, ...wanted } = args;
  return [{ wanted, holdMicro, backup: [], continues }];
}

/** The parts of an order in turn; undefined when their number, their sum or their backups are not as they must be (525). */
export function askedByOrder(
  args: Omit<AgreementArgs<'PlaceOrder'>, 'encryptionKey' | 'voucherKey'>,
): Asked[] | undefined {
  const { purpose, fieldOfBusiness, parts, holdMicro: sumMicro } = args;
  const sum = parts.reduce((total, { holdMicro }) => total + holdMicro, 0n);
  const isSound = parts.every(
    ({ resource, backup }) => backup.length <= 1 && backup.every((other) => other.resource !== resource),
  );
  if (parts.length === 0 || parts.length > PARTS_MAX || sum !== sumMicro || !isSound) return undefined;
  return parts.map(({ holdMicro, backup, ...use }) => ({
    wanted: { purpose, fieldOfBusiness, ...use },
    holdMicro,
    backup,
    continues: 0n,
  }));
}

/**
 * One transaction, all or nothing: every part's declared use is checked (501–512, 516, 530–535), the strategies are evaluated, and either
 * each part that they refuse is recorded as refused (an outcome, code 0) and nothing is taken, or every part gets its capacity and its hold
 * (513–515, 524 when one cannot; 526 when a backup would not be admitted).
 */
export function placeOrder<Event>(
  state: StateReader,
  order: { asked: readonly Asked[] } & CustomerKeys,
  ctx: Buyer,
  needs: OrderNeeds<Event>,
): Result<Decision<AgreementEvent | Event>> {
  const parts: Part[] = [];
  for (const asked of order.asked) {
    const part = checkPart(state, asked, ctx, needs);
    if (!part.ok) return part;
    parts.push(part.value);
  }
  if (!needs.isEncryptionKey(order.encryptionKey)) return fail(codes.ENCRYPTION_KEY_INVALID);
  if (!needs.isCustomer(ctx.account)) return fail(codes.CUSTOMER_ROLE_REQUIRED);
  const refused = refusals(state, parts, ctx, needs);
  if (refused !== undefined) return ok({ events: refused, data: { refused: readCounters(state).nextApplication } });
  if (!areBackupsAdmitted(parts, ctx, needs)) return fail(codes.CONDITIONS_NOT_MET);
  return reserveParts(state, { ...order, parts }, ctx, needs);
}

function checkPart<Event>(state: StateReader, asked: Asked, ctx: Buyer, needs: OrderNeeds<Event>): Result<Part> {
  const { wanted, holdMicro, backup } = asked;
  const own = offered(wanted, ctx.account, needs);
  if (!own.ok) return own;
  let dearestMicro = own.value.holdMicro;
  for (const other of backup) {
    const instead = offered(insteadOf(wanted, other, wanted.durationMs), ctx.account, needs);
    if (!instead.ok) return instead;
    if (instead.value.holdMicro !== other.holdMicro) return fail(codes.HOLD_MISMATCH);
    if (other.holdMicro > dearestMicro) dearestMicro = other.holdMicro;
  }
  if (dearestMicro !== holdMicro) return fail(codes.HOLD_MISMATCH);
  const { offer } = own.value;
  const fault = continuationFault(state, { ...asked, kind: offer.kind }, ctx, needs);
  return fault === undefined ? ok({ ...asked, offer }) : fail(codes[fault]);
}

/** The offer in force that is asked for, and the most that this use of it can cost (501–510). */
export function offered<Event>(
  wanted: Wanted,
  account: bigint,
  needs: Pick<OrderNeeds<Event>, 'offer' | 'parameters'>,
): Result<{ offer: Offer; holdMicro: bigint }> {
  const offer = needs.offer(wanted.resource);
  if (offer === undefined) return fail(codes.RESOURCE_UNKNOWN);
  const fault = wantedFault(wanted, offer, account, needs.parameters());
  return fault === undefined
    ? ok({ offer, holdMicro: holdMicroOf(offer.strategy.prices, wanted) })
    : fail(codes[fault]);
}

/** What a backup is asked for: its own resource and figures, for the same purpose. */
export function insteadOf(
  failed: Pick<Wanted, 'purpose' | 'fieldOfBusiness'>,
  backup: Backup,
  durationMs: bigint,
): Wanted {
  const { holdMicro: _holdMicro, ...use } = backup;
  const { purpose, fieldOfBusiness } = failed;
  return { purpose, fieldOfBusiness, durationMs, ...use };
}

function refusals<Event>(
  state: StateReader,
  parts: readonly Part[],
  ctx: Buyer,
  needs: OrderNeeds<Event>,
): AgreementEvent[] | undefined {
  const refused: AgreementEvent[] = [];
  const { nextApplication } = readCounters(state);
  for (const { wanted } of parts) {
    const failed = needs.failedConditions(wanted, ctx.account, ctx.nowMs);
    if (failed.length > 0) refused.push(refusal(nextApplication + BigInt(refused.length), wanted, ctx, failed));
  }
  return refused.length === 0 ? undefined : refused;
}

/** Backups would be admitted as things stand: no money is held for what could not come. */
function areBackupsAdmitted<Event>(parts: readonly Part[], ctx: Buyer, needs: OrderNeeds<Event>): boolean {
  return parts.every(({ wanted, backup }) =>
    backup.every((other) => {
      const instead = insteadOf(wanted, other, wanted.durationMs);
      return needs.failedConditions(instead, ctx.account, ctx.nowMs).length === 0;
    }),
  );
}

/** In turn on a draft, each part seeing what the earlier ones took: balance, places, spending cap, number of open orders. */
function reserveParts<Event>(
  state: StateReader,
  order: { parts: readonly Part[] } & CustomerKeys,
  ctx: Buyer,
  needs: OrderNeeds<Event>,
): Result<Decision<AgreementEvent | Event>> {
  const first = readCounters(state).nextAgreement;
  const draft = new DraftState(state);
  const there = needs.at(draft);
  const events: (AgreementEvent | Event)[] = [];
  const due: DueItem[] = [];
  for (const [index, part] of order.parts.entries()) {
    const place = {
      agreement: first + BigInt(index),
      order: first,
      part: BigInt(index + 1),
      replaces: 0n,
      continues: part.continues,
      customer: ctx.account,
      identifiedBy: needs.identityBehind(part.wanted, ctx.account, ctx.nowMs),
      holdMicro: part.holdMicro,
      backup: part.backup,
      encryptionKey: order.encryptionKey,
      nowMs: ctx.nowMs,
    };
    const reserved = reservePart(draft, place, part, ctx, there);
    if (!reserved.ok) return reserved;
    const { customer, agreement, holdMicro: depositMicro } = place;
    const channel = { agreement, customer, provider: part.wanted.provider, depositMicro, voucherKey: order.voucherKey };
    const granted = [...reserved.value.events, ...needs.openChannel(channel)];
    events.push(...granted);
    due.push(...reserved.value.due);
    for (const event of index + 1 < order.parts.length ? granted : []) needs.evolve(draft, event);
  }
  return ok({ events, due, data: { agreement: first } });
}

function reservePart<Event>(
  state: StateReader,
  place: Place,
  { wanted, offer }: Part,
  ctx: Buyer,
  needs: OrderNeeds<Event>,
): Result<{ events: (AgreementEvent | Event)[]; due: DueItem[] }> {
  const { agreement, continues, holdMicro: amountMicro } = place;
  const { account, key } = ctx;
  const terms = needs.parameters();
  const amounts = roomBeyond(state, { continues, amounts: wanted.amounts });
  const taken = needs.reserve(wanted.resource, { agreement, amounts });
  if ('short' in taken) return fail(capacityCode(taken.short));
  const held = needs.hold({ account, amountMicro, agreement });
  if (!held.ok) return fail(codes.BALANCE_TOO_LOW);
  const unsettled = needs.unsettled(account);
  if (unsettled >= terms.openAgreementsMax) return fail(codes.TOO_MANY_OPEN);
  if (unsettled > 0n && !needs.mayOrderSeveral(account)) return fail(codes.CREDIT_TOO_LOW);
  const spent = needs.spend({ account, key, amountMicro });
  if (spent === undefined) return fail(codes.SPENDING_CAP_EXCEEDED);
  const reserved = reservation(place, wanted, offer, terms);
  const continued =
    continues === 0n ? [] : [agreementEvent('AgreementContinued', { agreement: continues, continuation: agreement })];
  const events = [reserved, ...continued, ...taken.events, ...spent, ...held.value];
  return ok({ events, due: [dueItem(agreement, 'prepare-by', ctx.nowMs + terms.deliveryMs)] });
}

/** The code that says which meter of a resource has too little left. */
export function capacityCode(meter: string): number {
  return Object.hasOwn(CAPACITY_CODES, meter)
    ? CAPACITY_CODES[meter as keyof typeof CAPACITY_CODES]
    : codes.NO_CAPACITY;
}
