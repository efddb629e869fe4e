import { addWebhook } from '#lib/commands/monitoring.ts';
import { webhookShape } from '#lib/shared/monitoring.ts';
import { otherMethods } from '../../../../_http/methods.ts';
import { command } from '../../../../_http/monitoring.ts';

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST');

/** Adds a webhook; its secret is answered this once. */
export async function POST(request: Request): Promise<Response> {
  return command(request, webhookShape, addWebhook);
}
