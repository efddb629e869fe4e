'use server';

import { getRefusals } from '#lib/queries/orders.ts';
import type { RefusalDto } from '#lib/shared/dto.ts';

/** The refusal of an application just decided: it is among the session's newest. */
export async function findRefusal(application: unknown): Promise<RefusalDto | null> {
  const refusals = await getRefusals(1);
  return refusals.items.find((refusal) => String(refusal.application) === application) ?? null;
}
