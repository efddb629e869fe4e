import type { Amounts, MeterRule, Quantity, Span } from './resources/kind.ts';

/** `down` costs nothing, `degraded` the part that the strategy names, `kept` the price. */
export type IntervalState = 'down' | 'degraded' | 'kept';

/** One metering interval of a window: whether it was served, and the quality in which. */
export interface Interval extends Span {
  readonly state: IntervalState;
  /** By promised meter; empty where nothing was promised. */
  readonly measured: Amounts;
}

export interface IntervalFacts {
  /** When the gateway could serve the source, oldest first, without overlaps. */
  readonly spans: readonly Span[];
  /** Measured quality by the start of its interval; an interval without an entry had nothing to measure. */
  readonly measured: ReadonlyMap<number, Amounts>;
  /** An interval that starts later was not measured, and counts as down. */
  readonly measuredUntilMs: number;
  readonly promise: readonly Quantity[];
  readonly meters: Readonly<Record<string, MeterRule>>;
  readonly startsAtMs: number;
  readonly intervalMs: number;
}

/**
 * The intervals [startsAtMs + i × intervalMs, …) of a window that start at or after `range.fromMs` and before `range.toMs`, in their
 * order; the last ends at `range.toMs`. One is served when one span covers all of it: a gap of any length makes it down.
 */
export function* intervalsOf(facts: IntervalFacts, range: Span): Generator<Interval> {
  const { spans, startsAtMs, intervalMs } = facts;
  let next = 0;
  for (let index = Math.max(0, Math.ceil((range.fromMs - startsAtMs) / intervalMs)); ; index += 1) {
    const fromMs = startsAtMs + index * intervalMs;
    if (fromMs >= range.toMs) return;
    const toMs = Math.min(fromMs + intervalMs, range.toMs);
    for (let span = spans[next]; span !== undefined && span.toMs < toMs; span = spans[next]) next += 1;
    const covering = spans[next];
    const isServed = covering !== undefined && covering.fromMs <= fromMs && fromMs <= facts.measuredUntilMs;
    const measured = facts.measured.get(fromMs) ?? {};
    yield { fromMs, toMs, measured, state: isServed ? stateOf(measured, facts) : 'down' };
  }
}

/** 0 means that there was nothing to measure, such as an interval without a call: nothing was missed then. */
function stateOf(measured: Amounts, { promise, meters }: Pick<IntervalFacts, 'promise' | 'meters'>): IntervalState {
  for (const { meter, amount } of promise) {
    const found = measured[meter] ?? 0;
    if (found === 0) continue;
    const isMissed = promiseOf(meters, meter) === 'at-least' ? found < amount : found > amount;
    if (isMissed) return 'degraded';
  }
  return 'kept';
}

/** Whether a promise of a meter is a highest or a lowest value. */
export function promiseOf(meters: Readonly<Record<string, MeterRule>>, meter: string): 'at-most' | 'at-least' {
  const rule = Object.hasOwn(meters, meter) ? meters[meter] : undefined;
  return rule?.counting === 'measured' ? rule.promised : 'at-most';
}
