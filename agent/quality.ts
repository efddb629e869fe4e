import type { Meter } from './gateway/meter.ts';
import type { Order, OrderBook } from './order-book.ts';
import type { Amounts, OrderTerms, Span } from './resources/kind.ts';

export interface QualityParts {
  readonly book: OrderBook;
  readonly meter: Meter;
  measure(terms: OrderTerms, interval: Span): Amounts;
}

/**
 * Measures each interval of an open order once it is over, and keeps what was found on disk. It has to come before the record that the
 * interval was served: an interval that a crash kept from being measured is then not recorded as served either, and counts as down.
 */
export class Quality {
  readonly #parts: QualityParts;
  /** By agreement, where the next measurement starts. */
  readonly #measuredUntilMs = new Map<number, number>();

  constructor(parts: QualityParts) {
    this.#parts = parts;
  }

  /** Measures what is over by now, the part of an interval at an order's end included. */
  beat(nowMs: number): void {
    for (const order of this.#parts.book.orders.values()) {
      if (order.window === null || order.isReleased || order.isSettled || order.terms.promise.length === 0) continue;
      this.#measureOrder(order, order.window, nowMs);
    }
  }

  #measureOrder(order: Order, window: NonNullable<Order['window']>, nowMs: number): void {
    const { agreement, intervalMs } = order.terms;
    const endMs = Math.min(window.endsAtMs, order.ended?.endedAtMs ?? window.endsAtMs);
    const known = this.#measuredUntilMs.get(agreement);
    // After a restart, intervals of before it are asked for once more: nothing is found, and what was kept stays.
    const firstMs = Math.max(this.#parts.meter.claimedUntilMs(agreement), window.startsAtMs);
    let fromMs = known ?? startOfInterval(firstMs, window.startsAtMs, intervalMs);
    for (;;) {
      const toMs = Math.min(fromMs + intervalMs, endMs);
      if (toMs > nowMs || toMs <= fromMs) break;
      const measured = this.#parts.measure(order.terms, { fromMs, toMs });
      const hasMeasured = Object.values(measured).some((value) => value > 0);
      if (hasMeasured) this.#parts.meter.measure(agreement, fromMs, measured);
      fromMs = toMs;
    }
    this.#measuredUntilMs.set(agreement, fromMs);
  }
}

function startOfInterval(atMs: number, startsAtMs: number, intervalMs: number): number {
  return atMs - ((atMs - startsAtMs) % intervalMs);
}
