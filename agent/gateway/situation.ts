import type { WatchfulClock } from '#agent/clock.ts';
import { endOf, type OrderBook } from '#agent/order-book.ts';
import type { WorkingKind } from '#agent/source-shelf.ts';
import { closingMeters, type Situation } from './access.ts';
import type { Meter } from './meter.ts';

export interface SituationParts {
  readonly book: OrderBook;
  readonly meter: Meter;
  readonly clock: WatchfulClock;
  /** The kind of an order; undefined when this agent offers nothing of it. */
  kindOf(of: { readonly kind: string }): WorkingKind | undefined;
}

/** What is asked for, as far as it bears on whether it may be. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  /** The issue of the order's link that the caller has shown to hold; null when none. */
  readonly issue: number | null;
}

/** Gathers what `access.ts` decides by, from the agent's own memory. */
export function situationOf(
  { book, clock, meter, kindOf }: SituationParts,
  agreement: number,
  { asked, nowMs, underWay }: { readonly asked: Asked; readonly nowMs: number; readonly underWay: number },
): Situation {
  const order = book.orders.get(agreement);
  const kind = order === undefined ? undefined : kindOf(order.terms);
  const resource = order === undefined ? undefined : book.resources.get(order.terms.resource)?.published;
  const keptMs = order === undefined ? 0 : (kind?.open.tasks?.keptAfterEndMs(order.terms) ?? 0);
  return {
    order,
    agreement,
    issue: asked.issue,
    keptUntilMs: order === undefined || keptMs === 0 ? 0 : endOf(order) + keptMs,
    asksForKept: kind?.module.answersAfterEnd?.(asked.method, asked.path) === true,
    nowMs,
    isClockBehind: clock.isBehindItself(),
    headMs: book.head?.timeMs ?? null,
    isSourceOpen: resource !== undefined && kind?.open.isOpen(resource) === true,
    isAuthorised: book.identity !== null,
    usage: meter.usage(agreement),
    meters: kind === undefined ? [] : closingMeters(kind.module),
    underWay,
    atOnceMax: kind?.module.atOnceMax ?? 0,
  };
}
