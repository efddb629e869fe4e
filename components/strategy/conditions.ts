import { DURATION_UNIT_NAMES, parseDuration, type DurationUnit } from '#components/ui/duration.ts';
import { durationInWords, formatCount, inWords } from '#components/ui/format.ts';
import { numberProblem, readNumber } from '#components/ui/number.ts';
import { roleName } from '#lib/shared/roles.ts';
import { BOUNDED, type Struct } from '#ledger/contracts/shared/fields.ts';
import { CONDITIONS_MAX, RULE_LENGTH_MAX, SENTENCE_MAX } from '#ledger/contracts/strategy/definition.ts';

/** A CEL rule and what must hold, in words. */
export type Condition = Struct<'Condition'>;

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

/** An age of more days is a slip: the ledger holds no longer length of time. */
const AGE_MS_MAX = BOUNDED.DurationMs;
const AGE_DAYS_MAX = Number(AGE_MS_MAX) / 86_400_000;
/** Orders of one account. */
const COUNT_MAX = 999_999n;

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
  const reading = readNumber(text, { decimals: 0 });
  return reading.ok && reading.value <= COUNT_MAX ? Number(reading.value) : undefined;
}

function wholeProblem(text: string, otherwise: string): string {
  return numberProblem(text, { decimals: 0 }) ?? otherwise;
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
      sentence: `the account must hold the role ${roleName(role)}`,
    });
  }
  return conditions;
}

/** Rules and sentences from the forms, or what is wrong with each field. Whether a rule is admitted is the contract's to say. */
export function parseConditions(draft: ConditionDraft): ParsedConditions {
  const errors: ConditionErrors = {};
  const conditions = declared(draft);
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
        sentence: `the account must have completed at least ${plural(count, 'order')}`,
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
            : `the account must have broken at most ${plural(count, 'order')}`,
      });
  }
  for (const written of draft.expert) {
    const condition = { rule: written.rule.trim(), sentence: written.sentence.trim() };
    if (isWhole(condition)) conditions.push(condition);
    else
      errors.expert = `Each condition written by hand needs a rule of at most ${formatCount(RULE_LENGTH_MAX)} characters, and a sentence of at most ${SENTENCE_MAX} on one line that says what must hold.`;
  }
  if (conditions.length > CONDITIONS_MAX) errors.expert = `At most ${CONDITIONS_MAX} conditions.`;
  return Object.keys(errors).length > 0 ? { ok: false, errors } : { ok: true, conditions };
}

/** Whether a rule is of the language, and reads what there is, the contract says when it is signed. */
function isWhole({ rule, sentence }: Condition): boolean {
  const isRule = rule !== '' && rule.length <= RULE_LENGTH_MAX;
  return isRule && sentence !== '' && sentence.length <= SENTENCE_MAX && !/\p{Cc}/u.test(sentence);
}

export const AGE_UNITS = DURATION_UNIT_NAMES;
