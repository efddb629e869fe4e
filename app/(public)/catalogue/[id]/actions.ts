'use server';

import { z } from 'zod';
import { getAdmission } from '#lib/queries/admission.ts';
import type { AdmissionDto } from '#lib/shared/dto.ts';
import { DURATION_MS_MAX, DURATION_MS_MIN } from '#ledger/contracts/agreement/definition.ts';
import { LIST_MAX, TERMS_BYTES_MAX } from '#ledger/contracts/shared/terms.ts';
import { FIELDS_OF_BUSINESS, PURPOSES } from '#ledger/contracts/strategy/definition.ts';

const question = z.strictObject({
  resource: z.int().min(1),
  purpose: z.enum(PURPOSES),
  field: z.enum(FIELDS_OF_BUSINESS),
  durationMs: z.int().min(Number(DURATION_MS_MIN)).max(Number(DURATION_MS_MAX)),
  choices: z.array(z.strictObject({ name: z.string().max(32), value: z.string().max(TERMS_BYTES_MAX) })).max(LIST_MAX),
  amounts: z.array(z.strictObject({ meter: z.string().max(32), amount: z.int().min(1) })).max(LIST_MAX),
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
