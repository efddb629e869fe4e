import type { Decider } from '#ledger/engines/testing/load.ts';

const OUTCOME_MS = 60_000;

/** Milliseconds from submitting a transfer to its outcome, which has to be code 0 within a time. */
export async function msToDecide(door: Decider, bytes: Uint8Array, waitMs: number): Promise<number> {
  const begunAt = performance.now();
  const admitted = await door.submit(bytes);
  if (!admitted.ok) throw new Error(`A transfer was refused with code ${admitted.code}.`);
  const outcome = await door.outcome(admitted.txId, waitMs);
  if (outcome?.code !== 0) throw new Error('A transfer was not decided in time.');
  return performance.now() - begunAt;
}

/** What became of a transfer that was due at a time: when it was known, and how long after. A refusal has its code. */
export interface Fate {
  readonly end: 'decided' | 'refused';
  readonly code: number;
  readonly atMs: number;
  readonly tookMs: number;
}

/** Throws when what was admitted is not decided with code 0. */
export async function fateOf(door: Decider, bytes: Uint8Array, dueAtMs: number): Promise<Fate> {
  const admitted = await door.submit(bytes);
  const outcome = admitted.ok ? await door.outcome(admitted.txId, OUTCOME_MS) : undefined;
  if (admitted.ok && outcome?.code !== 0) throw new Error('What was admitted was not decided in time.');
  const atMs = performance.now();
  const code = admitted.ok ? 0 : admitted.code;
  return { end: admitted.ok ? 'decided' : 'refused', code, atMs, tookMs: atMs - dueAtMs };
}

/** How long after they were due those with this end ended. */
export function tookMs(fates: readonly Fate[], end: Fate['end']): number[] {
  return fates.filter((fate) => fate.end === end).map((fate) => fate.tookMs);
}

/** How many were refused, by code. */
export function refusals(fates: readonly Fate[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { end, code } of fates) if (end === 'refused') counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}
