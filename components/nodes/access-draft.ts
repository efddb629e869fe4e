import { countOf } from '#components/ui/count.ts';
import { rulesFault } from '#ledger/contracts/node/access.ts';
import { ACCESS_RULES_MAX, ACCESS_SENTENCE_MAX } from '#ledger/contracts/node/definition.ts';
import { isLine } from '#ledger/contracts/shared/line.ts';
import { accessFault, type AccessRule } from './access.ts';

export interface AccessErrors {
  readonly rule?: string;
  readonly sentence?: string;
}

export type ParsedAccess =
  | { readonly ok: true; readonly rules: AccessRule[] }
  /** By the rule's place; `all` of the list as a whole. */
  | { readonly ok: false; readonly errors: readonly AccessErrors[]; readonly all?: string };

/** Rules as they are signed, or what is wrong with each: the contract admits whatever is given back, because it decides by the same code. */
export function parseAccess(draft: readonly AccessRule[]): ParsedAccess {
  const rules = draft.map(({ rule, sentence }) => ({ rule: rule.trim(), sentence: sentence.trim() }));
  const errors = rules.map(({ rule, sentence }): AccessErrors => {
    const fault = accessFault(rule);
    const isSaid = isLine(sentence, { lengthMax: ACCESS_SENTENCE_MAX });
    return {
      ...(fault === undefined ? {} : { rule: fault }),
      ...(isSaid
        ? {}
        : {
            sentence: `Say on one line what must hold, in at most ${ACCESS_SENTENCE_MAX} characters: a refusal shows it.`,
          }),
    };
  });
  if (rules.length > ACCESS_RULES_MAX)
    return { ok: false, errors, all: `There can be at most ${countOf(ACCESS_RULES_MAX, 'rule')}: remove some.` };
  if (rulesFault(rules) !== undefined) return { ok: false, errors };
  return { ok: true, rules };
}

/** Whether two lists say the same: a vote on what is in force already decides nothing. */
export function areSame(left: readonly AccessRule[], right: readonly AccessRule[]): boolean {
  return (
    left.length === right.length &&
    left.every((one, index) => one.rule === right[index]?.rule && one.sentence === right[index].sentence)
  );
}
