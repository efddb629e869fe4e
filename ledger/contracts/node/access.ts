import {
  ruleLanguage,
  type RuleFault,
  type RuleProblem,
  type RuleType,
  type RuleValues,
} from '#ledger/contracts/shared/rule-language.ts';
import { failedOf } from '#ledger/contracts/shared/failed-rules.ts';
import type { Struct } from '#ledger/contracts/shared/fields.ts';
import { isLine } from '#ledger/contracts/shared/line.ts';
import { ACCESS_RULES_MAX, ACCESS_SENTENCE_MAX, type RegisteredClass } from './definition.ts';
import { isLoopback, versionOf } from './node-words.ts';

/** The security strategy for access [6.2.1-b, 8.2.5-b]: rules about a node and its operator, each with its sentence, decided by vote. */

export type AccessRule = Struct<'Condition'>;

/** What the rules for access may read, by path. `node.software.number` is major × 10^6 + minor × 10^3 + patch. */
export const ACCESS_VARIABLES: Readonly<Record<string, RuleType>> = {
  'operator.account': 'int',
  'operator.roles': 'strings',
  'operator.credit': 'int',
  'node.class': 'string',
  'node.software.major': 'int',
  'node.software.minor': 'int',
  'node.software.patch': 'int',
  'node.software.number': 'int',
  'node.endpoint': 'string',
  'node.isTls': 'bool',
  'node.failedAttempts': 'int',
  nowMs: 'int',
};

/** What is known of a node that asks to be admitted. */
export interface AccessFacts {
  readonly operator: { readonly account: bigint; readonly roles: readonly string[]; readonly credit: bigint };
  readonly node: {
    readonly class: RegisteredClass;
    readonly software: string;
    readonly endpoint: string;
    readonly failedAttempts: bigint;
  };
  readonly nowMs: bigint;
}

const language = ruleLanguage((path) => (Object.hasOwn(ACCESS_VARIABLES, path) ? ACCESS_VARIABLES[path] : undefined));

function valuesOf({ operator, node, nowMs }: AccessFacts): RuleValues {
  const { class: kind, software, endpoint, failedAttempts } = node;
  const { major, minor, patch } = versionOf(software) ?? { major: 0n, minor: 0n, patch: 0n };
  const number = major * 1_000_000n + minor * 1_000n + patch;
  return {
    operator: { ...operator, roles: [...operator.roles] },
    node: {
      class: kind,
      software: { major, minor, patch, number },
      endpoint,
      isTls: endpoint.startsWith('https://') || isLoopback(endpoint),
      failedAttempts,
    },
    nowMs,
  };
}

/** Why these cannot be the rules for access, by the name of its code; undefined when they can. */
export function rulesFault(
  rules: readonly AccessRule[],
): 'RULES_INVALID' | 'RULE_INVALID' | 'RULE_TOO_COSTLY' | undefined {
  if (rules.length > ACCESS_RULES_MAX) return 'RULES_INVALID';
  if (!rules.every(({ sentence }) => isLine(sentence, { lengthMax: ACCESS_SENTENCE_MAX }))) return 'RULES_INVALID';
  const compiled: (RuleFault | object)[] = rules.map(({ rule }) => language.compile(rule));
  if (compiled.includes('invalid')) return 'RULE_INVALID';
  return compiled.includes('too-costly') ? 'RULE_TOO_COSTLY' : undefined;
}

/** Why a text cannot be a rule for access: the first part of it that is wrong; undefined when it can. */
export function accessProblem(text: string): RuleProblem | undefined {
  return language.problem(text);
}

/** Every rule that does not hold, in order; none: the node may be admitted. */
export function failedRules(rules: readonly AccessRule[], facts: AccessFacts): Struct<'FailedCondition'>[] {
  return failedOf(language, rules, valuesOf(facts));
}
