'use server';

import { applyForResource } from '#lib/commands/apply-for-resource.ts';
import { getRefusals } from '#lib/queries/orders.ts';
import type { CommandResult, RefusalDto } from '#lib/shared/dto.ts';
import { write } from '../../../../_write.ts';

export async function submitApplication(signedHex: string, idempotencyKey: string): Promise<CommandResult> {
  return write(applyForResource, signedHex, idempotencyKey);
}

/** The refusal of an application just decided: it is among the session's newest. */
export async function findRefusal(application: unknown): Promise<RefusalDto | null> {
  const refusals = await getRefusals(1);
  return refusals.items.find((refusal) => String(refusal.application) === application) ?? null;
}
