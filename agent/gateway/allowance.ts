import type { WatchfulClock } from '#agent/clock.ts';
import { endOf, type Order } from '#agent/order-book.ts';
import type { Amounts } from '#agent/resources/kind.ts';
import type { WorkingKind } from '#agent/source-shelf.ts';
import { allowanceOf, BYTES, closingMeters, spentMeter, usedUp } from './access.ts';
import type { Meter } from './meter.ts';
import type { Problem } from './problem.ts';
import type { Entry, UnderWay } from './under-way.ts';

/** A piece that is to leave. */
export interface AskedPiece {
  readonly bytes: number;
  readonly used: Amounts;
  /** Bytes after this piece that may be counted with it where that spares writes to the disk. */
  readonly aheadBytes: number;
}

/** What is left of an order while answers are under way: nothing leaves that was not taken from it before. */
export class Allowance {
  readonly #parts: { readonly meter: Meter; readonly clock: WatchfulClock; readonly underWay: UnderWay };

  constructor(parts: { readonly meter: Meter; readonly clock: WatchfulClock; readonly underWay: UnderWay }) {
    this.#parts = parts;
  }

  /** Asked again when the answer is ready: others may have used what was left in the meantime. */
  admit(order: Order, of: { kind: WorkingKind; entry: Entry }, bytesKnown: number | null): Problem | null {
    const { agreement, amounts } = order.terms;
    const meters = closingMeters(of.kind.module);
    const usage = this.#parts.meter.usage(agreement);
    const spent = spentMeter(order, { usage, meters });
    if (spent !== null && spent.meter !== BYTES) return usedUp(agreement, spent);
    const left = allowanceOf(amounts, BYTES) - (usage[BYTES] ?? 0) - this.#parts.underWay.promisedBytes(agreement);
    if (left <= 0 || (bytesKnown !== null && bytesKnown > left)) {
      const size = bytesKnown === null ? 'more than 1 MiB' : `${bytesKnown} bytes`;
      const sentence = `The answer has ${size} and order O-${agreement} has ${Math.max(0, left)} bytes left; ask for less. Nothing was counted.`;
      return { status: 403, reason: 'answer-too-large', agreement, sentence };
    }
    of.entry.promisedBytes = bytesKnown ?? 0;
    return null;
  }

  /**
   * Counts a piece before it leaves: how many of its bytes may. Durable when it returns; `aheadBytes` of those that follow may be durable
   * with it, never more than are left.
   */
  take(order: Order, entry: Entry, asked: AskedPiece): { bytes: number } {
    const { agreement, amounts } = order.terms;
    const { clock, meter, underWay } = this.#parts;
    const nowMs = clock.nowMs();
    const isOver = order.ended !== null || order.window === null || nowMs >= order.window.endsAtMs;
    if (isOver || clock.isBehindItself()) {
      entry.cut.abort(windowOver(agreement));
      return { bytes: 0 };
    }
    const usage = meter.usage(agreement);
    const leftOf = (name: string): number => Math.max(0, allowanceOf(amounts, name) - (usage[name] ?? 0));
    const others = Object.entries(asked.used).filter(([, amount]) => amount > 0);
    if (others.some(([name]) => leftOf(name) === 0)) return { bytes: 0 };
    const isPromised = entry.promisedBytes > 0;
    const othersPromised = underWay.promisedBytes(agreement) - entry.promisedBytes;
    const room = isPromised ? entry.promisedBytes : Math.max(0, leftOf(BYTES) - othersPromised);
    const bytes = Math.min(asked.bytes, room);
    // A piece cannot be divided on the other meters: the one that ends an allowance leaves whole and counts up to its end.
    const used = others.map(([name, amount]) => [name, Math.min(amount, leftOf(name))] as const);
    const counted = bytes === asked.bytes ? Object.fromEntries(used) : {};
    meter.add(agreement, { ...counted, [BYTES]: bytes }, nowMs, { [BYTES]: Math.min(asked.aheadBytes, room - bytes) });
    if (isPromised) entry.promisedBytes -= bytes;
    return { bytes };
  }

  /**
   * Counts what results cost as long as the order is open, without ever using an allowance up: results are handed out in any case, and must
   * not end the order that others are still made in.
   */
  addSpare(order: Order, used: Amounts): void {
    const { agreement, amounts } = order.terms;
    const { clock, meter } = this.#parts;
    const nowMs = clock.nowMs();
    if (order.ended !== null || nowMs >= endOf(order) || clock.isBehindItself()) return;
    const usage = meter.usage(agreement);
    const spare = (name: string): number => Math.max(0, allowanceOf(amounts, name) - (usage[name] ?? 0) - 1);
    const counted = Object.entries(used).map(([name, amount]) => [name, Math.min(amount, spare(name))] as const);
    if (counted.some(([, amount]) => amount > 0)) meter.add(agreement, Object.fromEntries(counted), nowMs);
  }

  /** Nothing of the order is under way: what was counted ahead is taken back. */
  settle({ terms }: Order): void {
    const { meter, clock } = this.#parts;
    meter.settle(terms.agreement, clock.nowMs());
  }

  isUsedUp(order: Order, { module }: WorkingKind): boolean {
    const usage = this.#parts.meter.usage(order.terms.agreement);
    return spentMeter(order, { usage, meters: closingMeters(module) }) !== null;
  }
}

/** Told when the agent's own clock ends a window, with or without news of the ledger. */
export function windowOver(agreement: number): Problem {
  const sentence = `Order O-${agreement} ended when its time was up; its link no longer opens.`;
  return { status: 410, reason: 'window-over', agreement, sentence };
}
