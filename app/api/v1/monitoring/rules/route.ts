import { getAlertRules } from '#lib/queries/alerts.ts';
import { otherMethods } from '../../../_http/methods.ts';
import { read } from '../../../_http/monitoring.ts';

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** Every alert rule. */
export async function GET(request: Request): Promise<Response> {
  return read(request, async () => ({ items: await getAlertRules() }));
}
