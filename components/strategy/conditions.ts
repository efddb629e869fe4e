import type { ShownKind } from '#components/kinds/kinds.ts';
import { countOf } from '#components/ui/count.ts';
import { DURATION_UNIT_NAMES, durationDraft, parseDuration, type DurationUnit } from '#components/ui/duration.ts';
import { accountLabel, durationInWords, formatCount, inWords } from '#components/ui/format.ts';
import { numberProblem, readNumber } from '#components/ui/number.ts';
import { roleName } from '#lib/shared/roles.ts';
import { BOUNDED, type Struct } from '#ledger/contracts/shared/fields.ts';
import { CONDITIONS_MAX, SENTENCE_MAX } from '#ledger/contracts/strategy/definition.ts';
import { alternatives, describeRule, formProblems, readRule } from './rule-form.ts';
import { ruleFault } from './rule-problem.ts';

/** A CEL rule and what must hold, in words. */
export type Condition = Struct<'Condition'>;

/** An account that is named in a condition. */
export interface Partner {
  readonly id: number;
  /** Its public name when it was chosen; empty where it has none. */
  readonly name: string;
}

/** What the forms about conditions hold; an empty list or text asks for nothing. */
export interface ConditionDraft {
  /** Only the partners are admitted: while none is named, nobody can be, and nothing is signed. */
  isNamed: boolean;
  /** Only accounts that an operator has identified are admitted. */
  isIdentified: boolean;
  partners: readonly Partner[];
  purposes: string[];
  fields: string[];
  /** The declared field of business must be one of the resource's own tags. */
  isRelevanceAsked: boolean;
  roles: string[];
  age: string;
  ageUnit: DurationUnit;
  completedOrders: string;
  /** At most this many orders broken. */
  brokenOrders: string;
  /** Rules of the provider's own, as they are signed; an empty sentence is the form's own. */
  expert: readonly Condition[];
}

export const EMPTY_CONDITIONS: ConditionDraft = {
  isNamed: false,
  isIdentified: false,
  partners: [],
  purposes: [],
  fields: [],
  isRelevanceAsked: false,
  roles: [],
  age: '',
  ageUnit: 'days',
  completedOrders: '',
  brokenOrders: '',
  expert: [],
};

/** The contract `identity` says by which operator an account is identified. */
const IDENTIFIED = 'applicant.identifiedBy != 0';

/** An age of more days is a slip: the ledger holds no longer length of time. */
const AGE_MS_MAX = BOUNDED.DurationMs;
const AGE_DAYS_MAX = Number(AGE_MS_MAX) / 86_400_000;
/** Orders of one account. */
const COUNT_MAX = 999_999n;

/** Accounts that one condition names at most: what a rule's list may hold. */
export const PARTNERS_MAX = 64;

/** What is wrong with one rule of the provider's own. */
export interface RuleErrors {
  readonly rule?: string;
  /** Of a rule that the form can say: by the comparison's place. */
  readonly tests?: readonly (string | undefined)[];
  readonly sentence?: string;
}
export type ConditionErrors = Partial<
  Record<'partners' | 'age' | 'completedOrders' | 'brokenOrders' | 'expert', string>
> & {
  /** By the rule's place. */
  readonly rules?: Readonly<Record<number, RuleErrors>>;
};
export type ParsedConditions = { ok: true; conditions: Condition[] } | { ok: false; errors: ConditionErrors };

/** A list literal of codes; codes are from fixed lists and carry no quotes. */
function listOf(codes: readonly string[]): string {
  return `[${codes.map((code) => `'${code.replaceAll(/[^A-Za-z0-9-]/g, '')}'`).join(', ')}]`;
}

function parseCount(text: string): number | undefined {
  const reading = readNumber(text, { decimals: 0 });
  return reading.ok && reading.value <= COUNT_MAX ? Number(reading.value) : undefined;
}

function wholeProblem(text: string, otherwise: string): string {
  return numberProblem(text, { decimals: 0 }) ?? otherwise;
}

/** Ids stand for themselves: a name can change, and the sentence stays on the ledger. */
function namedCondition(partners: readonly Partner[]): Condition {
  const ids = partners.map(({ id }) => id);
  const said = `the account must be ${alternatives(ids.map(accountLabel))}`;
  return {
    rule: `applicant.account in [${ids.join(', ')}]`,
    sentence: said.length <= SENTENCE_MAX ? said : `the account must be one of ${ids.length} that are named`,
  };
}

function declared(draft: ConditionDraft): Condition[] {
  const conditions: Condition[] = [];
  if (draft.isNamed && draft.partners.length > 0) conditions.push(namedCondition(draft.partners));
  if (draft.purposes.length > 0) {
    conditions.push({
      rule: `use.purpose in ${listOf(draft.purposes)}`,
      sentence: `purpose must be ${alternatives(draft.purposes.map(inWords))}`,
    });
  }
  if (draft.fields.length > 0) {
    conditions.push({
      rule: `use.field in ${listOf(draft.fields)}`,
      sentence: `field of business must be ${alternatives(draft.fields.map(inWords))}`,
    });
  }
  if (draft.isRelevanceAsked) {
    conditions.push({
      rule: 'use.field in resource.tags',
      sentence: 'field of business must be one of the tags of this resource',
    });
  }
  for (const role of draft.roles) {
    conditions.push({
      rule: `'${role}' in applicant.roles`,
      sentence: `the account must hold the role ${roleName(role)}`,
    });
  }
  return conditions;
}

/** Conditions on what the account has done so far, or what is wrong with each field. */
function recorded(draft: ConditionDraft): { conditions: Condition[]; errors: ConditionErrors } {
  const conditions: Condition[] = [];
  const errors: ConditionErrors = {};
  if (draft.isIdentified)
    conditions.push({ rule: IDENTIFIED, sentence: 'an operator must have identified the account' });
  if (draft.age.trim()) {
    const ageMs = parseDuration(draft.age, draft.ageUnit, AGE_MS_MAX);
    if (ageMs === undefined)
      errors.age = wholeProblem(
        draft.age,
        `The age must be a whole number from 1, at most ${formatCount(AGE_DAYS_MAX)} days.`,
      );
    else
      conditions.push({
        rule: `applicant.accountAgeMs >= ${ageMs}`,
        sentence: `the account must be at least ${durationInWords(ageMs)} old`,
      });
  }
  if (draft.completedOrders.trim()) {
    const count = parseCount(draft.completedOrders);
    if (count === undefined)
      errors.completedOrders = wholeProblem(draft.completedOrders, 'Completed orders must be at most 999,999.');
    else
      conditions.push({
        rule: `applicant.completedOrders >= ${count}`,
        sentence: `the account must have completed at least ${countOf(count, 'order')}`,
      });
  }
  if (draft.brokenOrders.trim()) {
    const count = parseCount(draft.brokenOrders);
    if (count === undefined)
      errors.brokenOrders = wholeProblem(draft.brokenOrders, 'Broken orders must be at most 999,999.');
    else
      conditions.push({
        rule: `applicant.brokenOrders <= ${count}`,
        sentence:
          count === 0
            ? 'the account must not have broken any order'
            : `the account must have broken at most ${countOf(count, 'order')}`,
      });
  }
  return { conditions, errors };
}

/** What must hold by a rule, as the form says it; empty for a rule that the form cannot say. */
export function ownSentence(kind: ShownKind, rule: string): string {
  const reading = readRule(kind, rule);
  return reading.ok ? describeRule(kind, reading.form) : '';
}

/** A rule of the provider's own as it is signed, or what is wrong with it. */
function parseOwn(
  kind: ShownKind,
  written: Condition,
): { ok: true; condition: Condition } | { ok: false; errors: RuleErrors } {
  const rule = written.rule.trim();
  const sentence = written.sentence.trim() || ownSentence(kind, rule);
  const reading = readRule(kind, rule);
  const tests = reading.ok ? formProblems(kind, reading.form) : [];
  const isTyped = tests.every((problem) => problem === undefined);
  const fault = isTyped ? ruleFault(kind, rule) : undefined;
  const isSaid = sentence !== '' && sentence.length <= SENTENCE_MAX && !/\p{Cc}/u.test(sentence);
  if (isTyped && fault === undefined && isSaid) return { ok: true, condition: { rule, sentence } };
  const errors = {
    ...(isTyped ? {} : { tests }),
    ...(fault === undefined ? {} : { rule: fault }),
    ...(isSaid
      ? {}
      : { sentence: `Say on one line what must hold, in at most ${SENTENCE_MAX} characters: a refusal shows it.` }),
  };
  return { ok: false, errors };
}

/** Rules and sentences from the forms, or what is wrong with each field: the contract admits whatever is given back. */
export function parseConditions(kind: ShownKind, draft: ConditionDraft): ParsedConditions {
  const { conditions: record, errors } = recorded(draft);
  if (draft.isNamed && draft.partners.length === 0)
    errors.partners = 'Name at least one account; until then nobody could be admitted.';
  if (draft.partners.length > PARTNERS_MAX) errors.partners = `At most ${PARTNERS_MAX} accounts.`;
  const conditions = [...declared(draft), ...record];
  const rules: Record<number, RuleErrors> = {};
  draft.expert.forEach((written, index) => {
    const parsed = parseOwn(kind, written);
    if (parsed.ok) conditions.push(parsed.condition);
    else rules[index] = parsed.errors;
  });
  if (conditions.length > CONDITIONS_MAX) errors.expert = `At most ${CONDITIONS_MAX} conditions.`;
  const all = Object.keys(rules).length > 0 ? { ...errors, rules } : errors;
  return Object.keys(all).length > 0 ? { ok: false, errors: all } : { ok: true, conditions };
}

export const AGE_UNITS = DURATION_UNIT_NAMES;

const LIST = /^use\.(purpose|field) in \[('[a-z-]+'(?:, '[a-z-]+')*)\]$/;
const NAMED = /^applicant\.account in \[(\d{1,15}(?:, \d{1,15})*)\]$/;
const COUNTED = /^applicant\.(accountAgeMs >=|completedOrders >=|brokenOrders <=) (\d{1,15})$/;
const ROLE = /^'([A-Z]+)' in applicant\.roles$/;

/** The draft with what this condition asks for in the field of the form that writes it; undefined where none does. */
function withCondition(draft: ConditionDraft, rule: string): ConditionDraft | undefined {
  const [, about, list] = LIST.exec(rule) ?? [];
  if (list !== undefined) {
    const codes = list.split(', ').map((code) => code.slice(1, -1));
    return about === 'purpose' ? { ...draft, purposes: codes } : { ...draft, fields: codes };
  }
  const named = NAMED.exec(rule)?.[1];
  if (named !== undefined)
    return { ...draft, isNamed: true, partners: named.split(', ').map((id) => ({ id: Number(id), name: '' })) };
  if (rule === IDENTIFIED) return { ...draft, isIdentified: true };
  if (rule === 'use.field in resource.tags') return { ...draft, isRelevanceAsked: true };
  const role = ROLE.exec(rule)?.[1];
  if (role !== undefined) return { ...draft, roles: [...draft.roles, role] };
  const [, counted, count = ''] = COUNTED.exec(rule) ?? [];
  if (counted === undefined) return undefined;
  if (counted.startsWith('completed')) return { ...draft, completedOrders: count };
  if (counted.startsWith('broken')) return { ...draft, brokenOrders: count };
  const { duration, durationUnit } = durationDraft(Number(count));
  return { ...draft, age: duration, ageUnit: durationUnit };
}

/**
 * The draft of conditions that stand. Each comes into the field that writes it; where the fields together would write others, or in another
 * order, all stand as rules of the provider's own, so that nothing is changed by opening the form.
 */
export function conditionsDraft(kind: ShownKind, conditions: readonly Condition[]): ConditionDraft {
  const own = conditions.map(({ rule, sentence }) => ({ rule, sentence }));
  const draft = own.reduce<ConditionDraft>(
    (before, condition) =>
      withCondition(before, condition.rule) ?? { ...before, expert: [...before.expert, condition] },
    EMPTY_CONDITIONS,
  );
  const parsed = parseConditions(kind, draft);
  return parsed.ok && JSON.stringify(parsed.conditions) === JSON.stringify(own)
    ? draft
    : { ...EMPTY_CONDITIONS, expert: own };
}
