import { setTimeout as delay } from 'node:timers/promises';
import { admissionCodes } from '#ledger/contracts/machine/definition.ts';
import type { TransactionOutcome } from '#ledger/core/committed.ts';
import type { Engine } from '#ledger/engines/engine.ts';
import type { LedgerHome } from './ledger-home.ts';

/** What takes transactions and tells what became of them: an engine, or a client of one. */
export type Decider = Pick<Engine, 'submit' | 'outcome'>;

/** Of one member at a time; admission lets 64 wait. */
const PER_MEMBER = 12;
const OUTCOME_MS = 60_000;
const REFUSED_PAUSE_MS = 20;
/** A client comes back. */
const FULL: readonly number[] = [admissionCodes.TOO_MANY_WAITING, admissionCodes.UNAVAILABLE];

/** Signs this many transfers, spread over the members, each member's in the order of its nonces. */
export function signTransfers(ledger: LedgerHome, count: number): Uint8Array[][] {
  const { members } = ledger;
  const queues: Uint8Array[][] = members.map(() => []);
  for (let turn = 0; turn < count; turn += 1) {
    const at = turn % members.length;
    queues[at]!.push(ledger.transfer(members[at]!, members[(at + 1) % members.length]!));
  }
  return queues;
}

/** Until it is decided with code 0. Who was told that there is no room may have been let in all the same, and comes back to a used nonce. */
async function decideOne(engine: Decider, ledger: LedgerHome, bytes: Uint8Array): Promise<TransactionOutcome> {
  for (let attempt = 0; ; attempt += 1) {
    const admitted = await engine.submit(bytes);
    const isKnown = !admitted.ok && admitted.code === admissionCodes.NONCE_USED && attempt > 0;
    if (admitted.ok || isKnown) {
      const outcome = await engine.outcome(ledger.idOf(bytes), OUTCOME_MS);
      if (outcome?.code === 0) return outcome;
      throw new Error(`A transaction ended with ${outcome === undefined ? 'nothing' : outcome.code}.`);
    }
    if (!FULL.includes(admitted.code)) throw new Error(`A transaction was refused with ${admitted.code}.`);
    await delay(REFUSED_PAUSE_MS);
  }
}

/** Submits each queue in order, so many of it at a time, to the engines in turn; resolves when all are decided with code 0. */
export async function outcomesOf(
  engines: readonly Decider[],
  ledger: LedgerHome,
  queues: readonly (readonly Uint8Array[])[],
  atATime = PER_MEMBER,
): Promise<TransactionOutcome[][]> {
  const outcomes = queues.map((): TransactionOutcome[] => []);
  const workers = queues.flatMap((queue, at) => {
    const engine = engines[at % engines.length]!;
    let next = 0;
    return Array.from({ length: atATime }, async () => {
      for (let own = next++; own < queue.length; own = next++)
        outcomes[at]![own] = await decideOne(engine, ledger, queue[own]!);
    });
  });
  await Promise.all(workers);
  return outcomes;
}

/** The same for who needs no outcome. */
export async function decideAll(...load: Parameters<typeof outcomesOf>): Promise<void> {
  await outcomesOf(...load);
}
