import {
  BYTES_MAX,
  CALLS_MAX,
  COLUMNS_MAX,
  CONDITIONS_MAX,
  FORMATS,
  PLACES_MAX,
  PRICE_MICRO_MAX,
  PRICE_UNITS,
  ROW_FILTER_BYTES_MAX,
  SENTENCE_MAX,
  type StrategyArgs,
  USE_MS_MAX,
} from './definition.ts';
import { utf8 } from '#ledger/core/bytes.ts';

/** Year 9999: later times are slips of units. */
const TIME_MS_MAX = 253_402_300_799_999n;

/** Everything about a strategy but its rules and its price (README, bounds). */
export function areTermsValid(strategy: StrategyArgs, columns: readonly string[]): boolean {
  const { accessClass, conditions } = strategy;
  if (accessClass !== 'public' && accessClass !== 'conditional') return false;
  if (accessClass === 'public' ? conditions.length > 0 : conditions.length === 0 || conditions.length > CONDITIONS_MAX)
    return false;
  return (
    conditions.every((condition) => isSentence(condition.sentence)) &&
    isChoice(strategy.formats, FORMATS) &&
    strategy.columns.length <= COLUMNS_MAX &&
    isOrderedChoice(strategy.columns, columns) &&
    isRowFilter(strategy.rowFilter) &&
    strategy.opensAtMs <= TIME_MS_MAX &&
    strategy.closesAtMs <= TIME_MS_MAX &&
    (strategy.closesAtMs === 0n || strategy.closesAtMs > strategy.opensAtMs) &&
    isWithin(strategy.useMsMax, USE_MS_MAX) &&
    isWithin(strategy.callsMax, CALLS_MAX) &&
    isWithin(strategy.bytesMax, BYTES_MAX) &&
    isWithin(strategy.simultaneousMax, PLACES_MAX)
  );
}

/** A price of 0 is free of charge. */
export function isPriceValid({ unit, amountMicro }: StrategyArgs['price']): boolean {
  return (PRICE_UNITS as readonly string[]).includes(unit) && amountMicro <= PRICE_MICRO_MAX;
}

function isWithin(value: bigint, max: bigint): boolean {
  return value > 0n && value <= max;
}

function isSentence(text: string): boolean {
  return text.length > 0 && text.length <= SENTENCE_MAX && !/\p{Cc}/u.test(text) && text.trim() === text;
}

function isChoice(chosen: readonly string[], offered: readonly string[]): boolean {
  return chosen.length > 0 && new Set(chosen).size === chosen.length && chosen.every((item) => offered.includes(item));
}

/** A choice in the order in which the items are offered. */
function isOrderedChoice(chosen: readonly string[], offered: readonly string[]): boolean {
  let from = 0;
  for (const item of chosen) {
    const at = offered.indexOf(item, from);
    if (at < 0) return false;
    from = at + 1;
  }
  return chosen.length > 0;
}

/** '' or the JSON of a filter; the agent checks its meaning when it tests and when it serves. */
function isRowFilter(text: string): boolean {
  if (text === '') return true;
  if (utf8(text).length > ROW_FILTER_BYTES_MAX) return false;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}
