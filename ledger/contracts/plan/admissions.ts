import type { Wanted } from '#ledger/contracts/agreement/application.ts';
import type { DemandFacts } from '#ledger/contracts/demand/facts.ts';
import { amountOf, type Quantity } from '#ledger/contracts/shared/terms.ts';
import type { FailedCondition } from '#ledger/contracts/strategy/definition.ts';
import type { Admission } from './candidates.ts';
import type { ExactPart } from './exact.ts';
import type { IndexedOffer } from './offers.ts';

export interface ConditionNeeds {
  /** Every condition of the strategy in force that does not hold for this account and use. */
  failedConditions(wanted: Wanted, account: bigint, nowMs: bigint): readonly FailedCondition[];
}

/** Strategies whose conditions are evaluated for one demand at most; those beyond count as refusing. */
const EVALUATIONS_MAX = 1_024;

/** Asks providers' conditions about one demand, each question once. */
export class Admissions {
  readonly #demand: DemandFacts;
  readonly #nowMs: bigint;
  readonly #needs: ConditionNeeds;
  readonly #answers = new Map<string, boolean>();
  #evaluations = 0;

  constructor(demand: DemandFacts, nowMs: bigint, needs: ConditionNeeds) {
    this.#demand = demand;
    this.#nowMs = nowMs;
    this.#needs = needs;
  }

  /** Whether an offer's conditions hold; 'by-amounts' when they may depend on how much is asked for. */
  ofOffer(part: ExactPart, offer: IndexedOffer): Admission {
    // Only the whole of a part has its amounts known beforehand.
    if (part.unitsMax > 1n && readsAmounts(offer)) return 'by-amounts';
    return this.ofUse(part, offer, smallest(part)) ? 'admitted' : 'refused';
  }

  /** Whether they hold for exactly this use. */
  ofUse(part: ExactPart, offer: IndexedOffer, amounts: Quantity[]): boolean {
    const { conditions } = offer.strategy;
    const { choices } = part.need;
    // Times and limits were compared before, and a way is all that a choice may not fit.
    if (conditions.length === 0 && choices.length === 0) return true;
    const exact = readsAmounts(offer) ? amounts.map(({ amount }) => amount).join() : '';
    const key = `${part.place}/${offer.resource}/${exact}`;
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    if (this.#evaluations === EVALUATIONS_MAX) return false;
    this.#evaluations += 1;
    const isAdmitted = this.failed(part, offer, amounts).length === 0;
    this.#answers.set(key, isAdmitted);
    return isAdmitted;
  }

  /** Every condition that does not hold for this use, asked anew. */
  failed(part: ExactPart, offer: IndexedOffer, amounts: Quantity[]): readonly FailedCondition[] {
    const { purpose, fieldOfBusiness, durationMs, customer } = this.#demand;
    const { resource, provider, strategyVersion } = offer;
    const { choices } = part.need;
    const wanted = { resource, provider, strategyVersion, purpose, fieldOfBusiness, durationMs, choices, amounts };
    return this.#needs.failedConditions(wanted, customer, this.#nowMs);
  }
}

/** Whether a rule may read an amount: any that has the word, since rules can be written in many ways. */
function readsAmounts({ strategy }: IndexedOffer): boolean {
  return strategy.conditions.some(({ rule }) => rule.includes('amount'));
}

/** One unit with one sub-task: the whole, where a part is not divided. */
export function smallest({ meters, held, fixed, perSubtask }: ExactPart): Quantity[] {
  return meters.map((meter) => {
    const amount = amountOf(held, meter) || amountOf(fixed, meter) + amountOf(perSubtask, meter);
    return { meter, amount };
  });
}
