import { DURATION_MS_MAX } from '#ledger/contracts/agreement/definition.ts';
import type { DemandFacts } from '#ledger/contracts/demand/facts.ts';
import { analyse, type AnalysisNeeds } from './analysis.ts';

/** More than any plan can hold. */
const ANY_BUDGET_MICRO = (1n << 63n) - 1n;
/** How many times as long a demand is tried. */
const LONGER = [2n, 8n] as const;

/** What of a demand as a whole is too little, where offers stand that fit it one by one: 0 for what would not help. */
export type Together = {
  /** The least budget with which there is a plan. */
  budgetMicro: bigint;
  /** A time in which fewer of them have to run at once, with which there is one. */
  durationMs: bigint;
};

/** Tries the demand with any budget, and with more time. A question to a node, never part of a block: it makes three analyses at most. */
export function together(of: { demand: DemandFacts; nowMs: bigint }, needs: AnalysisNeeds): Together {
  const { demand, nowMs } = of;
  const dear = analyse({ ...demand, budgetMicro: ANY_BUDGET_MICRO }, nowMs, needs).plans;
  const holds = dear.map(({ holdMicro }) => holdMicro);
  const budgetMicro = holds.reduce((least, hold) => (least === 0n || hold < least ? hold : least), 0n);
  const isDivided = demand.work.length > 0 && budgetMicro === 0n;
  const longer = isDivided ? LONGER.map((times) => demand.durationMs * times) : [];
  const enough = longer.find(
    (durationMs) =>
      durationMs <= DURATION_MS_MAX &&
      analyse({ ...demand, durationMs, budgetMicro: ANY_BUDGET_MICRO }, nowMs, needs).plans.length > 0,
  );
  return { budgetMicro, durationMs: enough ?? 0n };
}
