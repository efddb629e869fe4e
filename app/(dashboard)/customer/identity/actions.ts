'use server';

import { saveClaim } from '#lib/commands/identity.ts';

/** Keeps what the signed-in person states, sealed to an operator's program, until the operator has answered. */
export async function keepClaim(input: unknown): Promise<{ ok: true } | { ok: false; sentence: string }> {
  const kept = await saveClaim(input);
  return kept.ok ? { ok: true } : { ok: false, sentence: kept.sentence };
}
