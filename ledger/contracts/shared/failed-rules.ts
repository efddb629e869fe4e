import type { Struct } from './fields.ts';
import { valueRead, type RuleLanguage, type RuleValues } from './rule-language.ts';

/** Every rule that does not hold with these values, in order, with what it read; none when all do. */
export function failedOf<Values extends RuleValues>(
  { compile }: RuleLanguage<Values>,
  rules: readonly Struct<'Condition'>[],
  values: Values,
): Struct<'FailedCondition'>[] {
  return rules.flatMap(({ rule, sentence }, index) => {
    const compiled = compile(rule);
    const reads = typeof compiled === 'string' ? [] : compiled.reads;
    // A recorded rule was admitted, so this is a rule of an older version of the subset: it refuses, and says so.
    const outcome =
      typeof compiled === 'string' ? { error: 'the rule is not admitted any more' } : compiled.holds(values);
    if (outcome === true) return [];
    const read = reads.map((name) => ({ name, value: valueRead(values, name) }));
    return [{ index: BigInt(index), sentence, values: read, error: outcome === false ? '' : outcome.error }];
  });
}
