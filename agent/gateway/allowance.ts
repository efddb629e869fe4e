import type { WatchfulClock } from '#agent/clock.ts';
import type { Order } from '#agent/order-book.ts';
import type { Amounts } from '#agent/resources/kind.ts';
import type { WorkingKind } from '#agent/source-shelf.ts';
import { allowanceOf, BYTES, spentMeter, usedUp } from './access.ts';
import type { Meter } from './meter.ts';
import type { Problem } from './problem.ts';
import type { Entry, UnderWay } from './under-way.ts';

/** What is left of an order while answers are under way: nothing leaves that was not taken from it before. */
export class Allowance {
  readonly #parts: { readonly meter: Meter; readonly clock: WatchfulClock; readonly underWay: UnderWay };

  constructor(parts: { readonly meter: Meter; readonly clock: WatchfulClock; readonly underWay: UnderWay }) {
    this.#parts = parts;
  }

  /** Asked again when the answer is ready: others may have used what was left in the meantime. */
  admit(order: Order, of: { kind: WorkingKind; entry: Entry }, bytesKnown: number | null): Problem | null {
    const { agreement, amounts } = order.terms;
    const { meters } = of.kind.module;
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

  take(order: Order, entry: Entry, asked: { readonly bytes: number; readonly used: Amounts }): { bytes: number } {
    const { agreement, amounts } = order.terms;
    const { clock, meter, underWay } = this.#parts;
    const nowMs = clock.nowMs();
    const isOver = order.ended !== null || order.window === null || nowMs >= order.window.endsAtMs;
    if (isOver || clock.isBehindItself()) {
      entry.cut.abort(windowOver(agreement));
      return { bytes: 0 };
    }
    const isPromised = entry.promisedBytes > 0;
    const othersPromised = this.#parts.underWay.promisedBytes(agreement) - entry.promisedBytes;
    const left = Math.max(0, allowanceOf(amounts, BYTES) - (meter.usage(agreement)[BYTES] ?? 0) - othersPromised);
    const bytes = isPromised ? asked.bytes : Math.min(asked.bytes, left);
    const isWhole = bytes === asked.bytes;
    meter.add(
      agreement,
      { ...(isWhole ? asked.used : {}), [BYTES]: (isWhole ? (asked.used[BYTES] ?? 0) : 0) + bytes },
      nowMs,
    );
    if (isPromised) entry.promisedBytes -= bytes;
    return { bytes };
  }

  isUsedUp(order: Order, { module }: WorkingKind): boolean {
    return spentMeter(order, { usage: this.#parts.meter.usage(order.terms.agreement), meters: module.meters }) !== null;
  }
}

/** Told when the agent's own clock ends a window, with or without news of the ledger. */
export function windowOver(agreement: number): Problem {
  const sentence = `Order O-${agreement} ended when its time was up; its link no longer opens.`;
  return { status: 410, reason: 'window-over', agreement, sentence };
}
