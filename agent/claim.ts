import type { Order } from './order-book.ts';
import type { Amounts, LedgerKind } from './resources/kind.ts';

const CLAIM_EVERY_MS = 600_000;
/** A regular claim leaves out what ended more recently: the ledger's time may be behind the agent's by as much. */
const CLAIM_BEHIND_MS = 30_000;

/**
 * The claim that is due, if any. A regular one covers whole intervals that ended at least 30 s ago: what is claimed is final, and the
 * ledger takes no claim beyond its own time. The last one covers the time to the end, and is due until the ledger has all that was used.
 */
export function claimDue(
  order: Order,
  now: { readonly used: Amounts; readonly nowMs: number },
): { readonly isLast: boolean; readonly untilMs: number } | null {
  const { window, ended, claimed, terms } = order;
  const { used, nowMs } = now;
  if (window === null) return null;
  if (ended !== null) {
    const untilMs = Math.max(Math.min(ended.endedAtMs, window.endsAtMs), claimed?.untilMs ?? 0);
    const isClaimed =
      claimed !== null &&
      claimed.untilMs === untilMs &&
      Object.entries(used).every(([meter, amount]) => amount === (claimed.used[meter] ?? 0));
    return !isClaimed && untilMs > window.startsAtMs && nowMs >= untilMs && nowMs < ended.settleAtMs
      ? { isLast: true, untilMs }
      : null;
  }
  const coveredMs = claimed?.untilMs ?? window.startsAtMs;
  if (nowMs >= window.endsAtMs || nowMs - coveredMs < CLAIM_EVERY_MS) return null;
  const latestMs = nowMs - CLAIM_BEHIND_MS;
  const untilMs = latestMs - ((latestMs - window.startsAtMs) % terms.intervalMs);
  return untilMs > coveredMs ? { isLast: false, untilMs } : null;
}

/** What is claimed on each meter that is used up: what was counted, and never less than the ledger has already. */
export function usedOf(
  { claimed }: Pick<Order, 'claimed'>,
  counted: { readonly usage: Amounts; readonly meters: LedgerKind['used'] },
): Amounts {
  const amounts = counted.meters.map((meter): [string, number] => [
    meter,
    Math.max(counted.usage[meter] ?? 0, claimed?.used[meter] ?? 0),
  ]);
  return Object.fromEntries(amounts);
}
