import type { Pricing } from '#components/kinds/kind.ts';
import type { ShownKind } from '#components/kinds/kinds.ts';
import { amountDraft, amountsInWords, typedMeterOf } from '#components/ledger/amounts.ts';
import { amountFacts, openingInWords } from '#components/ledger/strategy-words.ts';
import { durationDraft } from '#components/ui/duration.ts';
import { accountLabel, durationInWords } from '#components/ui/format.ts';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import type { Quantity } from '#ledger/contracts/shared/terms.ts';
import { USE_MS_MAX } from '#ledger/contracts/strategy/definition.ts';
import { toQuantityDto } from '#lib/shared/amounts-dto.ts';
import { EMPTY_CONDITIONS, parseConditions, type ConditionDraft, type Partner } from './conditions.ts';
import type { PriceLineDraft } from './price-lines.ts';
import { alternatives } from './rule-form.ts';
import { parseMeters, parseTimes, type StrategyDraft, type TermErrors } from './terms.ts';

/** A usual answer to who may use it and how much of it: it fills conditions, times and limits, and leaves ways, capacity and price. */
export interface AccessPreset {
  readonly name: string;
  readonly title: string;
  /** Whom it admits. How much and for how long is said as it will be set. */
  readonly admits: string;
  readonly conditions: Partial<ConditionDraft>;
  /** Limits are so many times those that the kind begins with. */
  readonly limitFactor: bigint;
  /** The longest use, where the kind begins with less. */
  readonly longestMs: number;
}

const DAY_MS = 86_400_000;

export const ACCESS_PRESETS: readonly AccessPreset[] = [
  {
    name: 'everyone',
    title: 'Open to everyone',
    admits: 'Every account with the customer role, for any purpose',
    conditions: {},
    limitFactor: 1n,
    longestMs: 0,
  },
  {
    name: 'research',
    title: 'Research and education',
    admits: 'Every account that declares one of these two purposes',
    conditions: { purposes: ['research', 'education'] },
    limitFactor: 10n,
    longestMs: DAY_MS,
  },
  {
    name: 'partners',
    title: 'Named partners',
    admits: 'Only accounts that you name, for any purpose',
    conditions: { isNamed: true },
    limitFactor: 10n,
    longestMs: 7 * DAY_MS,
  },
];

/** Limits of a preset; never beyond the meter's own bound. */
function limitsOf(kind: ShownKind, { limitFactor }: AccessPreset): Quantity[] {
  return kind.ledger.limits.flatMap((name) => {
    const first = kind.screen.firstLimits[name];
    const { max } = typedMeterOf(kind, name);
    if (first === undefined) return [];
    const most = first * limitFactor;
    return [{ meter: name, amount: most < max ? most : max }];
  });
}

function longestMsOf({ screen }: ShownKind, { longestMs }: AccessPreset): number {
  return Math.min(Math.max(screen.firstTimes.longestMs, longestMs), Number(USE_MS_MAX));
}

/** Whom a preset admits, and the very figures that it sets for this kind. */
export function presetInWords(kind: ShownKind, preset: AccessPreset): string {
  const limits = amountsInWords(kind.ledger, limitsOf(kind, preset));
  return `${preset.admits}: at most ${limits} an order, for up to ${durationInWords(longestMsOf(kind, preset))}.`;
}

/** The draft as the preset fills it. Whom a provider has named already stays named: to choose them again is work. */
export function withPreset(kind: ShownKind, draft: StrategyDraft, preset: AccessPreset): StrategyDraft {
  const { duration, durationUnit } = durationDraft(longestMsOf(kind, preset));
  const limits = limitsOf(kind, preset).map(({ meter, amount }) => [
    meter,
    amountDraft(amount, typedMeterOf(kind, meter)),
  ]);
  return {
    ...draft,
    preset: preset.name,
    conditions: { ...EMPTY_CONDITIONS, partners: draft.conditions.partners, ...preset.conditions },
    opens: '',
    closes: '',
    longest: duration,
    longestUnit: durationUnit,
    amounts: { ...draft.amounts, ...Object.fromEntries(limits) },
  };
}

/** A usual way of charging: it fills the price lines. */
export interface PricePreset {
  readonly name: string;
  readonly title: string;
  readonly explains: string;
  readonly lines: readonly PriceLineDraft[];
}

/** What a price begins with, until the provider says another. */
const FIRST_AMOUNT = '1.00';

function presetOf(name: string, title: string, pricing: Pricing | undefined): PricePreset[] {
  if (pricing === undefined) return [];
  return [{ name, title, explains: pricing.explains, lines: [{ pricing: pricing.title, amount: FIRST_AMOUNT }] }];
}

/** By time, by use, by what is served, or free: as far as the kind can be priced so. */
export function pricePresets({ ledger, screen }: ShownKind): PricePreset[] {
  const isHeld = ({ meter }: Pricing): boolean => ledger.meters[meter]?.counting === 'held';
  const find = (fits: (pricing: Pricing) => boolean): Pricing | undefined => screen.pricings.find(fits);
  return [
    ...presetOf(
      'time',
      'By the hour',
      find((pricing) => pricing.perMs > 0n),
    ),
    ...presetOf(
      'use',
      'By use',
      find((pricing) => isHeld(pricing) && pricing.perMs === 0n),
    ),
    ...presetOf(
      'amount',
      'By what is served',
      find((pricing) => !isHeld(pricing)),
    ),
    {
      name: 'free',
      title: 'Free',
      explains: 'Nothing is charged, and nothing is held when an application is granted.',
      lines: [],
    },
  ];
}

/** The preset that the lines are of, whatever their amounts; empty where the provider made lines of its own. */
export function pricePresetOf(kind: ShownKind, lines: readonly PriceLineDraft[]): string {
  const counted = (of: readonly PriceLineDraft[]): string => JSON.stringify(of.map(({ pricing }) => pricing));
  return pricePresets(kind).find((preset) => counted(preset.lines) === counted(lines))?.name ?? '';
}

/** Parts of a strategy that the form shows and folds by themselves. */
export const GROUPS = ['who', 'what', 'ways', 'time', 'amount', 'rules'] as const;
export type Group = (typeof GROUPS)[number];

/** What of a draft belongs to a group. */
function partOf(kind: ShownKind, draft: StrategyDraft, group: Group): unknown {
  const { conditions, amounts } = draft;
  const { purposes, fields, isRelevanceAsked, expert, isNamed, partners, ...account } = conditions;
  switch (group) {
    case 'who':
      return { ...account, partners: isNamed ? partners.map(({ id }) => id) : [], isNamed };
    case 'what':
      return { purposes: purposes.toSorted(), fields: fields.toSorted(), isRelevanceAsked };
    case 'ways':
      return draft.ways;
    case 'time':
      return [draft.opens, draft.closes, draft.longest, draft.longestUnit];
    case 'amount':
      return kind.ledger.limits.map((meter) => amounts[meter]);
    case 'rules':
      return expert;
  }
}

/** The draft that the groups are compared with: what the chosen preset fills, or what stands on the ledger. */
export function baseOf(kind: ShownKind, draft: StrategyDraft, inForce?: StrategyDraft): StrategyDraft {
  const preset = ACCESS_PRESETS.find(({ name }) => name === draft.preset);
  if (preset === undefined) return inForce ?? draft;
  const filled = withPreset(kind, draft, preset);
  // Whom a preset's partners are, it cannot know.
  return { ...filled, conditions: { ...filled.conditions, partners: draft.conditions.partners } };
}

/** Groups that are not as the base has them. */
export function changedGroups(kind: ShownKind, draft: StrategyDraft, base: StrategyDraft): ReadonlySet<Group> {
  const said = (of: StrategyDraft, group: Group): string => JSON.stringify(partOf(kind, of, group));
  return new Set(GROUPS.filter((group) => said(draft, group) !== said(base, group)));
}

/** What a group is called on the screen, and the question that it answers. */
export const GROUP_TITLES: Readonly<Record<Group, string>> = {
  who: 'Who',
  what: 'What for',
  ways: 'In which ways',
  time: 'How long',
  amount: 'How much',
  rules: 'Rules of your own',
};

const INCOMPLETE = 'a field is not complete yet';

/** Groups in which something is wrong. */
export function wrongGroups(errors: TermErrors): ReadonlySet<Group> {
  const { condition = {}, ways, opens, closes, longest, amounts } = errors;
  const wrong: Record<Group, unknown> = {
    who: condition.partners ?? condition.age ?? condition.completedOrders ?? condition.brokenOrders,
    what: undefined,
    ways,
    time: opens ?? closes ?? longest,
    amount: amounts,
    rules: condition.expert ?? condition.rules,
  };
  return new Set(Object.entries(wrong).flatMap(([group, error]) => (error === undefined ? [] : [group as Group])));
}

function sentencesOf(kind: ShownKind, part: Partial<ConditionDraft>, none: string): string {
  const parsed = parseConditions(kind, { ...EMPTY_CONDITIONS, ...part });
  if (!parsed.ok) return INCOMPLETE;
  // The sentences of a rule of one's own may have been written by hand.
  const said = parsed.conditions.map(({ sentence }) => (part.expert ? isolatedText(sentence) : sentence));
  return said.length === 0 ? none : said.join('; ');
}

const partnerInWords = ({ id, name }: Partner): string =>
  name === '' ? accountLabel(id) : `${isolatedText(name)} (${accountLabel(id)})`;

function whoOf(kind: ShownKind, conditions: ConditionDraft): string {
  const { isNamed, isIdentified, partners, roles, age, ageUnit, completedOrders, brokenOrders } = conditions;
  const account = { isIdentified, roles, age, ageUnit, completedOrders, brokenOrders };
  if (!isNamed) return sentencesOf(kind, account, 'everyone with an account and the customer role');
  const named = partners.length === 0 ? 'nobody is named yet' : `only ${alternatives(partners.map(partnerInWords))}`;
  const rest = sentencesOf(kind, account, '');
  return rest === '' ? named : `${named}; ${rest}`;
}

function timeOf(draft: StrategyDraft): string {
  const { opensAtMs, closesAtMs, useMsMax } = parseTimes(draft, {});
  if (opensAtMs === undefined || closesAtMs === undefined || useMsMax === undefined) return INCOMPLETE;
  return `at most ${durationInWords(useMsMax)} an order; ${openingInWords({ opensAtMs, closesAtMs })}`;
}

function amountOf(kind: ShownKind, draft: StrategyDraft): string {
  const errors: Record<string, string> = {};
  const limits = parseMeters(kind, draft, { meters: kind.ledger.limits, errors });
  const capacity = parseMeters(kind, draft, { meters: kind.ledger.capacity, errors }).map(toQuantityDto);
  if (Object.keys(errors).length > 0) return INCOMPLETE;
  const held = amountFacts(kind, capacity, '').map(({ name, value }) => `${name.toLowerCase()}: ${value}`);
  return [`at most ${amountsInWords(kind.ledger, limits)} an order`, ...held].join('; ');
}

/** What is in force by the draft, group by group, in plain words. Each is read by itself: what is wrong elsewhere hides nothing here. */
export function groupWords(kind: ShownKind, draft: StrategyDraft): Record<Group, string> {
  const { purposes, fields, isRelevanceAsked, expert } = draft.conditions;
  const ways = kind.screen.parseWays(draft.ways);
  const facts = ways.ok ? kind.screen.wayFacts(ways.terms) : [];
  return {
    who: whoOf(kind, draft.conditions),
    what: sentencesOf(kind, { purposes, fields, isRelevanceAsked }, 'any purpose, in any field of business'),
    ways: ways.ok ? facts.map(({ name, value }) => `${name}: ${value}`).join('; ') : INCOMPLETE,
    time: timeOf(draft),
    amount: amountOf(kind, draft),
    rules: sentencesOf(kind, { expert }, 'none'),
  };
}
