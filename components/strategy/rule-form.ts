import type { ShownKind } from '#components/kinds/kinds.ts';
import {
  amountDraft,
  amountProblem,
  parseAmount,
  typedAmountInWords,
  typedMeterOf,
} from '#components/ledger/amounts.ts';
import type { Option } from '#components/ui/choice.tsx';
import { countOf } from '#components/ui/count.ts';
import { durationDraft, parseDuration, typedDurationInWords, type DurationUnit } from '#components/ui/duration.ts';
import { formatCount, inWords, sentenceCase } from '#components/ui/format.ts';
import { numberProblem, readNumber } from '#components/ui/number.ts';
import { BOUNDED } from '#ledger/contracts/shared/fields.ts';
import { FIELDS_OF_BUSINESS, PURPOSES } from '#ledger/contracts/strategy/definition.ts';
import { REQUESTABLE_ROLES, roleName } from '#lib/shared/roles.ts';

type Counted = ReturnType<typeof typedMeterOf>;

/** What a rule of the form can be about, and how its value is typed. */
export interface RuleAttribute {
  /** As a rule reads it: `use.amount.calls`. */
  readonly path: string;
  /** In the middle of a sentence: `the calls of the use`. */
  readonly title: string;
  readonly type: 'choice' | 'list' | 'count' | 'duration' | 'amount';
  /** Of a choice, and of what a list may hold. */
  readonly options: readonly Option[];
  /** Of an amount: the meter that counts it. */
  readonly meter?: Counted;
}

const optionsOf = (codes: readonly string[]): Option[] => codes.map((value) => ({ value, label: inWords(value) }));
const attribute = (path: string, title: string, type: RuleAttribute['type']): RuleAttribute => ({
  path,
  title,
  type,
  options: [],
});

const APPLICANT: readonly RuleAttribute[] = [
  {
    ...attribute('applicant.roles', 'the roles of the account', 'list'),
    options: REQUESTABLE_ROLES.map((value) => ({ value, label: roleName(value) })),
  },
  attribute('applicant.accountAgeMs', 'the age of the account', 'duration'),
  attribute('applicant.completedOrders', 'the number of completed orders', 'count'),
  attribute('applicant.brokenOrders', 'the number of broken orders', 'count'),
  attribute('applicant.credit', 'the credit of the account', 'count'),
  attribute('applicant.account', 'the number of the account', 'count'),
];

/** What the form offers for resources of this kind, in its order. Whatever else a rule may read is for the text form. */
export function ruleAttributes(kind: ShownKind): RuleAttribute[] {
  const { ledger, screen } = kind;
  const choices = Object.entries(ledger.choices).map(([name, title]) => ({
    ...attribute(`use.choice.${name}`, `the ${title.toLowerCase()} of the use`, 'choice'),
    options: optionsOf(screen.choiceValues[name] ?? []),
  }));
  const amounts = [...ledger.limits, ...ledger.capacity]
    .filter((name) => screen.fixedAmounts[name] === undefined)
    .map((name) => {
      const meter = typedMeterOf(kind, name);
      const title = `the ${meter.title.toLowerCase()} of the use`;
      return { ...attribute(`use.amount.${name}`, title, 'amount'), meter };
    });
  return [
    { ...attribute('use.purpose', 'the purpose', 'choice'), options: optionsOf(PURPOSES) },
    { ...attribute('use.field', 'the field of business', 'choice'), options: optionsOf(FIELDS_OF_BUSINESS) },
    attribute('use.durationMs', 'the length of the use', 'duration'),
    ...choices,
    ...amounts,
    ...APPLICANT,
  ];
}

export function attributeLabel({ title }: Pick<RuleAttribute, 'title'>): string {
  return sentenceCase(title.replace(/^the /, ''));
}

/** Comparisons of the form, each with its words between what is compared and the value. */
const ORDERED: readonly Option[] = [
  { value: '<=', label: 'is at most' },
  { value: '>=', label: 'is at least' },
  { value: '<', label: 'is below' },
  { value: '>', label: 'is above' },
  { value: '==', label: 'is' },
  { value: '!=', label: 'is not' },
];
const ONE_OF: readonly Option[] = [
  { value: '==', label: 'is' },
  { value: '!=', label: 'is not' },
  { value: 'in', label: 'is one of' },
  { value: 'not-in', label: 'is none of' },
];
const INCLUDES: readonly Option[] = [
  { value: 'has', label: 'include' },
  { value: 'has-not', label: 'do not include' },
];

/** Comparisons that fit the attribute's type. */
export function comparisonsOf({ type }: RuleAttribute): readonly Option[] {
  if (type === 'choice') return ONE_OF;
  return type === 'list' ? INCLUDES : ORDERED;
}

/** Whether the comparison takes several values. */
export function takesSeveral(comparison: string): boolean {
  return comparison === 'in' || comparison === 'not-in';
}

/** One comparison as it is typed. */
export interface RuleTest {
  /** Path of an attribute. */
  readonly what: string;
  readonly comparison: string;
  /** As typed; several for comparisons that take several. */
  readonly values: readonly string[];
  /** Of a length of time. */
  readonly unit: DurationUnit;
}

/** A rule as the form says it: comparisons of which all or any must hold. */
export interface RuleForm {
  readonly join: 'all' | 'any';
  readonly tests: readonly RuleTest[];
}

/** A form out of a text, or why the text stays one. */
export type RuleReading = { readonly ok: true; readonly form: RuleForm } | { readonly ok: false; readonly why: string };

/** Comparisons that one rule of the form has at most: longer ones are easier read as two rules. */
export const RULE_TESTS_MAX = 8;
const COUNT_MAX = 999_999_999n;
const DAYS_MAX = Number(BOUNDED.DurationMs) / 86_400_000;

/** A text literal of CEL. What is no letter, digit or sign of ASCII is written by its code, so that nothing of it ends the literal. */
function literal(text: string): string {
  const inside = text.replaceAll(
    /[^ !#-&(-[\]-~]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `'${inside}'`;
}

function textOfLiteral(written: string): string | undefined {
  const inside = /^'([^'\\]|\\u[0-9a-f]{4})*'$/.test(written)
    ? written.slice(1, -1)
    : /^"[^"\\]*"$/.test(written)
      ? written.slice(1, -1)
      : undefined;
  return inside?.replaceAll(/\\u([0-9a-f]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

function parseCount(text: string): bigint | undefined {
  const reading = readNumber(text, { decimals: 0 });
  return reading.ok && reading.value <= COUNT_MAX ? reading.value : undefined;
}

/** The typed number in the unit that the ledger counts in; undefined when it is none. */
function numberOf(attribute: RuleAttribute, { values: [typed = ''], unit }: RuleTest): bigint | undefined {
  if (attribute.meter) return parseAmount(typed, attribute.meter);
  if (attribute.type === 'count') return parseCount(typed);
  const durationMs = parseDuration(typed, unit, BOUNDED.DurationMs);
  return durationMs === undefined ? undefined : BigInt(durationMs);
}

/** A value that is not right is written as a text: the rule stays readable, and is not admitted. */
function written(attribute: RuleAttribute, test: RuleTest): string {
  const [typed = ''] = test.values;
  if (attribute.type === 'choice' || attribute.type === 'list') return literal(typed);
  return numberOf(attribute, test)?.toString() ?? literal(typed);
}

function writeTest(attribute: RuleAttribute, test: RuleTest): string {
  const { what, comparison, values } = test;
  const among = `${what} in [${values.map(literal).join(', ')}]`;
  const holds = `${written(attribute, test)} in ${what}`;
  switch (comparison) {
    case 'in':
      return among;
    case 'not-in':
      return `!(${among})`;
    case 'has':
      return holds;
    case 'has-not':
      return `!(${holds})`;
    default:
      return `${what} ${comparison} ${written(attribute, test)}`;
  }
}

const attributeOf = (attributes: readonly RuleAttribute[], path: string): RuleAttribute | undefined =>
  attributes.find((attribute) => attribute.path === path);

/** The form as the text that is signed. */
export function writeRule(kind: ShownKind, { join, tests }: RuleForm): string {
  const attributes = ruleAttributes(kind);
  const parts = tests.flatMap((test) => {
    const attribute = attributeOf(attributes, test.what);
    return attribute ? [writeTest(attribute, test)] : [];
  });
  return parts.join(join === 'all' ? ' && ' : ' || ');
}

const NEGATED = /^!\s*\((.*)\)$/s;
const AMONG = /^([A-Za-z.]+)\s+in\s+\[(.*)\]$/s;
const HOLDS = /^('[A-Z]+'|"[A-Z]+"|'')\s+in\s+([A-Za-z.]+)$/;
const COMPARED = /^([A-Za-z][A-Za-z0-9.]*)\s*(<=|>=|==|!=|<|>)\s*(.+)$/s;
const ONLY_TEXT = 'The form cannot say this rule; it stays as text.';

/** Parts of a text between the signs that stand outside of quotes; a quote is ended by its own sign alone, escapes are none. */
function split(text: string, sign: string): string[] {
  const parts: string[] = [''];
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote === '' && text.startsWith(sign, at)) {
      parts.push('');
      at += sign.length - 1;
      continue;
    }
    if (quote === '' ? character === "'" || character === '"' : character === quote)
      quote = quote === '' ? character : '';
    parts.push(`${parts.pop() ?? ''}${character}`);
  }
  return parts;
}

function readNumberOf(attribute: RuleAttribute, value: string): Pick<RuleTest, 'values' | 'unit'> | undefined {
  const typed = textOfLiteral(value);
  if (typed !== undefined) return { values: [typed], unit: 'days' };
  if (!/^\d{1,18}$/.test(value)) return undefined;
  const amount = BigInt(value);
  if (attribute.meter) return { values: [amountDraft(amount, attribute.meter)], unit: 'days' };
  if (attribute.type === 'count') return { values: [value], unit: 'days' };
  // Parts of a second and no time at all cannot be typed.
  if (amount === 0n || amount % 1_000n !== 0n) return undefined;
  const { duration, durationUnit } = durationDraft(Number(amount));
  return { values: [duration], unit: durationUnit };
}

function isOffered({ options }: RuleAttribute, values: readonly string[]): boolean {
  return values.every((value) => value === '' || options.some((option) => option.value === value));
}

/** Path, comparison and values of one part, as they stand in the text. */
function partsOf(text: string): { what: string; comparison: string; values: string[] } | undefined {
  const negated = NEGATED.exec(text)?.[1]?.trim();
  const plain = negated ?? text;
  const among = AMONG.exec(plain);
  if (among) {
    const list = among[2]?.trim() ?? '';
    const values = list === '' ? [] : split(list, ',').map((value) => value.trim());
    return { what: among[1] ?? '', comparison: negated === undefined ? 'in' : 'not-in', values };
  }
  const holds = HOLDS.exec(plain);
  if (holds)
    return { what: holds[2] ?? '', comparison: negated === undefined ? 'has' : 'has-not', values: [holds[1] ?? ''] };
  const compared = negated === undefined ? COMPARED.exec(text) : null;
  return compared
    ? { what: compared[1] ?? '', comparison: compared[2] ?? '', values: [compared[3]?.trim() ?? ''] }
    : undefined;
}

function readTest(attributes: readonly RuleAttribute[], text: string): RuleTest | undefined {
  const parts = partsOf(text.trim());
  const attribute = parts && attributeOf(attributes, parts.what);
  if (!attribute || !comparisonsOf(attribute).some(({ value }) => value === parts.comparison)) return undefined;
  if (attribute.type !== 'choice' && attribute.type !== 'list') {
    const number = readNumberOf(attribute, parts.values[0] ?? '');
    return number && { ...parts, ...number };
  }
  const values = parts.values.map(textOfLiteral).filter((value) => value !== undefined);
  return values.length === parts.values.length && isOffered(attribute, values)
    ? { ...parts, values, unit: 'days' }
    : undefined;
}

/** A rule as the form, where the form can say it: comparisons of what it offers, joined by one word. */
export function readRule(kind: ShownKind, text: string): RuleReading {
  const attributes = ruleAttributes(kind);
  const isAny = split(text, '||').length > 1;
  if (isAny && split(text, '&&').length > 1)
    return { ok: false, why: 'It joins with “and” and with “or”, which the form cannot say; it stays as text.' };
  const parts = split(text, isAny ? '||' : '&&');
  if (parts.length > RULE_TESTS_MAX)
    return { ok: false, why: `The form has at most ${RULE_TESTS_MAX} comparisons; this rule stays as text.` };
  const tests = parts.map((part) => readTest(attributes, part)).filter((test) => test !== undefined);
  return tests.length === parts.length
    ? { ok: true, form: { join: isAny ? 'any' : 'all', tests } }
    : { ok: false, why: ONLY_TEXT };
}

/** What is wrong with one comparison, in words; undefined when nothing is. */
function testProblem(attribute: RuleAttribute, test: RuleTest): string | undefined {
  const [typed = ''] = test.values;
  if (takesSeveral(test.comparison)) return test.values.length > 0 ? undefined : 'Tick at least one.';
  if (attribute.type === 'choice' || attribute.type === 'list') return typed === '' ? 'Choose one.' : undefined;
  if (numberOf(attribute, test) !== undefined) return undefined;
  if (attribute.meter) return amountProblem(attribute.meter, typed);
  const unread = numberProblem(typed, { decimals: 0 });
  if (unread !== undefined) return unread;
  return attribute.type === 'count'
    ? `Write a whole number, at most ${formatCount(COUNT_MAX.toString())}.`
    : `Write a whole number from 1, at most ${formatCount(DAYS_MAX)} days.`;
}

/** What is wrong with each comparison, by its place; undefined for one that is sound. */
export function formProblems(kind: ShownKind, { tests }: RuleForm): (string | undefined)[] {
  const attributes = ruleAttributes(kind);
  return tests.map((test) => {
    const attribute = attributeOf(attributes, test.what);
    return attribute ? testProblem(attribute, test) : ONLY_TEXT;
  });
}

/** What a typed number of this attribute stands for: `2 hours`, `12 calls`. */
export function valueInWords(attribute: RuleAttribute, value: bigint, unit: DurationUnit): string {
  if (attribute.meter) return typedAmountInWords(value, attribute.meter);
  return attribute.type === 'duration' ? typedDurationInWords(value, unit) : formatCount(value.toString());
}

/** `a, b or c`. */
export function alternatives(words: readonly string[], joint = 'or'): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${joint} ${words.at(-1) ?? ''}`;
}

/** What must hold, by the comparison's sign. */
const MUST: Readonly<Record<string, string>> = {
  '<=': 'must be at most',
  '>=': 'must be at least',
  '<': 'must be below',
  '>': 'must be above',
  '==': 'must be',
  '!=': 'must not be',
  in: 'must be',
  'not-in': 'must be none of',
  has: 'must include',
  'has-not': 'must not include',
};

function saidValue(attribute: RuleAttribute, test: RuleTest): string {
  const labels = test.values.map((value) => attribute.options.find((option) => option.value === value)?.label ?? value);
  if (attribute.options.length > 0) return alternatives(labels);
  const [typed = ''] = test.values;
  const reading = readNumber(typed, { decimals: 0 });
  if (attribute.type === 'duration' && reading.ok) return countOf(reading.value, test.unit.slice(0, -1));
  if (attribute.meter) {
    const amount = parseAmount(typed, attribute.meter);
    return amount === undefined ? typed : typedAmountInWords(amount, attribute.meter);
  }
  return reading.ok ? formatCount(reading.value.toString()) : typed;
}

/** What must hold by a whole form, as one sentence. */
export function describeRule(kind: ShownKind, { join, tests }: RuleForm): string {
  const attributes = ruleAttributes(kind);
  const said = tests.flatMap((test) => {
    const attribute = attributeOf(attributes, test.what);
    return attribute ? [`${attribute.title} ${MUST[test.comparison] ?? ''} ${saidValue(attribute, test)}`] : [];
  });
  return join === 'all' ? alternatives(said, 'and') : alternatives(said);
}

/** A comparison to begin with. */
export function firstTest(kind: ShownKind, what?: string): RuleTest {
  const attributes = ruleAttributes(kind);
  const attribute = (what === undefined ? undefined : attributeOf(attributes, what)) ?? attributes[0];
  const comparison = attribute ? (comparisonsOf(attribute)[0]?.value ?? '') : '';
  return { what: attribute?.path ?? '', comparison, values: [''], unit: 'days' };
}
