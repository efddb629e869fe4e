import type { Order } from '#agent/order-book.ts';
import type { WorkingKind } from '#agent/source-shelf.ts';
import { allowanceOf, type Situation } from './access.ts';

/** What an open order tells its customer about itself: its times, what was used and is left, and what its kind says of it. */
export function stateOf(
  { usage, nowMs, agreement, keptUntilMs }: Situation,
  order: Order,
  { kind, endsAtMs }: { kind: WorkingKind; endsAtMs: number },
): Record<string, unknown> {
  const counted: Record<string, number> = {};
  for (const meter of kind.module.ledger.used) {
    const used = usage[meter] ?? 0;
    const allowed = allowanceOf(order.terms.amounts, meter);
    counted[meter] = used;
    if (Number.isFinite(allowed)) counted[`${meter}Left`] = Math.max(0, allowed - used);
  }
  return {
    agreement,
    order: order.terms.order,
    part: order.terms.part,
    state: 'open',
    startsAtMs: order.window?.startsAtMs,
    endsAtMs,
    serverTimeMs: nowMs,
    remainingMs: Math.max(0, endsAtMs - nowMs),
    ...counted,
    ...(keptUntilMs === 0 ? {} : { resultsKeptUntilMs: keptUntilMs }),
    ...kind.open.describe(order.terms),
  };
}
