import type { Struct } from '#ledger/contracts/shared/fields.ts';

/** What was asked for, as the planner reads it: the published demand without its times and its status. */
export interface DemandFacts {
  readonly customer: bigint;
  readonly purpose: string;
  readonly fieldOfBusiness: string;
  readonly needs: readonly Struct<'Need'>[];
  /** One at most; the first need of kind `computing` carries it. */
  readonly work: readonly Struct<'Work'>[];
  readonly durationMs: bigint;
  readonly budgetMicro: bigint;
  readonly backup: boolean;
}
