import type { CommandContext } from '#ledger/core/decision.ts';
import { areAmountsOf, askedMeters, type Kind } from '#ledger/contracts/kinds/kind.ts';
import type { Struct } from '#ledger/contracts/shared/fields.ts';
import { intervalsOf } from '#ledger/contracts/shared/runs.ts';
import { areTerms, type Quantity } from '#ledger/contracts/shared/terms.ts';
import {
  FIELDS_OF_BUSINESS,
  PURPOSES,
  type FailedCondition,
  type StrategyArgs,
} from '#ledger/contracts/strategy/definition.ts';
import {
  DURATION_MS_MAX,
  DURATION_MS_MIN,
  INTERVALS_MAX,
  agreementEvent,
  type AgreementEvent,
  type agreementCodes,
} from './definition.ts';

/** A resource with its strategy in force. */
export type Offer = {
  owner: bigint;
  kind: Kind;
  kindName: string;
  isPublished: boolean;
  /** False while the node that serves it is suspended. */
  isReachable: boolean;
  agentKey: bigint;
  sourceId: string;
  strategyVersion: bigint;
  strategy: StrategyArgs;
};

/** What one agreement is asked for: an application, a part of an order, or a backup for the time that is left. */
export interface Wanted {
  readonly resource: bigint;
  readonly provider: bigint;
  readonly strategyVersion: bigint;
  readonly purpose: string;
  readonly fieldOfBusiness: string;
  readonly durationMs: bigint;
  readonly choices: Struct<'Term'>[];
  readonly amounts: Quantity[];
}

export interface Terms {
  readonly intervalMs: bigint;
  readonly deliveryMs: bigint;
  readonly openAgreementsMax: bigint;
  readonly feePerMille: bigint;
}

export type Fault = keyof typeof agreementCodes;

/** Faults of what is asked for, in order (502–505, 539, 506–510). */
export function wantedFault(wanted: Wanted, offer: Offer, account: bigint, terms: Terms): Fault | undefined {
  return offerFault(wanted, offer, account) ?? useFault(wanted, offer.kind, terms);
}

function offerFault(wanted: Wanted, offer: Offer, account: bigint): Fault | undefined {
  if (!offer.isPublished) return 'RESOURCE_NOT_PUBLISHED';
  if (offer.owner === account) return 'OWN_RESOURCE';
  if (offer.strategyVersion !== wanted.strategyVersion) return 'STRATEGY_CHANGED';
  if (offer.owner !== wanted.provider) return 'PROVIDER_MISMATCH';
  return offer.isReachable ? undefined : 'NODE_SUSPENDED';
}

function useFault(wanted: Wanted, kind: Kind, { intervalMs }: Terms): Fault | undefined {
  const { purpose, fieldOfBusiness, durationMs, choices, amounts } = wanted;
  if (!(PURPOSES as readonly string[]).includes(purpose)) return 'PURPOSE_UNKNOWN';
  if (!(FIELDS_OF_BUSINESS as readonly string[]).includes(fieldOfBusiness)) return 'FIELD_UNKNOWN';
  if (!areTerms(choices) || !kind.areChoicesSound(choices)) return 'CHOICE_INVALID';
  const isDuration = durationMs >= DURATION_MS_MIN && durationMs <= DURATION_MS_MAX;
  if (!isDuration || intervalsOf(durationMs, intervalMs) > INTERVALS_MAX) return 'DURATION_INVALID';
  const isSound = areAmountsOf(kind, amounts, askedMeters(kind)) && kind.areAmountsSound(amounts);
  return isSound ? undefined : 'ALLOWANCE_INVALID';
}

export function refusal(
  application: bigint,
  wanted: Wanted,
  ctx: Pick<CommandContext, 'account' | 'nowMs'>,
  failed: FailedCondition[],
): AgreementEvent {
  const facts = { application, customer: ctx.account, failed, refusedAtMs: ctx.nowMs };
  return agreementEvent('ApplicationRefused', { ...facts, ...wanted });
}

/** Where an agreement stands in its order, and what it takes. */
export interface Place {
  readonly agreement: bigint;
  readonly order: bigint;
  readonly part: bigint;
  readonly replaces: bigint;
  readonly continues: bigint;
  readonly customer: bigint;
  /** The operator by whose identification of the customer it is granted; 0 where it needs none. */
  readonly identifiedBy: bigint;
  readonly holdMicro: bigint;
  readonly backup: Struct<'Backup'>[];
  readonly encryptionKey: Uint8Array;
  readonly nowMs: bigint;
}

export function reservation(place: Place, wanted: Wanted, offer: Offer, terms: Terms): AgreementEvent {
  const { nowMs, ...placed } = place;
  const { agentKey, sourceId, kindName: kind, strategy } = offer;
  const { ways, prices, promise, degradedPerMille } = strategy;
  const { intervalMs, deliveryMs, feePerMille } = terms;
  return agreementEvent('AgreementReserved', {
    ...placed,
    ...wanted,
    kind,
    ways,
    prices,
    promise,
    degradedPerMille,
    agentKey,
    sourceId,
    intervalMs,
    feePerMille,
    reservedAtMs: nowMs,
    prepareByMs: nowMs + deliveryMs,
  });
}
