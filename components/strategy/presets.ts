import type { ShownKind } from '#components/kinds/kinds.ts';
import type { Pricing } from '#components/kinds/kind.ts';
import { amountDraft } from '#components/ledger/amounts.ts';
import { typedMeterOf } from '#components/ledger/typed-meter.ts';
import { durationDraft } from '#components/ui/duration.ts';
import { USE_MS_MAX } from '#ledger/contracts/strategy/definition.ts';
import { EMPTY_CONDITIONS, type ConditionDraft } from './conditions.ts';
import type { PriceLineDraft } from './price-lines.ts';
import type { StrategyDraft } from './terms.ts';

/** A usual answer to who may use it and how much of it: it fills conditions, times and limits, and leaves ways, capacity and price. */
export interface AccessPreset {
  readonly name: string;
  readonly title: string;
  readonly explains: string;
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
    explains: 'Every account with the customer role, for any purpose, in small amounts.',
    conditions: {},
    limitFactor: 1n,
    longestMs: 0,
  },
  {
    name: 'research',
    title: 'Research and education',
    explains: 'Every account that declares one of these two purposes; ten times the amounts, for up to a day.',
    conditions: { purposes: ['research', 'education'] },
    limitFactor: 10n,
    longestMs: DAY_MS,
  },
  {
    name: 'partners',
    title: 'Named partners',
    explains: 'Only accounts that you name, for any purpose; ten times the amounts, for up to a week.',
    conditions: { isNamed: true },
    limitFactor: 10n,
    longestMs: 7 * DAY_MS,
  },
];

/** Limits of a preset as the form holds them; never beyond the meter's own bound. */
function limitsOf(kind: ShownKind, { limitFactor }: AccessPreset): Record<string, string> {
  const limits = kind.ledger.limits.flatMap((name) => {
    const first = kind.screen.firstLimits[name];
    const meter = typedMeterOf(kind, name);
    if (first === undefined) return [];
    const most = first * limitFactor;
    return [[name, amountDraft(most < meter.max ? most : meter.max, meter)]];
  });
  return Object.fromEntries(limits) as Record<string, string>;
}

/** The draft as the preset fills it. Whom a provider has named already stays named: to choose them again is work. */
export function withPreset(kind: ShownKind, draft: StrategyDraft, preset: AccessPreset): StrategyDraft {
  const longestMs = Math.min(Math.max(kind.screen.firstTimes.longestMs, preset.longestMs), Number(USE_MS_MAX));
  const { duration, durationUnit } = durationDraft(longestMs);
  return {
    ...draft,
    preset: preset.name,
    conditions: { ...EMPTY_CONDITIONS, partners: draft.conditions.partners, ...preset.conditions },
    opens: '',
    closes: '',
    longest: duration,
    longestUnit: durationUnit,
    amounts: { ...draft.amounts, ...limitsOf(kind, preset) },
  };
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
