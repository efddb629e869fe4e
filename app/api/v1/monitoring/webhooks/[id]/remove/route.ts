import { z } from 'zod';
import { removeWebhook } from '#lib/commands/monitoring.ts';
import { otherMethods } from '../../../../../_http/methods.ts';
import { commandOn } from '../../../../../_http/monitoring.ts';

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST');

/** Removes a webhook. */
export async function POST(request: Request, context: { params: Promise<{ id: string }> }): Promise<Response> {
  return commandOn(request, context, { shape: z.strictObject({}), work: removeWebhook });
}
