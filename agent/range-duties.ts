import type { WatchfulClock } from './clock.ts';
import { rangeCommand, type LedgerCommand } from './ledger-terms.ts';
import type { Order, OrderRange } from './order-book.ts';
import type { OrderTerms, RangeProgress, TaskRuns } from './resources/kind.ts';

/** Something that the ledger has to be told of a range. */
export interface RangeDue {
  /** The same for the same thing, and another one for another attempt. */
  readonly name: string;
  readonly command: LedgerCommand;
  readonly what: string;
}

/**
 * Has the ranges of an order run that the ledger wants run, and every other one stopped; what is to be said of them. The answer comes from
 * the book and from what the kind has on its disk, so that the same comes out after a crash.
 */
export function rangesDue(
  order: Order,
  parts: { readonly clock: WatchfulClock; tasksOf(terms: OrderTerms): TaskRuns | undefined },
): RangeDue[] {
  const { terms, ranges } = order;
  const wanted = isOpen(order, parts.clock) ? [...ranges.values()].filter(isWanted) : [];
  const progress = parts.tasksOf(terms)?.run(
    terms,
    wanted.map(({ assigned }) => assigned),
  );
  return wanted.flatMap((range) => dueOf(terms.agreement, range, progress?.get(range.assigned.range)));
}

function isOpen({ window, ended }: Order, clock: WatchfulClock): boolean {
  const nowMs = clock.nowMs();
  const isInside = window !== null && nowMs >= window.startsAtMs && nowMs < window.endsAtMs;
  return isInside && ended === null && !clock.isBehindItself();
}

function isWanted({ status }: OrderRange): boolean {
  return status === 'assigned' || status === 'started';
}

function dueOf(agreement: number, { assigned, status }: OrderRange, progress: RangeProgress | undefined): RangeDue[] {
  if (progress === undefined || (progress.state === 'running' && status === 'started')) return [];
  const command = rangeCommand({ agreement, assigned }, progress);
  if (command === null) return [];
  const { range, demand, attempt } = assigned;
  const name = `range ${agreement} ${range} ${attempt} ${progress.state}`;
  return [{ name, command, what: `Order O-${agreement}: range ${range} of D-${demand} is ${progress.state}` }];
}
