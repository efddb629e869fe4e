import type { Order } from './order-book.ts';
import type { Amounts, MeterRule } from './resources/kind.ts';

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
  if (window === null || isBeyondCounting(claimed)) return null;
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

/** A claim of 2^53 − 1 or more was not this agent's, and it cannot write one that does not shrink it. */
function isBeyondCounting(claimed: Order['claimed']): boolean {
  return claimed !== null && Object.values(claimed.used).some((amount) => amount === Number.MAX_SAFE_INTEGER);
}

/** What is claimed on each meter that is used up: what was counted, and never less than the ledger has already. */
export function usedOf(
  { claimed }: Pick<Order, 'claimed'>,
  counted: { readonly usage: Amounts; readonly meters: Readonly<Record<string, MeterRule>> },
): Amounts {
  const used: Record<string, number> = {};
  for (const [meter, { counting }] of Object.entries(counted.meters)) {
    if (counting === 'used') used[meter] = Math.max(counted.usage[meter] ?? 0, claimed?.used[meter] ?? 0);
  }
  return used;
}
