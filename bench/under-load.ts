import { signTransfers } from '#ledger/engines/testing/load.ts';
import type { Contestant } from './contestants.ts';
import { msToDecide } from './decide.ts';
import { openLoop } from './open-loop.ts';

const OUTCOME_MS = 60_000;

/** Transfers of all accounts by turns, each account's in the order of its nonces. */
export function signInTurns({ ledger }: Contestant, count: number): Uint8Array[] {
  const queues = signTransfers(ledger, count);
  return Array.from(
    { length: count },
    (_, index) => queues[index % queues.length]![Math.floor(index / queues.length)]!,
  );
}

/** Decides so many transfers a second (open loop): when each was decided, and how long after it was due. */
export async function decideUnderLoad(
  contestant: Contestant,
  perSecond: number,
  seconds: number,
): Promise<{ decidedAtMs: number; tookMs: number }[]> {
  const { doors } = contestant;
  const transfers = signInTurns(contestant, Math.floor(perSecond * seconds));
  return openLoop(perSecond, transfers.length, async (index, dueAtMs) => {
    await msToDecide(doors[index % doors.length]!, transfers[index]!, OUTCOME_MS);
    const decidedAtMs = performance.now();
    return { decidedAtMs, tookMs: decidedAtMs - dueAtMs };
  });
}
