import { z } from 'zod';
import { changeWebhook } from '#lib/commands/monitoring.ts';
import { SEVERITIES } from '#lib/shared/monitoring.ts';
import { otherMethods } from '../../../../../_http/methods.ts';
import { commandOn } from '../../../../../_http/monitoring.ts';

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST');

/** Changes a webhook. */
export async function POST(request: Request, context: { params: Promise<{ id: string }> }): Promise<Response> {
  return commandOn(request, context, {
    shape: z.strictObject({
      url: z.string().max(500),
      severityMin: z.enum(SEVERITIES),
      isEnabled: z.boolean(),
    }),
    work: changeWebhook,
  });
}
