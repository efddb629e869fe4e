import { z } from 'zod';
import { getAlerts } from '#lib/queries/alerts.ts';
import { otherMethods } from '../../../_http/methods.ts';
import { readBy } from '../../../_http/monitoring.ts';
import { pageNumber } from '../../../_http/query.ts';

const filterShape = z.strictObject({
  state: z.enum(['open', 'firing', 'acknowledged', 'resolved']).optional(),
  page: pageNumber.optional(),
});

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** Alerts of the nodes that the caller may see. */
export async function GET(request: Request): Promise<Response> {
  return readBy(request, filterShape, getAlerts);
}
