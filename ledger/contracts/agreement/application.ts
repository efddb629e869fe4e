import {
  type AgreementArgs,
  type AgreementEvent,
  DURATION_MS_MAX,
  DURATION_MS_MIN,
  type agreementCodes,
} from './definition.ts';
import type { FailedCondition, StrategyArgs } from '#ledger/contracts/strategy/definition.ts';
import type { CommandContext } from '#ledger/core/decision.ts';
import type { Result } from '#ledger/core/result.ts';
import { holdMicroOf, intervalsOf } from './hold.ts';

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
  failedConditions(args: AgreementArgs<'Apply'>, account: bigint, nowMs: bigint): FailedCondition[];
  reserve(resource: bigint, agreement: bigint): Result<readonly Event[]>;
  hold(of: { account: bigint; amountMicro: bigint; agreement: bigint }): Result<readonly Event[]>;
  /** Agreements of the account that are not settled yet. */
  unsettled(account: bigint): bigint;
  spend(by: { account: bigint; key: bigint; amountMicro: bigint }): readonly Event[] | undefined;
  parameters(): { intervalMs: bigint; deliveryMs: bigint; openAgreementsMax: bigint; feePerMille: bigint };
}

type Fault = keyof typeof agreementCodes;

/** Faults of what is applied for, in order (502–505). */
export function offerFault(args: AgreementArgs<'Apply'>, offer: Offer, account: bigint): Fault | undefined {
  if (!offer.isPublished) return 'RESOURCE_NOT_PUBLISHED';
  if (offer.owner === account) return 'OWN_RESOURCE';
  if (offer.strategyVersion !== args.strategyVersion) return 'STRATEGY_CHANGED';
  if (offer.owner !== args.provider) return 'PROVIDER_MISMATCH';
  return undefined;
}

/** Faults of the declared use, in order (506–512). */
export function useFault<Event>(
  args: AgreementArgs<'Apply'>,
  { strategy }: Offer,
  needs: ApplyNeeds<Event>,
): Fault | undefined {
  if (!needs.isPurpose(args.purpose)) return 'PURPOSE_UNKNOWN';
  if (!needs.isFieldOfBusiness(args.fieldOfBusiness)) return 'FIELD_UNKNOWN';
  if (!FORMATS.includes(args.format)) return 'FORMAT_NOT_OFFERED';
  const { durationMs, callsMax, bytesMax, holdMicro } = args;
  const isDuration = durationMs >= DURATION_MS_MIN && durationMs <= DURATION_MS_MAX;
  if (!isDuration || intervalsOf(durationMs, needs.parameters().intervalMs) > INTERVALS_MAX) return 'DURATION_INVALID';
  if (callsMax === 0n || callsMax > CALLS_MAX || bytesMax === 0n || bytesMax > BYTES_MAX) return 'ALLOWANCE_INVALID';
  if (holdMicro >= MICRO_END || holdMicro !== holdMicroOf(strategy.price, args)) return 'HOLD_MISMATCH';
  if (!needs.isEncryptionKey(args.encryptionKey)) return 'ENCRYPTION_KEY_INVALID';
  return undefined;
}

export function refusal(
  application: bigint,
  args: AgreementArgs<'Apply'>,
  ctx: CommandContext,
  failed: FailedCondition[],
): AgreementEvent {
  const { resource, provider, strategyVersion, purpose, fieldOfBusiness, format, durationMs } = args;
  return {
    ...{ contract: 'agreement', version: 1n, type: 'ApplicationRefused', application, customer: ctx.account },
    ...{ provider, resource, strategyVersion, purpose, fieldOfBusiness, format, durationMs },
    ...{ failed, refusedAtMs: ctx.nowMs },
  };
}

export function reservation(
  agreement: bigint,
  { args, offer }: { args: AgreementArgs<'Apply'>; offer: Offer },
  ctx: CommandContext,
  terms: { intervalMs: bigint; deliveryMs: bigint; feePerMille: bigint },
): AgreementEvent {
  const { agentKey, sourceId, strategy } = offer;
  const { columns, rowFilter, price } = strategy;
  const { intervalMs, deliveryMs, feePerMille } = terms;
  return {
    ...{ contract: 'agreement', version: 1n, type: 'AgreementReserved', agreement, customer: ctx.account },
    ...{ provider: args.provider, resource: args.resource, strategyVersion: args.strategyVersion },
    ...{ purpose: args.purpose, fieldOfBusiness: args.fieldOfBusiness, format: args.format, columns, rowFilter },
    ...{ durationMs: args.durationMs, callsMax: args.callsMax, bytesMax: args.bytesMax },
    ...{ priceUnit: price.unit, priceMicro: price.amountMicro, hold: agreement, holdMicro: args.holdMicro },
    ...{ encryptionKey: args.encryptionKey, agentKey, sourceId, intervalMs, feePerMille },
    ...{ reservedAtMs: ctx.nowMs, prepareByMs: ctx.nowMs + deliveryMs },
  };
}
