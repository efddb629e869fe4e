import { DURATION_UNITS, parseDuration, type DurationUnit } from '#components/ledger/intended-use.ts';
import { durationInWords, inWords, roleName } from '#components/ui/format.ts';

/** A CEL rule and what must hold, in words. */
export interface Condition {
  rule: string;
  sentence: string;
}

/** What the forms about conditions hold; an empty list or text asks for nothing. */
export interface ConditionDraft {
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
  /** Written by hand. */
  expert: Condition[];
}

export const EMPTY_CONDITIONS: ConditionDraft = {
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

export const CONDITIONS_MAX = 20;
export const SENTENCE_LENGTH_MAX = 200;
export const RULE_LENGTH_MAX = 1_024;

export type ConditionErrors = Partial<Record<'age' | 'completedOrders' | 'brokenOrders' | 'expert', string>>;
export type ParsedConditions = { ok: true; conditions: Condition[] } | { ok: false; errors: ConditionErrors };

function alternatives(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}

/** A list literal of codes; codes are from fixed lists and carry no quotes. */
function listOf(codes: readonly string[]): string {
  return `[${codes.map((code) => `'${code.replaceAll(/[^A-Za-z0-9-]/g, '')}'`).join(', ')}]`;
}

function parseCount(text: string): number | undefined {
  return /^\d{1,6}$/.test(text.trim()) ? Number(text.trim()) : undefined;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function declared(draft: ConditionDraft): Condition[] {
  const conditions: Condition[] = [];
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
      sentence: `the account must hold the role ${roleName(role)} (${role})`,
    });
  }
  return conditions;
}

/** Rules and sentences from the forms, or what is wrong with each field. Whether a rule is admitted is the contract's to say. */
export function parseConditions(draft: ConditionDraft): ParsedConditions {
  const errors: ConditionErrors = {};
  const conditions = declared(draft);
  if (draft.age.trim()) {
    const ageMs = parseDuration(draft.age, draft.ageUnit);
    if (ageMs === undefined) errors.age = 'The age must be a whole number from 1, at most a year.';
    else
      conditions.push({
        rule: `applicant.accountAgeMs >= ${ageMs}`,
        sentence: `the account must be at least ${durationInWords(ageMs)} old`,
      });
  }
  if (draft.completedOrders.trim()) {
    const count = parseCount(draft.completedOrders);
    if (count === undefined) errors.completedOrders = 'Completed orders must be a whole number.';
    else
      conditions.push({
        rule: `applicant.completedOrders >= ${count}`,
        sentence: `the account must have completed at least ${plural(count, 'order')}`,
      });
  }
  if (draft.brokenOrders.trim()) {
    const count = parseCount(draft.brokenOrders);
    if (count === undefined) errors.brokenOrders = 'Broken orders must be a whole number.';
    else
      conditions.push({
        rule: `applicant.brokenOrders <= ${count}`,
        sentence:
          count === 0
            ? 'the account must not have broken any order'
            : `the account must have broken at most ${plural(count, 'order')}`,
      });
  }
  for (const { rule, sentence } of draft.expert) {
    const isWhole =
      rule.trim() !== '' &&
      sentence.trim() !== '' &&
      rule.length <= RULE_LENGTH_MAX &&
      sentence.length <= SENTENCE_LENGTH_MAX;
    if (isWhole) conditions.push({ rule: rule.trim(), sentence: sentence.trim() });
    else errors.expert = 'Each condition written by hand needs a rule and a sentence that says what must hold.';
  }
  if (conditions.length > CONDITIONS_MAX) errors.expert = `At most ${CONDITIONS_MAX} conditions.`;
  return Object.keys(errors).length > 0 ? { ok: false, errors } : { ok: true, conditions };
}

export const AGE_UNITS = Object.keys(DURATION_UNITS) as DurationUnit[];
