import { getWebhooks } from '#lib/queries/alerts.ts';
import { otherMethods } from '../../../_http/methods.ts';
import { read } from '../../../_http/monitoring.ts';

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** Webhooks with what was told them lately. */
export async function GET(request: Request): Promise<Response> {
  return read(request, async () => ({ items: await getWebhooks() }));
}
