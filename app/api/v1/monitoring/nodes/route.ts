import { z } from 'zod';
import { getWatchedNodes } from '#lib/queries/watched-nodes.ts';
import { NODE_STATUSES, SUBJECT_KINDS } from '#lib/shared/monitoring.ts';
import { otherMethods } from '../../../_http/methods.ts';
import { readBy } from '../../../_http/monitoring.ts';
import { pageNumber } from '../../../_http/query.ts';

const filterShape = z.strictObject({
  kind: z.enum(SUBJECT_KINDS).optional(),
  status: z.enum(NODE_STATUSES).optional(),
  text: z.string().max(100).optional(),
  page: pageNumber.optional(),
});

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** Nodes that the caller may see, those that fail first. */
export async function GET(request: Request): Promise<Response> {
  return readBy(request, filterShape, getWatchedNodes);
}
