import { keepsPromise } from '#ledger/contracts/kinds/kind.ts';
import type { IntervalState } from '#ledger/contracts/shared/runs.ts';
import type { Amounts, LedgerKind, Quantity, Span } from './resources/kind.ts';

/** One metering interval of a window: whether it was served, and the quality in which. */
export interface Interval extends Span {
  readonly state: IntervalState;
  /** By promised meter; empty where nothing was promised. */
  readonly measured: Amounts;
}

export interface IntervalFacts {
  /** When the gateway could serve the source, oldest first, without overlaps. */
  readonly spans: readonly Span[];
  /** Measured quality by the start of its interval; an interval without an entry counts as measured with 0. */
  readonly measured: ReadonlyMap<number, Amounts>;
  /** An interval that starts later was not measured, and counts as down. */
  readonly measuredUntilMs: number;
  readonly promise: readonly Quantity[];
  readonly promises: LedgerKind['promises'];
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

/** By the ledger's own rule, so that it takes what is claimed: kept when every measured value keeps its promise. */
function stateOf(measured: Amounts, { promise, promises }: Pick<IntervalFacts, 'promise' | 'promises'>): IntervalState {
  const isKept = promise.every(({ meter, amount }) => {
    const values = { measured: BigInt(measured[meter] ?? 0), promised: BigInt(amount) };
    return keepsPromise(promises[meter], values);
  });
  return isKept ? 'kept' : 'degraded';
}
