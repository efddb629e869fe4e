import { z } from 'zod';
import { getNodeSeries } from '#lib/queries/watched-nodes.ts';
import { otherMethods } from '../../../../../_http/methods.ts';
import { idOf, readBy } from '../../../../../_http/monitoring.ts';

const filterShape = z.strictObject({ range: z.enum(['hour', 'day', 'week', 'month', 'year']) });

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** What a node said over a range. */
export async function GET(request: Request, context: { params: Promise<{ id: string }> }): Promise<Response> {
  return readBy(request, filterShape, async ({ range }) => getNodeSeries(await idOf(context.params), range));
}
