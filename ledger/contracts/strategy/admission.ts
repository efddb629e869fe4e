import { askedMeters, type Kind } from '#ledger/contracts/kinds/kind.ts';
import { amountOf, termOf, type Quantity, type Term } from '#ledger/contracts/shared/terms.ts';
import type { FailedCondition, StrategyArgs } from './definition.ts';
import { compileRule, failedRules, type RuleInput } from './rule.ts';
import { countInWords, durationInWords, timeInWords } from '#ledger/contracts/shared/amount-words.ts';

/** What an applicant brings, as the rules see it: `applicant.*`, `use.*`, `resource.*`, `nowMs`. */
export type Applicant = {
  account: bigint;
  roles: string[];
  accountAgeMs: bigint;
  completedOrders: bigint;
  brokenOrders: bigint;
  /** From 0 to 1000, as the contract credit evaluates it. */
  credit: bigint;
  /** The operator that has identified the account, 0 for none. */
  identifiedBy: bigint;
};
export type IntendedUse = {
  purpose: string;
  field: string;
  durationMs: bigint;
  choices: readonly Term[];
  amounts: readonly Quantity[];
};

export interface Application {
  readonly applicant: Applicant;
  readonly use: IntendedUse;
  readonly resource: { readonly tags: readonly string[]; readonly kind: string };
  readonly nowMs: bigint;
}

/** Every condition that does not hold: built-in limits first (index −1), then the provider's in order. Empty means admitted. */
export function failedConditions(strategy: StrategyArgs, kind: Kind, application: Application): FailedCondition[] {
  return [
    ...failedTimes(strategy, application),
    ...kind.failedChoices(strategy, application.use.choices),
    ...failedAmounts(strategy, kind, application.use.amounts),
    ...failedRules(strategy.conditions, ruleInput(kind, application)),
  ];
}

/** Whether a condition that reads by whom the applicant is identified does not hold; false where none reads it. */
export function identityFails(strategy: StrategyArgs, kind: Kind, application: Application): boolean {
  const reading = strategy.conditions.filter(({ rule }) => {
    const compiled = compileRule(rule);
    return typeof compiled !== 'string' && compiled.reads.includes('applicant.identifiedBy');
  });
  return reading.length > 0 && failedRules(reading, ruleInput(kind, application)).length > 0;
}

function limit(sentence: string, values: FailedCondition['values']): FailedCondition {
  return { index: -1n, sentence, values, error: '' };
}

function failedTimes(strategy: StrategyArgs, { use, nowMs }: Application): FailedCondition[] {
  const { opensAtMs, closesAtMs, useMsMax } = strategy;
  const now = { name: 'nowMs', value: nowMs.toString() };
  const duration = { name: 'use.durationMs', value: use.durationMs.toString() };
  const failed: FailedCondition[] = [];
  if (opensAtMs > nowMs) failed.push(limit(`use must begin at ${timeInWords(opensAtMs)} or later`, [now]));
  if (closesAtMs !== 0n && nowMs + use.durationMs > closesAtMs)
    failed.push(limit(`use must end by ${timeInWords(closesAtMs)}`, [now, duration]));
  if (use.durationMs > useMsMax) failed.push(limit(`use must be at most ${durationInWords(useMsMax)}`, [duration]));
  return failed;
}

function failedAmounts({ limits }: StrategyArgs, kind: Kind, amounts: readonly Quantity[]): FailedCondition[] {
  return limits.flatMap(({ meter, amount }) => {
    const asked = amountOf(amounts, meter);
    if (asked <= amount) return [];
    const most = countInWords(amount, kind.meters[meter]?.unit ?? meter);
    return [limit(`use must be at most ${most}`, [{ name: `use.amount.${meter}`, value: asked.toString() }])];
  });
}

/** What a rule may read, absent choices as '' and absent amounts as 0. */
export function ruleInput(kind: Kind, { applicant, use, resource, nowMs }: Application): RuleInput {
  const { choices, amounts, ...declared } = use;
  const choice = Object.fromEntries(Object.keys(kind.choices).map((name) => [name, termOf(choices, name) ?? '']));
  const amount = Object.fromEntries(askedMeters(kind).map((meter) => [meter, amountOf(amounts, meter)]));
  return {
    applicant,
    use: { ...declared, choice, amount },
    resource: { ...resource, tags: [...resource.tags] },
    nowMs,
  };
}
