'use server';

import { z } from 'zod';
import { saveProfile } from '#lib/commands/save-profile.ts';

const profile = z.strictObject({
  name: z.string().min(1).max(80),
  salt: z.string().regex(/^[0-9a-f]{64}$/),
  isPublic: z.boolean(),
});

/** Keeps the name beside the ledger, which only ever holds a salted commitment to it. */
export async function keepProfile(input: unknown): Promise<{ ok: true } | { ok: false; sentence: string }> {
  const parsed = profile.safeParse(input);
  if (!parsed.success) return { ok: false, sentence: 'The name must have 1 to 80 characters.' };
  return saveProfile(parsed.data);
}
