import type { CommandContext, Decision, StateReader } from '../../core/decision.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { FailedCondition } from '../strategy/contract.ts';
import type { StrategyArgs } from '../strategy/methods.ts';
import { agreementCodes as codes, readCounters, type AgreementEvent } from './contract.ts';
import { holdMicroOf, intervalsOf } from './hold.ts';
import { AGREEMENT, type ApplyArgs } from './methods.ts';

/** Shortest and longest window: 1 s, 31 days. */
const DURATION_MS_MIN = 1_000n;
const DURATION_MS_MAX = 2_678_400_000n;
/** So that a claim's bitmap stays within 8 KiB. */
const INTERVALS_MAX = 65_536n;
const CALLS_MAX = 1_000_000_000n;
const BYTES_MAX = 1n << 44n;
const MICRO_END = 1n << 63n;
const FORMATS = ['csv', 'json', 'parquet'];

export type Offer = {
  owner: bigint;
  isPublished: boolean;
  agentKey: bigint;
  sourceId: string;
  strategyVersion: bigint;
  strategy: StrategyArgs;
};

export interface ApplyNeeds<Event> {
  /** The resource with its strategy in force; undefined when there is none. */
  offer(resource: bigint): Offer | undefined;
  isPurpose(purpose: string): boolean;
  isFieldOfBusiness(field: string): boolean;
  isEncryptionKey(key: Uint8Array): boolean;
  isCustomer(account: bigint): boolean;
  /** Every condition of the strategy in force that does not hold for this account and use. */
  failedConditions(args: ApplyArgs, account: bigint, nowMs: bigint): FailedCondition[];
  reserve(resource: bigint, agreement: bigint): Result<readonly Event[]>;
  hold(of: { account: bigint; amountMicro: bigint; agreement: bigint }): Result<readonly Event[]>;
  /** Agreements of the account that are not settled yet. */
  unsettled(account: bigint): bigint;
  spend(by: { account: bigint; key: bigint; amountMicro: bigint }): readonly Event[] | undefined;
  parameters(): { intervalMs: bigint; deliveryMs: bigint; openAgreementsMax: bigint; feePerMille: bigint };
}

/**
 * One transaction: the declared use is checked (501–512, 516), the strategy is evaluated, and either the application is refused with
 * every failing condition (an outcome, code 0) or a place and the hold are taken (513–515, 524 when they cannot be).
 */
export function apply<Event>(
  state: StateReader,
  args: ApplyArgs,
  ctx: CommandContext,
  needs: ApplyNeeds<Event>,
): Result<Decision<AgreementEvent | Event>> {
  const offer = needs.offer(args.resource);
  if (offer === undefined) return fail(codes.RESOURCE_UNKNOWN);
  const fault = offerFault(args, offer, ctx) ?? useFault(args, offer, needs);
  if (fault !== undefined) return fail(fault);
  if (!needs.isCustomer(ctx.account)) return fail(codes.CUSTOMER_ROLE_REQUIRED);
  const failed = needs.failedConditions(args, ctx.account, ctx.nowMs);
  return failed.length > 0 ? ok(refuse(state, args, ctx, failed)) : reserve(state, { args, offer }, ctx, needs);
}

function offerFault(args: ApplyArgs, offer: Offer, ctx: CommandContext): number | undefined {
  if (!offer.isPublished) return codes.RESOURCE_NOT_PUBLISHED;
  if (offer.owner === ctx.account) return codes.OWN_RESOURCE;
  if (offer.strategyVersion !== args.strategyVersion) return codes.STRATEGY_CHANGED;
  if (offer.owner !== args.provider) return codes.PROVIDER_MISMATCH;
  return undefined;
}

function useFault<Event>(args: ApplyArgs, { strategy }: Offer, needs: ApplyNeeds<Event>): number | undefined {
  if (!needs.isPurpose(args.purpose)) return codes.PURPOSE_UNKNOWN;
  if (!needs.isFieldOfBusiness(args.fieldOfBusiness)) return codes.FIELD_UNKNOWN;
  if (!FORMATS.includes(args.format)) return codes.FORMAT_NOT_OFFERED;
  const { durationMs, callsMax, bytesMax, holdMicro } = args;
  const isDuration = durationMs >= DURATION_MS_MIN && durationMs <= DURATION_MS_MAX;
  if (!isDuration || intervalsOf(durationMs, needs.parameters().intervalMs) > INTERVALS_MAX)
    return codes.DURATION_INVALID;
  if (callsMax === 0n || callsMax > CALLS_MAX || bytesMax === 0n || bytesMax > BYTES_MAX)
    return codes.ALLOWANCE_INVALID;
  if (holdMicro >= MICRO_END || holdMicro !== holdMicroOf(strategy.price, args)) return codes.HOLD_MISMATCH;
  if (!needs.isEncryptionKey(args.encryptionKey)) return codes.ENCRYPTION_KEY_INVALID;
  return undefined;
}

function refuse(
  state: StateReader,
  args: ApplyArgs,
  ctx: CommandContext,
  failed: FailedCondition[],
): Decision<AgreementEvent> {
  const application = readCounters(state).nextApplication;
  const { resource, provider, strategyVersion, purpose, fieldOfBusiness, format, durationMs } = args;
  const refused = {
    contract: 'agreement',
    version: 1n,
    type: 'ApplicationRefused',
    application,
    customer: ctx.account,
  } as const;
  const use = { provider, resource, strategyVersion, purpose, fieldOfBusiness, format, durationMs };
  return { events: [{ ...refused, ...use, failed, refusedAtMs: ctx.nowMs }], data: { refused: application } };
}

function reserve<Event>(
  state: StateReader,
  { args, offer }: { args: ApplyArgs; offer: Offer },
  ctx: CommandContext,
  needs: ApplyNeeds<Event>,
): Result<Decision<AgreementEvent | Event>> {
  const { intervalMs, deliveryMs, openAgreementsMax, feePerMille } = needs.parameters();
  const { account, key, nowMs } = ctx;
  const agreement = readCounters(state).nextAgreement;
  const place = needs.reserve(args.resource, agreement);
  if (!place.ok) return fail(codes.NO_CAPACITY);
  const held = needs.hold({ account, amountMicro: args.holdMicro, agreement });
  if (!held.ok) return fail(codes.BALANCE_TOO_LOW);
  if (needs.unsettled(account) >= openAgreementsMax) return fail(codes.TOO_MANY_OPEN);
  const spent = needs.spend({ account, key, amountMicro: args.holdMicro });
  if (spent === undefined) return fail(codes.SPENDING_CAP_EXCEEDED);
  const { agentKey, sourceId, strategy } = offer;
  const { columns, rowFilter, price } = strategy;
  const prepareByMs = nowMs + deliveryMs;
  const reserved: AgreementEvent = {
    ...{ contract: 'agreement', version: 1n, type: 'AgreementReserved', agreement, customer: account },
    ...{ provider: args.provider, resource: args.resource, strategyVersion: args.strategyVersion },
    ...{ purpose: args.purpose, fieldOfBusiness: args.fieldOfBusiness, format: args.format, columns, rowFilter },
    ...{ durationMs: args.durationMs, callsMax: args.callsMax, bytesMax: args.bytesMax },
    ...{ priceUnit: price.unit, priceMicro: price.amountMicro, hold: agreement, holdMicro: args.holdMicro },
    ...{
      encryptionKey: args.encryptionKey,
      agentKey,
      sourceId,
      intervalMs,
      feePerMille,
      reservedAtMs: nowMs,
      prepareByMs,
    },
  };
  return ok({
    events: [reserved, ...place.value, ...spent, ...held.value],
    due: [{ atMs: prepareByMs, contract: AGREEMENT, kind: 'prepare-by', subject: agreement }],
    data: { agreement },
  });
}
