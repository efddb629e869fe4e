import type { Decider } from '#ledger/engines/testing/load.ts';

/** Milliseconds from submitting a transfer to its outcome, which has to be code 0 within a time. */
export async function msToDecide(door: Decider, bytes: Uint8Array, waitMs: number): Promise<number> {
  const begunAt = performance.now();
  const admitted = await door.submit(bytes);
  if (!admitted.ok) throw new Error(`A transfer was refused with code ${admitted.code}.`);
  const outcome = await door.outcome(admitted.txId, waitMs);
  if (outcome?.code !== 0) throw new Error('A transfer was not decided in time.');
  return performance.now() - begunAt;
}
