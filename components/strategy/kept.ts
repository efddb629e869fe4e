import type { KindDraft } from '#components/kinds/kind.ts';
import type { ShownKind } from '#components/kinds/kinds.ts';
import { DURATION_UNIT_NAMES } from '#components/ui/duration.ts';
import { PRICES_MAX } from '#ledger/contracts/shared/price.ts';
import type { ConditionDraft } from './conditions.ts';
import type { PriceLineDraft } from './price-lines.ts';
import type { PromiseDraft } from './promise.ts';
import { emptyStrategy, type StrategyDraft } from './terms.ts';
import { EMPTY_WORDS, type WordsDraft } from './words.ts';

type Check = (value: unknown) => boolean;
/** What each field of a draft must be, so that a text from storage is one. */
type Checks<Draft> = { readonly [Name in keyof Draft]-?: Check };

function fits<Draft>(value: unknown, checks: Checks<Draft>): value is Draft {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  return Object.entries(checks as Record<string, Check>).every(([name, check]) => check(fields[name]));
}

const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    words.some((word) => word === value);
const isUnit = oneOf(...DURATION_UNIT_NAMES);
const isTextByName: Check = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isText);

const WORDS: Checks<WordsDraft> = {
  source: isText,
  title: isText,
  summary: isText,
  tags: isText,
  region: isText,
  licence: isText,
  sourceUrl: isText,
};

const isWhole: Check = (value) => Number.isSafeInteger(value);

const CONDITIONS: Checks<ConditionDraft> = {
  isNamed: isFlag,
  isIdentified: isFlag,
  partners: listOf((value) => fits(value, { id: isWhole, name: isText })),
  purposes: listOf(isText),
  fields: listOf(isText),
  isRelevanceAsked: isFlag,
  roles: listOf(isText),
  age: isText,
  ageUnit: isUnit,
  completedOrders: isText,
  brokenOrders: isText,
  expert: listOf((value) => fits(value, { rule: isText, sentence: isText })),
};

const PRICE_LINE: Checks<PriceLineDraft> = { pricing: isText, amount: isText };
const PROMISE: Checks<PromiseDraft> = { amounts: isTextByName, degradedPercent: isText };

/** Each field of the kind's own draft is what it is at first: a text or a list of texts. */
function kindChecks(first: KindDraft): Checks<KindDraft> {
  const checks = Object.entries(first).map(([name, value]) => [
    name,
    typeof value === 'string' ? isText : listOf(isText),
  ]);
  return Object.fromEntries(checks) as Checks<KindDraft>;
}

function strategyChecks({ screen }: ShownKind): Checks<StrategyDraft> {
  return {
    preset: isText,
    conditions: (value) => fits(value, CONDITIONS),
    ways: (value) => fits(value, kindChecks(screen.firstWays)),
    opens: isText,
    closes: isText,
    longest: isText,
    longestUnit: isUnit,
    amounts: isTextByName,
    prices: (value) =>
      listOf((line) => fits(line, PRICE_LINE))(value) && (value as readonly unknown[]).length <= PRICES_MAX,
    promise: (value) => fits(value, PROMISE),
  };
}

/** How far a publication is: which step stands open, and the test that was run. */
export interface ProgressDraft {
  step: number;
  /** The source that was tested, and the portal's name for the test; empty before one. */
  source: string;
  job: string;
  /** Whether the provider has said that the test describes the source as it is meant. */
  isConfirmed: boolean;
}

export const EMPTY_PROGRESS: ProgressDraft = { step: 0, source: '', job: '', isConfirmed: false };

const PROGRESS: Checks<ProgressDraft> = {
  step: (value) => isWhole(value) && (value as number) >= 0,
  source: isText,
  job: isText,
  isConfirmed: isFlag,
};

function draftFrom<Draft>(text: string, checks: Checks<Draft>, empty: Draft): Draft {
  try {
    const value: unknown = JSON.parse(text);
    return fits(value, checks) ? value : empty;
  } catch {
    return empty;
  }
}

/** Words out of the text that was kept of them; empty for any other text, as an earlier version of the page may have kept. */
export function wordsFrom(text: string): WordsDraft {
  return draftFrom(text, WORDS, EMPTY_WORDS);
}

/** A strategy for a resource of this kind out of the text that was kept of it; `empty` for any other text. */
export function strategyFrom(kind: ShownKind, text: string, empty = emptyStrategy(kind)): StrategyDraft {
  return draftFrom(text, strategyChecks(kind), empty);
}

export function progressFrom(text: string): ProgressDraft {
  return draftFrom(text, PROGRESS, EMPTY_PROGRESS);
}
