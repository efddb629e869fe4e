import { getWaitingAlerts } from '#lib/queries/alerts.ts';
import { getNodeCounts } from '#lib/queries/watched-nodes.ts';
import { otherMethods } from '../../../_http/methods.ts';
import { read } from '../../../_http/monitoring.ts';

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** How many nodes are how, and how many alerts wait. */
export async function GET(request: Request): Promise<Response> {
  return read(request, async () => {
    const [nodes, alerts] = await Promise.all([getNodeCounts(), getWaitingAlerts()]);
    return nodes === null || alerts === null ? null : { nodes, waitingAlerts: alerts.count };
  });
}
