'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import type { Acted } from '#components/monitoring/act.ts';
import { sendSupportMessage } from '#lib/commands/support.ts';
import { codeOfFault, portalCodes, wordsOf } from '#lib/errors.ts';

const shape = z.strictObject({ incident: z.int().min(1), text: z.string() });

/** Says something in the thread of an incident; the command decides who may. */
export async function sendMessage(input: { incident: number; text: string }): Promise<Acted> {
  const parsed = shape.safeParse(input);
  if (!parsed.success) return { ok: false, sentence: wordsOf(portalCodes.INPUT_INVALID).sentence };
  try {
    const result = await sendSupportMessage(parsed.data.incident, parsed.data.text);
    if (!result.ok) return { ok: false, sentence: result.sentence };
  } catch (error) {
    const code = codeOfFault(error);
    if (code === portalCodes.INTERNAL) throw error;
    return { ok: false, sentence: wordsOf(code).sentence };
  }
  refresh();
  return { ok: true };
}
