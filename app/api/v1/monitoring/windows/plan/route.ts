import { planMaintenance } from '#lib/commands/monitoring.ts';
import { windowShape } from '#lib/shared/monitoring.ts';
import { otherMethods } from '../../../../_http/methods.ts';
import { command } from '../../../../_http/monitoring.ts';

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST');

/** Announces a maintenance window; answers its id. */
export async function POST(request: Request): Promise<Response> {
  return command(request, windowShape, planMaintenance);
}
