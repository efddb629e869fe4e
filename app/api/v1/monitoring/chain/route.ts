import { z } from 'zod';
import { getChainSeries } from '#lib/queries/consensus.ts';
import { otherMethods } from '../../../_http/methods.ts';
import { readBy } from '../../../_http/monitoring.ts';

const filterShape = z.strictObject({ range: z.enum(['hour', 'day', 'week', 'month']) });

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** What the network did over a range. */
export async function GET(request: Request): Promise<Response> {
  return readBy(request, filterShape, async ({ range }) => ({ items: await getChainSeries(range) }));
}
