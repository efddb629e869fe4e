import type { ShownKind } from '#components/kinds/kinds.ts';
import { typedMeterOf } from '#components/ledger/typed-meter.ts';
import type { Option } from '#components/ui/choice.tsx';
import { inWords, sentenceCase } from '#components/ui/format.ts';
import { REQUESTABLE_ROLES, roleName } from '#lib/shared/roles.ts';
import { FIELDS_OF_BUSINESS, PURPOSES } from '#ledger/contracts/strategy/definition.ts';

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

/** Comparisons of the form, each with its words in a sentence: `must be at most`. */
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
const HOLDS: readonly Option[] = [
  { value: 'has', label: 'include' },
  { value: 'has-not', label: 'do not include' },
];

/** Comparisons that fit the attribute's type. */
export function comparisonsOf({ type }: RuleAttribute): readonly Option[] {
  if (type === 'choice') return ONE_OF;
  return type === 'list' ? HOLDS : ORDERED;
}

/** Whether the comparison takes several values. */
export function takesSeveral(comparison: string): boolean {
  return comparison === 'in' || comparison === 'not-in';
}
