import type { FailedCondition, StrategyArgs } from './definition.ts';
import type { Applicant, IntendedUse } from './contract.ts';
import { compileRule, type RuleInput } from './rule.ts';
import { countInWords, durationInWords, timeInWords } from './words.ts';

export interface Application {
  readonly applicant: Applicant;
  readonly use: IntendedUse;
  readonly resource: { readonly tags: readonly string[]; readonly kind: string };
  readonly nowMs: bigint;
}

/** Every condition that does not hold: built-in limits first (index −1), then the provider's in order. Empty means admitted. */
export function failedConditions(strategy: StrategyArgs, application: Application): FailedCondition[] {
  return [...failedLimits(strategy, application), ...failedRules(strategy, application)];
}

function failedLimits(strategy: StrategyArgs, { use, nowMs }: Application): FailedCondition[] {
  const { opensAtMs, closesAtMs, useMsMax, formats, callsMax, bytesMax } = strategy;
  const failed: FailedCondition[] = [];
  const refuse = (sentence: string, values: FailedCondition['values']) =>
    failed.push({ index: -1n, sentence, values, error: '' });
  const now = { name: 'nowMs', value: nowMs.toString() };
  const duration = { name: 'use.durationMs', value: use.durationMs.toString() };
  if (opensAtMs > nowMs) refuse(`use must begin at ${timeInWords(opensAtMs)} or later`, [now]);
  if (closesAtMs !== 0n && nowMs + use.durationMs > closesAtMs) {
    refuse(`use must end by ${timeInWords(closesAtMs)}`, [now, duration]);
  }
  if (use.durationMs > useMsMax) refuse(`use must be at most ${durationInWords(useMsMax)}`, [duration]);
  if (!formats.includes(use.format)) {
    refuse(`format must be ${listInWords(formats)}`, [{ name: 'use.format', value: use.format }]);
  }
  if (use.calls > callsMax) {
    refuse(`use must be at most ${countInWords(callsMax, 'call')}`, [
      { name: 'use.calls', value: use.calls.toString() },
    ]);
  }
  if (use.bytes > bytesMax) {
    refuse(`use must be at most ${countInWords(bytesMax, 'byte')}`, [
      { name: 'use.bytes', value: use.bytes.toString() },
    ]);
  }
  return failed;
}

function listInWords(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} or ${items.at(-1)}`;
}

function failedRules(strategy: StrategyArgs, application: Application): FailedCondition[] {
  const { applicant, use, resource, nowMs } = application;
  const input: RuleInput = { applicant, use, resource: { tags: [...resource.tags], kind: resource.kind }, nowMs };
  return strategy.conditions.flatMap(({ rule, sentence }, index) => {
    const compiled = compileRule(rule);
    const reads = typeof compiled === 'string' ? [] : compiled.reads;
    // A recorded rule was admitted, so this is a rule of an older version of the subset: it refuses, and says so.
    const outcome =
      typeof compiled === 'string' ? { error: 'the rule is not admitted any more' } : compiled.holds(input);
    if (outcome === true) return [];
    const values = reads.map((name) => ({ name, value: valueAt(input, name) }));
    return [{ index: BigInt(index), sentence, values, error: outcome === false ? '' : outcome.error }];
  });
}

function valueAt(input: RuleInput, path: string): string {
  const [first, second] = path.split('.') as ['applicant' | 'use' | 'resource' | 'nowMs', string?];
  const value = first === 'nowMs' ? input.nowMs : input[first][second ?? ''];
  return Array.isArray(value) ? value.join(', ') : String(value);
}
