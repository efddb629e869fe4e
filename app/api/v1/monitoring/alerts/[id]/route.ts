import { getAlert } from '#lib/queries/alerts.ts';
import { otherMethods } from '../../../../_http/methods.ts';
import { readOne } from '../../../../_http/monitoring.ts';

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** One alert with its history. */
export async function GET(request: Request, context: { params: Promise<{ id: string }> }): Promise<Response> {
  return readOne(request, context, getAlert);
}
