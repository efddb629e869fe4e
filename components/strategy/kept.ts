import { DURATION_UNITS } from '#components/ledger/intended-use.ts';
import type { ConditionDraft } from './conditions.ts';
import { EMPTY_STRATEGY, type StrategyDraft } from './terms.ts';
import { EMPTY_WORDS, type WordsDraft } from './words.ts';

/** What each field of a draft must be, so that a text from storage is one. */
type Checks<Draft> = { readonly [Name in keyof Draft]-?: (value: unknown) => boolean };

function fits<Draft>(value: unknown, checks: Checks<Draft>): value is Draft {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  return Object.entries(checks as Record<string, (value: unknown) => boolean>).every(([name, check]) =>
    check(fields[name]),
  );
}

const isText = (value: unknown): boolean => typeof value === 'string';
const isFlag = (value: unknown): boolean => typeof value === 'boolean';
const listOf = (check: (value: unknown) => boolean) => (value: unknown) => Array.isArray(value) && value.every(check);
const oneOf =
  (...words: readonly string[]) =>
  (value: unknown): boolean =>
    words.some((word) => word === value);
const isUnit = oneOf(...Object.keys(DURATION_UNITS));

const WORDS: Checks<WordsDraft> = {
  source: isText,
  title: isText,
  summary: isText,
  tags: isText,
  region: isText,
  licence: isText,
  sourceUrl: isText,
};

const CONDITIONS: Checks<ConditionDraft> = {
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

const STRATEGY: Checks<StrategyDraft> = {
  accessClass: oneOf('public', 'conditional'),
  conditions: (value) => fits(value, CONDITIONS),
  formats: listOf(isText),
  columns: listOf(isText),
  rowFilter: isText,
  opens: isText,
  closes: isText,
  longest: isText,
  longestUnit: isUnit,
  calls: isText,
  megabytes: isText,
  places: isText,
  priceUnit: oneOf('use', 'hour', 'megabyte'),
  price: isText,
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

/** A strategy out of the text that was kept of it; the empty one for any other text. */
export function strategyFrom(text: string): StrategyDraft {
  return draftFrom(text, STRATEGY, EMPTY_STRATEGY);
}
