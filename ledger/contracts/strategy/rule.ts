import { failedOf } from '#ledger/contracts/shared/failed-rules.ts';
import type { Struct } from '#ledger/contracts/shared/fields.ts';
import {
  ruleLanguage,
  type CompiledRule,
  type RuleFault,
  type RuleProblem,
  type RuleType,
} from '#ledger/contracts/shared/rule-language.ts';
import type { CborValue } from '#ledger/core/codec.ts';

/** What a rule may read, by path; besides these, `use.choice.<name>` and `use.amount.<meter>` of the resource's kind. */
export const RULE_VARIABLES: Readonly<Record<string, RuleType>> = {
  'applicant.account': 'int',
  'applicant.roles': 'strings',
  'applicant.accountAgeMs': 'int',
  'applicant.completedOrders': 'int',
  'applicant.brokenOrders': 'int',
  'applicant.credit': 'int',
  'applicant.identifiedBy': 'int',
  'use.purpose': 'string',
  'use.field': 'string',
  'use.durationMs': 'int',
  'resource.tags': 'strings',
  'resource.kind': 'string',
  nowMs: 'int',
};

/** Values of what a rule may read: integers, strings, lists of strings, and choices and amounts by name. */
export type RuleInput = {
  readonly applicant: { readonly [name: string]: CborValue };
  readonly use: {
    readonly [name: string]: CborValue;
    readonly choice: { readonly [name: string]: string };
    readonly amount: { readonly [meter: string]: bigint };
  };
  readonly resource: { readonly [name: string]: CborValue };
  readonly nowMs: bigint;
};

export type Rule = CompiledRule<RuleInput>;

const KIND_NAME = /^use\.(choice|amount)\.[a-z][A-Za-z0-9]{0,31}$/;

function typeOfPath(path: string): RuleType | undefined {
  const own = KIND_NAME.exec(path)?.[1];
  if (own !== undefined) return own === 'choice' ? 'string' : 'int';
  return Object.hasOwn(RULE_VARIABLES, path) ? RULE_VARIABLES[path] : undefined;
}

const language = ruleLanguage<RuleInput>(typeOfPath);

/** A rule of the admitted subset of CEL, ready to run; the fault otherwise. The most recent ones are kept. */
export function compileRule(text: string): Rule | RuleFault {
  return language.compile(text);
}

/** Why `compileRule` does not admit the text: the first part of it that is wrong; undefined when it does. */
export function ruleProblem(text: string): RuleProblem | undefined {
  return language.problem(text);
}

/** Every rule that does not hold, in order. */
export function failedRules(conditions: readonly Struct<'Condition'>[], input: RuleInput): Struct<'FailedCondition'>[] {
  return failedOf(language, conditions, input);
}

/** Choices and amounts that the rule reads, to be held against what a kind has. */
export function namesOfKind(rule: Rule): { choices: string[]; amounts: string[] } {
  const names = (prefix: string): string[] =>
    rule.reads.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
  return { choices: names('use.choice.'), amounts: names('use.amount.') };
}
