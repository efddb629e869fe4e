import type { KindDraft, KindErrors } from '#components/kinds/kind.ts';
import type { ShownKind } from '#components/kinds/kinds.ts';
import {
  amountDraft,
  amountProblem,
  parseAmount,
  typedAmountInWords,
  typedMeterOf,
} from '#components/ledger/amounts.ts';
import { durationDraft, parseDuration, type DurationUnit } from '#components/ui/duration.ts';
import { durationInWords } from '#components/ui/format.ts';
import { numberProblem } from '#components/ui/number.ts';
import { toPriceDto, toQuantityDto } from '#lib/shared/amounts-dto.ts';
import type { QuantityDto, StrategyDto, TermDto } from '#lib/shared/dto.ts';
import { BOUNDED, type Struct } from '#ledger/contracts/shared/fields.ts';
import type { Quantity } from '#ledger/contracts/shared/terms.ts';
import { USE_MS_MAX } from '#ledger/contracts/strategy/definition.ts';
import {
  conditionsDraft,
  EMPTY_CONDITIONS,
  parseConditions,
  type ConditionDraft,
  type ConditionErrors,
} from './conditions.ts';
import { parsePrices, priceLinesDraft, type PriceErrors, type PriceLineDraft } from './price-lines.ts';
import { EMPTY_PROMISE, parsePromise, promiseDraft, type PromiseDraft, type PromiseErrors } from './promise.ts';

/** What the forms about a sharing strategy and the capacity beside it hold. */
export interface StrategyDraft {
  /** Name of the preset that was chosen last (presets.ts). */
  preset: string;
  /** Without any, everybody is admitted: the strategy is public. */
  conditions: ConditionDraft;
  /** Of the kind. */
  ways: KindDraft;
  /** `2026-11-23T14:00` in UTC, or empty for open ended. */
  opens: string;
  closes: string;
  longest: string;
  longestUnit: DurationUnit;
  /** Typed limits and capacity, by meter. */
  amounts: Readonly<Record<string, string>>;
  prices: readonly PriceLineDraft[];
  promise: PromiseDraft;
}

/** The strategy that is revised: it stands among the presets, as what nothing is changed by. */
export interface InForce {
  readonly draft: StrategyDraft;
  readonly version: number;
}

type Strategy = Struct<'Strategy'>;

/** What is signed: the strategy, and the capacity of the resource that it shares. */
export interface StrategyTerms {
  readonly strategy: Strategy;
  readonly capacity: Quantity[];
}

export interface TermErrors {
  condition?: ConditionErrors;
  ways?: KindErrors;
  opens?: string;
  closes?: string;
  longest?: string;
  /** By meter. */
  amounts?: Readonly<Record<string, string>>;
  prices?: PriceErrors;
  promise?: PromiseErrors;
}
export type ParsedTerms = { ok: true; terms: StrategyTerms } | { ok: false; errors: TermErrors };

/** What a revision begins with, in the place of a preset: the strategy as it stands. */
export const IN_FORCE = 'in-force';

/** Counted meters that a strategy limits, then held meters that the resource has so many of. */
export function offeredMeters({ ledger }: ShownKind): string[] {
  return [...ledger.limits, ...ledger.capacity];
}

export function emptyStrategy(kind: ShownKind): StrategyDraft {
  const { screen } = kind;
  const amounts = offeredMeters(kind).map((meter) => {
    const first = screen.firstLimits[meter];
    return [meter, first === undefined ? '' : amountDraft(first, typedMeterOf(kind, meter))];
  });
  const { duration, durationUnit } = durationDraft(screen.firstTimes.longestMs);
  const pricing = screen.pricings.find(({ perMs }) => perMs > 0n) ?? screen.pricings[0];
  return {
    preset: 'everyone',
    conditions: EMPTY_CONDITIONS,
    ways: screen.firstWays,
    opens: '',
    closes: '',
    longest: duration,
    longestUnit: durationUnit,
    amounts: Object.fromEntries(amounts),
    prices: pricing ? [{ pricing: pricing.title, amount: '1.00' }] : [],
    promise: EMPTY_PROMISE,
  };
}

/** The draft with as much of each held meter as the tested source has, where nothing is typed or more than that. */
export function fitCapacity(kind: ShownKind, draft: StrategyDraft, attributes: readonly TermDto[]): StrategyDraft {
  const found = Object.entries(kind.screen.capacityOf(attributes)).flatMap(([meter, most]) => {
    const counted = typedMeterOf(kind, meter);
    const typed = parseAmount(draft.amounts[meter] ?? '', counted);
    return typed !== undefined && typed <= most ? [] : [[meter, amountDraft(most, counted)]];
  });
  return { ...draft, amounts: { ...draft.amounts, ...Object.fromEntries(found) } };
}

/** A time of the form's own notation, in UTC; 0 when empty, undefined when it is none that the ledger takes. */
export function parseUtcMinute(text: string): number | undefined {
  if (text.trim() === '') return 0;
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?$/.test(text.trim())) return undefined;
  const timeMs = Date.parse(`${text.trim()}Z`);
  return timeMs > 0 && timeMs <= BOUNDED.TimeMs ? timeMs : undefined;
}

/** A time in the form's notation, as short as says it exactly. */
function utcDraft(timeMs: number): string {
  const length = timeMs % 60_000 === 0 ? 16 : timeMs % 1_000 === 0 ? 19 : 23;
  return timeMs === 0 ? '' : new Date(timeMs).toISOString().slice(0, length);
}

const WRONG_TIME = 'Write a date and time, or leave it empty.';

interface Times {
  opensAtMs: number | undefined;
  closesAtMs: number | undefined;
  useMsMax: number | undefined;
}

/** The times of a draft, undefined where they are none; what is wrong is noted. */
export function parseTimes(draft: StrategyDraft, errors: TermErrors): Times {
  const opensAtMs = parseUtcMinute(draft.opens);
  const closesAtMs = parseUtcMinute(draft.closes);
  const useMsMax = parseDuration(draft.longest, draft.longestUnit, USE_MS_MAX);
  if (opensAtMs === undefined) errors.opens = WRONG_TIME;
  if (closesAtMs === undefined) errors.closes = WRONG_TIME;
  if (opensAtMs !== undefined && closesAtMs !== undefined && closesAtMs !== 0 && closesAtMs <= opensAtMs)
    errors.closes = 'It must close after it opens.';
  if (useMsMax === undefined)
    errors.longest =
      numberProblem(draft.longest, { decimals: 0 }) ??
      `The longest use must be a whole number from 1, at most ${durationInWords(Number(USE_MS_MAX))}.`;
  return { opensAtMs, closesAtMs, useMsMax };
}

/** Amounts of these meters in their order; the wrong ones are noted. */
export function parseMeters(
  kind: ShownKind,
  draft: StrategyDraft,
  of: { meters: readonly string[]; errors: Record<string, string>; most?: Readonly<Record<string, bigint>> },
): Quantity[] {
  return of.meters.toSorted().flatMap((meter) => {
    const counted = typedMeterOf(kind, meter);
    const typed = draft.amounts[meter] ?? '';
    const amount = parseAmount(typed, counted);
    const most = of.most?.[meter];
    if (amount === undefined) of.errors[meter] = amountProblem(counted, typed);
    else if (most !== undefined && amount > most)
      of.errors[meter] = `At most ${typedAmountInWords(most, counted)}: the tested source has no more.`;
    else return [{ meter, amount }];
    return [];
  });
}

/**
 * The draft as it is signed, or what is wrong with each field in words. A resource offers no more of a held meter than `attributes`, what
 * the agent computed of it, say that there is; before a test nobody knows.
 */
export function parseTerms(kind: ShownKind, draft: StrategyDraft, attributes?: readonly TermDto[]): ParsedTerms {
  const conditions = parseConditions(kind, draft.conditions);
  const errors: TermErrors = conditions.ok ? {} : { condition: conditions.errors };
  const ways = kind.screen.parseWays(draft.ways);
  if (!ways.ok) errors.ways = ways.errors;
  const { opensAtMs, closesAtMs, useMsMax } = parseTimes(draft, errors);
  const amounts: Record<string, string> = {};
  const limits = parseMeters(kind, draft, { meters: kind.ledger.limits, errors: amounts });
  const most = attributes === undefined ? {} : kind.screen.capacityOf(attributes);
  const capacity = parseMeters(kind, draft, { meters: kind.ledger.capacity, errors: amounts, most });
  if (Object.keys(amounts).length > 0) errors.amounts = amounts;
  const prices = parsePrices(kind, draft.prices);
  if (!prices.ok) errors.prices = prices.errors;
  const promised = parsePromise(kind, draft.promise);
  if (!promised.ok) errors.promise = promised.errors;
  if (Object.keys(errors).length > 0 || !conditions.ok || !ways.ok || !prices.ok || !promised.ok)
    return { ok: false, errors };
  if (opensAtMs === undefined || closesAtMs === undefined || useMsMax === undefined) return { ok: false, errors };
  const strategy = {
    accessClass: conditions.conditions.length === 0 ? 'public' : 'conditional',
    conditions: conditions.conditions,
    ways: ways.terms,
    opensAtMs: BigInt(opensAtMs),
    closesAtMs: BigInt(closesAtMs),
    useMsMax: BigInt(useMsMax),
    limits,
    prices: prices.prices,
    promise: promised.promise,
    degradedPerMille: promised.degradedPerMille,
  };
  return { ok: true, terms: { strategy, capacity } };
}

/** A strategy as every screen shows one, before it is on the ledger as the version that follows. */
export function previewOf(strategy: Strategy, of: { version: number; nowMs: number }): StrategyDto {
  return {
    ...strategy,
    accessClass: strategy.accessClass === 'public' ? 'public' : 'conditional',
    opensAtMs: Number(strategy.opensAtMs),
    closesAtMs: Number(strategy.closesAtMs),
    useMsMax: Number(strategy.useMsMax),
    limits: strategy.limits.map(toQuantityDto),
    prices: strategy.prices.map(toPriceDto),
    promise: strategy.promise.map(toQuantityDto),
    degradedPerMille: Number(strategy.degradedPerMille),
    version: of.version,
    recordedAtMs: of.nowMs,
  };
}

/**
 * The draft of a strategy in force, to be revised.
 * What the form cannot say (a price per two hours, a longest use of 1.5 seconds) is left open, so that nobody signs another by mistake.
 */
export function draftOf(kind: ShownKind, strategy: StrategyDto, capacity: readonly QuantityDto[]): StrategyDraft {
  const { duration, durationUnit } = durationDraft(strategy.useMsMax);
  const amounts = [...strategy.limits, ...capacity].map(({ meter, amount }) => {
    const isKnown = kind.ledger.meters[meter] !== undefined;
    return [meter, isKnown ? amountDraft(amount, typedMeterOf(kind, meter)) : String(amount)];
  });
  return {
    preset: IN_FORCE,
    conditions: conditionsDraft(kind, strategy.conditions),
    ways: kind.screen.waysDraft(strategy.ways),
    opens: utcDraft(strategy.opensAtMs),
    closes: utcDraft(strategy.closesAtMs),
    longest: strategy.useMsMax % 1_000 === 0 ? duration : '',
    longestUnit: durationUnit,
    amounts: Object.fromEntries(amounts),
    prices: priceLinesDraft(kind, strategy.prices),
    promise: promiseDraft(strategy.promise, strategy.degradedPerMille),
  };
}
