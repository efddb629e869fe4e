import type { WatchfulClock } from './clock.ts';
import { LEDGER_SILENCE_MS_MAX } from './gateway/access.ts';
import type { Meter } from './gateway/meter.ts';
import type { Order, OrderBook } from './order-book.ts';

export const BEAT_MS = 1_000;
/** Beats further apart than this mean that the process or its machine stood still. */
const GAP_MS_MAX = 3 * BEAT_MS;

export interface UptimeParts {
  readonly book: OrderBook;
  readonly meter: Meter;
  readonly clock: WatchfulClock;
  isOpen(resource: number): boolean;
  isListening(): boolean;
  /** Keeps the quality of every interval that is over at `nowMs`. */
  measureQuality(nowMs: number): void;
}

/** Records when the gateway could serve each source, durably, while orders depend on it: what is not recorded counts as down. */
export class Uptime {
  readonly #parts: UptimeParts;
  /** By resource, since the last gap. */
  readonly #upSince = new Map<number, number>();
  #lastBeatMs: number | null = null;

  constructor(parts: UptimeParts) {
    this.#parts = parts;
  }

  /** Called every second, and before a claim is made. */
  beat(): void {
    const { book, meter, clock } = this.#parts;
    const nowMs = clock.nowMs();
    this.#parts.measureQuality(nowMs);
    if (this.#lastBeatMs !== null && nowMs - this.#lastBeatMs > GAP_MS_MAX) this.#upSince.clear();
    this.#lastBeatMs = nowMs;
    const canServe = this.#canServe(nowMs);
    for (const resource of book.resources.keys()) {
      if (!canServe || !this.#parts.isOpen(resource)) {
        this.#upSince.delete(resource);
        continue;
      }
      const fromMs = this.#upSince.get(resource) ?? nowMs;
      this.#upSince.set(resource, fromMs);
      if (this.#isDependedOn(resource)) meter.markUp(sourceName(resource), { fromMs, toMs: nowMs });
    }
  }

  #canServe(nowMs: number): boolean {
    const { book, clock } = this.#parts;
    if (!this.#parts.isListening() || clock.isBehindItself() || book.identity === null) return false;
    return book.head !== null && nowMs - book.head.timeMs <= LEDGER_SILENCE_MS_MAX;
  }

  #isDependedOn(resource: number): boolean {
    for (const order of this.#parts.book.orders.values()) {
      if (order.terms.resource === resource && needsUptime(order)) return true;
    }
    return false;
  }
}

/** Name under which the meter keeps the spans of a resource. */
export function sourceName(resource: number): string {
  return `R-${resource}`;
}

function needsUptime(order: Order): boolean {
  if (order.isSettled) return false;
  if (order.ended === null) return order.links.size > 0;
  const lastMs = order.window === null ? 0 : Math.min(order.ended.endedAtMs, order.window.endsAtMs);
  return (order.claimed?.untilMs ?? 0) < lastMs;
}
