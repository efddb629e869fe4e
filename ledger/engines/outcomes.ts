import { toHex } from '#ledger/core/bytes.ts';
import type { TransactionOutcome } from '#ledger/core/committed.ts';

/** Outcomes kept in memory for those who ask soon after; older ones are looked up on disk. */
const RECENT_MAX = 16_384;
/** Admitted transactions that are known not to be decided; of others the disk is asked. */
const ADMITTED_MAX = 16_384;
/** Transactions waited for at a time; more callers are answered at once from what is decided. */
const WAITED_FOR_MAX = 20_000;

/** What became of transactions: those who wait hear of it at once, those who come later find it. */
export interface Outcomes {
  /** It stands in no block that was kept: what becomes of it will be, and who waits for it needs no look at the disk. */
  admitted(txId: Uint8Array): void;
  /** A block decided these; each at most once. */
  keep(outcomes: readonly TransactionOutcome[]): void;
  /** The decided outcome, or undefined when the deadline passed first. */
  wait(txId: Uint8Array, timeoutMs: number): Promise<TransactionOutcome | undefined>;
}

/** `find` looks an outcome up on disk, in a bounded time; it never rejects. */
export function createOutcomes(find: (txId: Uint8Array) => Promise<TransactionOutcome | undefined>): Outcomes {
  const recent = new Map<string, TransactionOutcome>();
  const waiting = new Map<string, Set<(outcome: TransactionOutcome) => void>>();
  const open = new Set<string>();
  return {
    admitted: (txId) => {
      const key = toHex(txId);
      if (recent.has(key)) return;
      if (open.size >= ADMITTED_MAX) open.clear();
      open.add(key);
    },
    keep: (outcomes) => {
      for (const outcome of outcomes) {
        const key = toHex(outcome.txId);
        recent.set(key, outcome);
        open.delete(key);
        for (const resolve of waiting.get(key) ?? []) resolve(outcome);
      }
      for (const key of recent.keys()) {
        if (recent.size <= RECENT_MAX) break;
        recent.delete(key);
      }
    },
    wait: async (txId, timeoutMs) => {
      const key = toHex(txId);
      const known = recent.get(key);
      if (known !== undefined) return known;
      const waiters = waiting.get(key) ?? new Set();
      const mayWait = timeoutMs > 0 && waiting.size < WAITED_FOR_MAX;
      return new Promise((resolve) => {
        let isLookedUp = mayWait && open.has(key);
        let isLate = false;
        const done = (found: TransactionOutcome | undefined): void => {
          clearTimeout(timer);
          waiters.delete(done);
          if (waiters.size === 0) waiting.delete(key);
          resolve(found);
        };
        const timer = setTimeout(() => {
          isLate = true;
          if (isLookedUp) done(undefined);
        }, timeoutMs);
        if (mayWait) {
          waiters.add(done);
          waiting.set(key, waiters);
        }
        if (isLookedUp) return;
        // It may have been decided before this process indexed, or long ago: even who does not wait gets the answer of the disk.
        void find(txId).then((found) => {
          isLookedUp = true;
          if (found !== undefined || isLate || !mayWait) done(found);
        });
      });
    },
  };
}
