import { signTransfers } from '#ledger/engines/testing/load.ts';
import type { Contestant } from './contestants.ts';
import { fateOf, type Fate } from './decide.ts';
import { openLoop } from './open-loop.ts';

/** Transfers of all accounts by turns, each account's in the order of its nonces. */
export function signInTurns({ ledger }: Contestant, count: number): Uint8Array[] {
  const queues = signTransfers(ledger, count);
  return Array.from(
    { length: count },
    (_, index) => queues[index % queues.length]![Math.floor(index / queues.length)]!,
  );
}

/** Asks for so many transfers a second (open loop), and waits for what became of each. */
export function loadWith(contestant: Contestant, perSecond: number, seconds: number): Promise<Fate[]> {
  const { doors } = contestant;
  const transfers = signInTurns(contestant, Math.floor(perSecond * seconds));
  return openLoop(perSecond, transfers.length, (index, dueAtMs) =>
    fateOf(doors[index % doors.length]!, transfers[index]!, dueAtMs),
  );
}
