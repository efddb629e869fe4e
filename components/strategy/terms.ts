import { parseDuration, parseMegabytes, type DurationUnit } from '#components/ledger/intended-use.ts';
import { parseMicro } from '#components/ui/format.ts';
import type { StrategyDto } from '#lib/shared/dto.ts';
import {
  EMPTY_CONDITIONS,
  parseConditions,
  type Condition,
  type ConditionDraft,
  type ConditionErrors,
} from './conditions.ts';

/** What the forms about a sharing strategy hold. */
export interface StrategyDraft {
  accessClass: 'public' | 'conditional';
  conditions: ConditionDraft;
  formats: string[];
  columns: string[];
  rowFilter: string;
  /** `2026-11-23T14:00` in UTC, or empty for open ended. */
  opens: string;
  closes: string;
  longest: string;
  longestUnit: DurationUnit;
  calls: string;
  megabytes: string;
  places: string;
  priceUnit: 'use' | 'hour' | 'megabyte';
  price: string;
}

export const FORMATS = ['csv', 'json', 'parquet'] as const;

export const EMPTY_STRATEGY: StrategyDraft = {
  accessClass: 'public',
  conditions: EMPTY_CONDITIONS,
  formats: ['csv'],
  columns: [],
  rowFilter: '',
  opens: '',
  closes: '',
  longest: '2',
  longestUnit: 'hours',
  calls: '1000',
  megabytes: '100',
  places: '10',
  priceUnit: 'hour',
  price: '1.00',
};

/** A strategy as PublishResource takes it. */
export interface StrategyTerms {
  accessClass: 'public' | 'conditional';
  conditions: Condition[];
  formats: string[];
  columns: string[];
  rowFilter: string;
  opensAtMs: number;
  closesAtMs: number;
  useMsMax: number;
  callsMax: number;
  bytesMax: string;
  simultaneousMax: number;
  price: { unit: 'use' | 'hour' | 'megabyte'; amountMicro: string };
}

export type TermErrors = ConditionErrors &
  Partial<
    Record<
      | 'conditions'
      | 'formats'
      | 'columns'
      | 'rowFilter'
      | 'opens'
      | 'closes'
      | 'longest'
      | 'calls'
      | 'megabytes'
      | 'places'
      | 'price',
      string
    >
  >;
export type ParsedTerms = { ok: true; terms: StrategyTerms } | { ok: false; errors: TermErrors };

const USE_MS_MAX = 31 * 86_400_000;
const ROW_FILTER_LENGTH_MAX = 2_000;

/** A time of the form's own notation, in UTC; 0 when empty, undefined when it is none. */
export function parseUtcMinute(text: string): number | undefined {
  if (text.trim() === '') return 0;
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/.test(text.trim())) return undefined;
  const timeMs = Date.parse(`${text.trim()}Z`);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

function isRowFilter(text: string): boolean {
  if (text.trim() === '') return true;
  if (text.length > ROW_FILTER_LENGTH_MAX) return false;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}

function parseWhole(text: string, max: number): number | undefined {
  if (!/^[1-9]\d{0,9}$/.test(text.trim())) return undefined;
  const count = Number(text.trim());
  return count <= max ? count : undefined;
}

function required<Value>(
  value: Value | undefined,
  problem: (sentence: string) => void,
  sentence: string,
): Value | undefined {
  if (value === undefined) problem(sentence);
  return value;
}

function checkChoices(draft: StrategyDraft, errors: TermErrors): void {
  if (draft.formats.length === 0) errors.formats = 'Offer at least one format.';
  if (draft.columns.length === 0) errors.columns = 'Share at least one column.';
  if (!isRowFilter(draft.rowFilter))
    errors.rowFilter = 'The row filter must be a JSON object or list, or empty for all rows.';
}

/** The draft as terms to sign, or what is wrong with each field in words. */
export function parseTerms(draft: StrategyDraft): ParsedTerms {
  const conditions =
    draft.accessClass === 'public' ? { ok: true as const, conditions: [] } : parseConditions(draft.conditions);
  const errors: TermErrors = conditions.ok ? {} : { ...conditions.errors };
  const note = (name: keyof TermErrors) => (sentence: string) => {
    errors[name] = sentence;
  };
  if (draft.accessClass === 'conditional' && conditions.ok && conditions.conditions.length === 0) {
    errors.conditions = 'Conditional access needs at least one condition. Without any, share publicly.';
  }
  checkChoices(draft, errors);
  const opensAtMs = required(parseUtcMinute(draft.opens), note('opens'), 'Write a date and time, or leave it empty.');
  const closesAtMs = required(
    parseUtcMinute(draft.closes),
    note('closes'),
    'Write a date and time, or leave it empty.',
  );
  if (opensAtMs !== undefined && closesAtMs !== undefined && closesAtMs !== 0 && closesAtMs <= opensAtMs)
    errors.closes = 'It must close after it opens.';
  const longestMs = parseDuration(draft.longest, draft.longestUnit);
  const useMsMax = required(
    longestMs !== undefined && longestMs <= USE_MS_MAX ? longestMs : undefined,
    note('longest'),
    'The longest use must be a whole number from 1, at most 31 days.',
  );
  const callsMax = required(
    parseWhole(draft.calls, 1_000_000_000),
    note('calls'),
    'Calls must be a whole number from 1 to 1,000,000,000.',
  );
  const bytesMax = required(
    parseMegabytes(draft.megabytes),
    note('megabytes'),
    'Megabytes must be a number above 0 with at most six decimals.',
  );
  const simultaneousMax = required(
    parseWhole(draft.places, 100_000),
    note('places'),
    'Users at the same time must be a whole number from 1 to 100,000.',
  );
  const amountMicro = required(
    parseMicro(draft.price),
    note('price'),
    'The price must be a number such as 1.50, with at most six decimals; 0 is free.',
  );
  if (!conditions.ok || Object.keys(errors).length > 0) return { ok: false, errors };
  if (opensAtMs === undefined || closesAtMs === undefined || useMsMax === undefined || callsMax === undefined)
    return { ok: false, errors };
  if (bytesMax === undefined || simultaneousMax === undefined || amountMicro === undefined)
    return { ok: false, errors };
  const { accessClass, formats, columns } = draft;
  return {
    ok: true,
    terms: {
      accessClass,
      conditions: conditions.conditions,
      formats: FORMATS.filter((format) => formats.includes(format)),
      columns,
      rowFilter: draft.rowFilter.trim(),
      opensAtMs,
      closesAtMs,
      useMsMax,
      callsMax,
      bytesMax,
      simultaneousMax,
      price: { unit: draft.priceUnit, amountMicro },
    },
  };
}

/** Terms as every screen shows a strategy, before they are on the ledger. */
export function previewOf(terms: StrategyTerms, nowMs: number): StrategyDto {
  return { ...terms, version: 1, recordedAtMs: nowMs };
}
