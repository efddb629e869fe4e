import { z } from 'zod';
import { getNotices } from '#lib/queries/notices.ts';
import { asSomebody } from '../../_http/agent.ts';
import { otherMethods } from '../../_http/methods.ts';
import { pageNumber, readQuery } from '../../_http/query.ts';
import { json } from '../../_http/respond.ts';

const filterShape = z.strictObject({
  as: z.enum(['broker', 'node-provider', 'provider']),
  open: z.enum(['true', 'false']).optional(),
  page: pageNumber.optional(),
});

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** Brokers' requests to providers, of one's own: `as=broker` those sent, `node-provider` those to hand on, `provider` those to answer. */
export async function GET(request: Request): Promise<Response> {
  return asSomebody(request, async () => {
    const read = readQuery(request, filterShape);
    if (!read.ok) return read.response;
    const { as, open, page } = read.value;
    return json(await getNotices({ as, open: open === 'true', page }));
  });
}
