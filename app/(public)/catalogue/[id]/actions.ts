'use server';

import { z } from 'zod';
import { getAdmission } from '#lib/queries/admission.ts';
import type { AdmissionDto } from '#lib/shared/dto.ts';

const question = z.strictObject({
  resource: z.int().min(1),
  purpose: z.string().min(1).max(40),
  field: z.string().min(1).max(40),
  durationMs: z
    .int()
    .min(1)
    .max(366 * 86_400_000),
  format: z.string().min(1).max(20),
  calls: z.int().min(1).max(1_000_000_000),
  bytes: z.string().regex(/^\d{1,19}$/),
});

export type AdmissionAnswer = { ok: true; admission: AdmissionDto } | { ok: false; sentence: string };

/** Asks the contract itself, against committed state, whether an application would be granted. */
export async function askAdmission(asked: unknown): Promise<AdmissionAnswer> {
  const parsed = question.safeParse(asked);
  if (!parsed.success) return { ok: false, sentence: 'The question was not complete: check the fields and ask again.' };
  const admission = await getAdmission(parsed.data);
  if (!admission) return { ok: false, sentence: 'Only an account can be judged: sign in and create one first.' };
  return { ok: true, admission };
}
