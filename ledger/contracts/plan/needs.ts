import type { Decision, StateReader, StateWriter } from '#ledger/core/decision.ts';
import type { Result } from '#ledger/core/result.ts';
import type { EndReason } from '#ledger/contracts/agreement/definition.ts';
import type { Wanted } from '#ledger/contracts/agreement/application.ts';
import type { Buyer } from '#ledger/contracts/agreement/order.ts';
import type { Handover } from '#ledger/contracts/agreement/replacement.ts';
import type { AgreementRecord } from '#ledger/contracts/agreement/record.ts';
import type { DemandRecord } from '#ledger/contracts/demand/record.ts';
import type { Struct } from '#ledger/contracts/shared/fields.ts';
import type { FailedCondition } from '#ledger/contracts/kinds/kind.ts';
import type { Analysis } from './analysis.ts';
import type { PlanEvent } from './definition.ts';
import type { IndexedOffer } from './offers.ts';

/** What the plan contract asks of others. */
export interface PlanNeeds<Event> {
  demand(demand: bigint): DemandRecord | undefined;
  /** A plan was chosen: the demand closes. */
  decideDemand(demand: bigint, record: DemandRecord, nowMs: bigint): Decision<Event>;
  analyse(record: DemandRecord, nowMs: bigint): Analysis;
  /** False when this block has searched for as many plans as one may: the rest waits for the next. */
  maySearch(): boolean;
  /** Estimated cost and time of a broker's plan; undefined when it does not meet the demand. */
  checkProposal(
    record: DemandRecord,
    proposed: { parts: readonly Struct<'Part'>[]; shares: readonly Struct<'Share'>[] },
    nowMs: bigint,
  ): { estimateMicro: bigint; workMs: bigint } | undefined;
  /** All parts or none; `data` says `{agreement}` of the first, or `{refused}`. */
  placeOrder(
    order: {
      record: DemandRecord;
      parts: readonly Struct<'Part'>[];
      encryptionKey: Uint8Array;
      /** Signs vouchers of every part; zeros for none. */
      voucherKey: Uint8Array;
    },
    buyer: Buyer,
  ): Result<Decision<Event>>;
  /** The broker's fee: the events, or which of both it is too much for. */
  payFee(of: {
    customer: bigint;
    key: bigint;
    broker: bigint;
    feeMicro: bigint;
  }): { readonly events: readonly Event[] } | { readonly short: 'FEE_BALANCE_TOO_LOW' | 'SPENDING_CAP_EXCEEDED' };
  isBroker(account: bigint): boolean;
  /** The key of an account that signed earlier may still sign: it was neither revoked nor has it expired. */
  isKeyLive(account: bigint, key: bigint, nowMs: bigint): boolean;
  /** Open demands that wait to be matched together, oldest first. */
  waitingDemands(): readonly bigint[];
  /** Published offers of a kind, in any order. */
  offers(kind: string): Iterable<IndexedOffer>;
  failedConditions(wanted: Wanted, account: bigint, nowMs: bigint): readonly FailedCondition[];
  agreement(agreement: bigint): AgreementRecord | undefined;
  /** Ends one that runs; nothing when it has ended. */
  endAgreement(agreement: bigint, of: { reason: EndReason; by: bigint; nowMs: bigint }): Decision<Event>;
  /** The backup takes the place of an agreement that runs, which ends; undefined when there is none, or it cannot. */
  drawBackup(
    agreement: bigint,
    of: { handover: Handover; nowMs: bigint },
  ): { replacement: bigint; decision: Decision<Event> } | undefined;
  /** What one that has ended finished is decided: its bill waits no longer, and a wrong one is not paid. */
  judge(agreement: bigint, of: { isWrong: boolean; nowMs: bigint }): Decision<Event>;
  parameter(name: 'planMs' | 'rangeGraceMs' | 'deliveryMs' | 'epochMs'): bigint;
  /** The same needs, answered from another state. */
  at(state: StateReader): PlanNeeds<Event>;
  /** Writes what an event of any contract says. */
  evolve(state: StateWriter, event: PlanEvent | Event): void;
}
