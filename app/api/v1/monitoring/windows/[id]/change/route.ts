import { z } from 'zod';
import { changeMaintenance } from '#lib/commands/monitoring.ts';
import { otherMethods } from '../../../../../_http/methods.ts';
import { commandOn } from '../../../../../_http/monitoring.ts';

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST');

/** Moves a maintenance window. */
export async function POST(request: Request, context: { params: Promise<{ id: string }> }): Promise<Response> {
  return commandOn(request, context, {
    shape: z.strictObject({ fromMs: z.number(), toMs: z.number(), note: z.string().max(300) }),
    work: changeMaintenance,
  });
}
