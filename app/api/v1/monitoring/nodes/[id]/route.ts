import { getWatchedNode } from '#lib/queries/watched-nodes.ts';
import { otherMethods } from '../../../../_http/methods.ts';
import { readOne } from '../../../../_http/monitoring.ts';

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** One node with its last changes and probes. */
export async function GET(request: Request, context: { params: Promise<{ id: string }> }): Promise<Response> {
  return readOne(request, context, getWatchedNode);
}
