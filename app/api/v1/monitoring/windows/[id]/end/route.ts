import { z } from 'zod';
import { endMaintenance } from '#lib/commands/monitoring.ts';
import { otherMethods } from '../../../../../_http/methods.ts';
import { commandOn } from '../../../../../_http/monitoring.ts';

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST');

/** Takes a maintenance window back, or ends it. */
export async function POST(request: Request, context: { params: Promise<{ id: string }> }): Promise<Response> {
  return commandOn(request, context, { shape: z.strictObject({}), work: endMaintenance });
}
