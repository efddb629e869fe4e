import { problemInWords } from '#components/strategy/rule-problem.ts';
import { ACCESS_VARIABLES, accessProblem, failedRules, type AccessFacts } from '#ledger/contracts/node/access.ts';
import type { RegisteredClass } from '#ledger/contracts/node/definition.ts';
import type { AccessRulesDto, NodeFactsDto, TermDto } from '#lib/shared/dto.ts';

export type AccessRule = AccessRulesDto['rules'][number];

/** One rule held against one node. `values` are what it read, and `error` why it could not be evaluated: both empty where it holds. */
export interface RuleVerdict {
  readonly sentence: string;
  readonly isMet: boolean;
  readonly values: readonly TermDto[];
  readonly error: string;
}

function accessFactsOf({ node, operator }: NodeFactsDto, nowMs: number): AccessFacts {
  return {
    operator: { account: BigInt(operator.account), roles: operator.roles, credit: BigInt(operator.credit) },
    node: {
      // Whoever registered itself is no validator.
      class: node.class as RegisteredClass,
      software: node.software ?? '',
      endpoint: node.endpoint ?? '',
      failedAttempts: BigInt(node.failedAttempts),
    },
    nowMs: BigInt(nowMs),
  };
}

/** What the contract would say of each rule for this node, in their order, by its own code [6.2.1-b]. */
export function verdictsOf(rules: readonly AccessRule[], facts: NodeFactsDto, nowMs: number): RuleVerdict[] {
  const failed = failedRules(rules, accessFactsOf(facts, nowMs));
  return rules.map(({ sentence }, index) => {
    const found = failed.find((one) => one.index === BigInt(index));
    return { sentence, isMet: found === undefined, values: found?.values ?? [], error: found?.error ?? '' };
  });
}

/** `3 of 4 rules are met`. */
export function verdictsInWords(verdicts: readonly RuleVerdict[]): string {
  if (verdicts.length === 0) return 'No rule is in force: it would be admitted';
  const met = verdicts.filter(({ isMet }) => isMet).length;
  const of = `${met} of ${verdicts.length} ${verdicts.length === 1 ? 'rule is' : 'rules are'} met`;
  return met === verdicts.length ? `${of}: it would be admitted` : `${of}: it would be refused`;
}

/** `node.software.number: 1000`: what a rule read of this node, and why it could not be evaluated. */
export function foundInWords({ values, error }: Pick<RuleVerdict, 'values' | 'error'>): string {
  const read = values.map(({ name, value }) => `${name}: ${value === '' ? 'empty' : value}`);
  return [...read, ...(error === '' ? [] : [error])].join(', ');
}

/** What a rule for access may read. */
export const ACCESS_NAMES: readonly string[] = Object.keys(ACCESS_VARIABLES);

/** Why a text cannot be a rule for access, in a sentence that names the place; undefined when it can. */
export function accessFault(rule: string): string | undefined {
  const problem = accessProblem(rule);
  if (problem === undefined) return undefined;
  return problemInWords(problem, { rule, names: ACCESS_NAMES, example: 'node.software.number >= 1000' });
}
